import { SignalboxError } from '../../../../../common/errors.ts';
import { allows, type Role } from '../../../../../common/roles.ts';
import type { Engine } from '../../engine/engine.ts';
import type { Group } from '../../engine/group.ts';
import { groupOfQueue } from '../../engine/ids.ts';
import type { QueueState } from '../../machine/types.ts';
import type { Call } from './call.ts';
import { notLeader } from './refusals.ts';

export interface FoundQueue {
  readonly group: Group;
  readonly queue: QueueState;
}

/**
 * The queue that a request names: by id, by name, or by `GROUP/NAME`.
 *
 * @returns undefined when it was refused here, because only the leader of a group elsewhere can know it
 * @throws SignalboxError `NOT_FOUND`, `CONFLICT` for a name in two groups
 */
export function findQueue(engine: Engine, name: string, call: Call): FoundQueue | undefined {
  engine.requireOpen();
  const slash = name.indexOf('/');
  const groupId = groupOfQueue(name) ?? (slash === -1 ? undefined : name.slice(0, slash));
  const inGroup = slash === -1 ? name : name.slice(slash + 1);
  const groups = groupId === undefined ? engine.groups() : [engine.group(groupId)].filter((group) => group !== undefined);
  let found: FoundQueue | undefined;
  for (const group of groups) {
    const queue = group.driver.machine.queue(inGroup);
    if (queue === undefined) continue;
    if (found !== undefined)
      throw new SignalboxError('CONFLICT', `Several groups have a queue ${name}. Name it as GROUP/NAME.`, { executed: 'no' });
    found = { group, queue };
  }
  if (found !== undefined) return found;
  const elsewhere = groups.find(({ driver }) => !driver.serves);
  if (elsewhere === undefined) throw new SignalboxError('NOT_FOUND', `There is no queue ${name} here.`, { executed: 'no' });
  call.refuse(notLeader(elsewhere));
  return undefined;
}

/** Same, only where this broker leads. */
export function findLedQueue(engine: Engine, name: string, call: Call): FoundQueue | undefined {
  const found = findQueue(engine, name, call);
  if (found === undefined || found.group.driver.serves) return found;
  call.refuse(notLeader(found.group));
  return undefined;
}

/** @throws SignalboxError `NOT_FOUND` */
export function findGroup(engine: Engine, groupId: string): Group {
  engine.requireOpen();
  const group = engine.group(groupId);
  if (group !== undefined) return group;
  throw new SignalboxError('NOT_FOUND', `This broker has no replica of group ${groupId}.`, { executed: 'no' });
}

/** @throws SignalboxError `FORBIDDEN` */
export function requireRole(call: Call, needed: Role, what: string): void {
  if (allows(call.caller.roles, needed)) return;
  throw new SignalboxError('FORBIDDEN', `${call.caller.user} may not ${what}: it needs the role ${needed}.`, { executed: 'no' });
}
