import { SignalboxError } from '../../../../../common/errors.ts';
import type { GroupMember } from '../../core/types.ts';
import type { Group } from '../../engine/group.ts';
import type { NotDone } from '../../engine/waiting-commands.ts';
import type { Refusal } from './call.ts';

/** What was thrown as a refusal; undefined for what nobody expected: a fault of the program. */
export function refusalOf(error: unknown): Refusal | undefined {
  if (!(error instanceof SignalboxError)) return undefined;
  const { code, message, executed, data } = error;
  return { code, message, ...(executed !== undefined && { executed }), ...(data !== undefined && { data }) };
}

/** Says nothing of the fault: the log has it. */
export const internalRefusal: Refusal = {
  code: 'INTERNAL',
  message: 'The queue broker met an unexpected fault. The log of its node has the details.',
  executed: 'maybe',
};

/** A broker as clients know it. */
export function addressOf(member: GroupMember | undefined): Readonly<Record<string, unknown>> | null {
  return member === undefined ? null : { broker_id: member.brokerId, node_id: member.nodeId, host: member.host, port: member.port };
}

/** The group is led elsewhere, or by nobody for now. The message begins as clients of the first system expect it to. */
export function notLeader(group: Group): Refusal {
  const { leaderId, role, configuration } = group.driver.status();
  // One that leads and must still commit its first entry is nobody's leader yet.
  const leader = role === 'leader' ? undefined : configuration.members.find(({ brokerId }) => brokerId === leaderId);
  const where =
    leader === undefined
      ? `Only leader of group ${group.groupId} answers this, and there is none right now. Try again.`
      : `Only leader of group ${group.groupId} answers this: ${leader.brokerId} at ${leader.host}:${leader.port}.`;
  return { code: 'NOT_LEADER', message: where, executed: 'no', extra: { cluster_id: group.groupId, leader: addressOf(leader) } };
}

/** Why a command was not done. */
export function notDone(group: Group, code: NotDone): Refusal {
  switch (code) {
    case 'NOT_LEADER':
      return notLeader(group);
    case 'BUSY':
      return overloaded(`Group ${group.groupId} has too much to do. Try again.`);
    case 'UNCERTAIN':
      return {
        code: 'NO_QUORUM',
        message: `This broker stopped leading group ${group.groupId} before a majority had answered. It may yet be done: repeat it with the same producer stamp or request id.`,
        executed: 'maybe',
      };
  }
}

export function overloaded(message: string): Refusal {
  return { code: 'OVERLOADED', message, executed: 'no', extra: { retry_after_ms: 100 } };
}
