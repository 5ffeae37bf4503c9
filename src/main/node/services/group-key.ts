import type { groupKeyContract } from '../../../common/contract/group-key.ts';
import { SignalboxError } from '../../../common/errors.ts';
import { nodeIdOf } from '../identity/index.ts';
import type { GroupKeys, MembershipPart } from '../membership/index.ts';
import type { Handlers } from '../router/types.ts';
import { type RotationMember, rotationSteps } from '../trust/index.ts';
import { findMember, requireHere, whoIs } from './members.ts';

const states = { install: 'installing', use: 'using', remove: 'removing' } as const;

/** The group key of the cluster, and its change from one to the next. */
export function createGroupKeyService(membership: MembershipPart): Handlers<keyof typeof groupKeyContract> {
  return {
    'membership.rotate': async (_params, { principal }) => {
      requireHere(principal);
      return { epoch: await keysOf(membership).rotate() };
    },
    'membership.rotation': () => {
      const { epoch, sinceMs, dueMs, step, leader, members, waitingFor } = keysOf(membership).status();
      const byName = members.map((member) => memberOf(membership, member, step ?? 'install')).sort((a, b) => (a.name < b.name ? -1 : 1));
      return {
        epoch,
        since: sinceMs ?? null,
        dueAt: dueMs ?? null,
        state: step === undefined ? 'idle' : states[step],
        leader: leader === undefined ? null : whoIs(membership, leader),
        members: byName,
        skippable: waitingFor.map(nodeIdOf),
      };
    },
    'membership.skip': async ({ node }, { principal }) => {
      requireHere(principal);
      const { key, name } = findMember(membership, node);
      return { nodeId: nodeIdOf(key), name, skipped: await keysOf(membership).skip(key) };
    },
  };
}

/** @throws SignalboxError `NOT_MEMBER`, `CONFLICT` while the node starts or stops */
function keysOf({ groupKeys, trust }: MembershipPart): GroupKeys {
  trust.require();
  if (groupKeys !== undefined) return groupKeys;
  throw new SignalboxError('CONFLICT', 'The node is starting or stopping.', { retryable: true, executed: 'no' });
}

function memberOf(membership: MembershipPart, { key, confirmed, failure }: RotationMember, step: (typeof rotationSteps)[number]) {
  const { nodeId, name } = whoIs(membership, key);
  const hasConfirmed = confirmed !== null && rotationSteps.indexOf(confirmed) >= rotationSteps.indexOf(step);
  return { nodeId, name: name ?? nodeId, step: confirmed, confirmed: hasConfirmed, failure };
}
