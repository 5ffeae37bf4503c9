import { SignalboxError } from '../../../../common/errors.ts';
import type { BrokerId } from '../core/types.ts';
import type { Group } from './group.ts';

/** How often it is looked whether another broker has taken over, and how long it has for that. */
const lookEveryMs = 20;
const deadlineMs = 5_000;

/**
 * Hands the leadership of a group to another member and waits until somebody else leads.
 *
 * @param to undefined: the member that is furthest. A group that has nobody to take it, or that is not led here, is left as it is
 * @throws SignalboxError `NOT_LEADER`, `INVALID_PARAMS` (no such member with a vote), `TIMEOUT`
 */
export async function transferLeadership(group: Group, to: BrokerId | undefined, nowMs: () => number): Promise<void> {
  const { driver, groupId } = group;
  const { role, members, term } = driver.status();
  if (role !== 'leader') throw new SignalboxError('NOT_LEADER', `Only leader hands over group ${groupId}.`, { executed: 'no' });
  const voters = members.filter(({ voter }) => voter).toSorted((a, b) => b.matchIndex - a.matchIndex);
  const target = to === undefined ? voters.find(({ state }) => state === 'replicating') : voters.find(({ brokerId }) => brokerId === to);
  if (target === undefined) {
    const why = to === undefined ? 'has no other broker that could lead it' : `has no broker ${to} with a vote`;
    throw new SignalboxError('INVALID_PARAMS', `Group ${groupId} ${why}.`, { executed: 'no' });
  }
  driver.step({ type: 'transfer', to: target.brokerId });
  const endsAtMs = nowMs() + deadlineMs;
  for (;;) {
    const now = driver.status();
    if (now.term > term && now.leaderId !== null && now.role !== 'leader') return;
    if (nowMs() >= endsAtMs)
      throw new SignalboxError('TIMEOUT', `${target.brokerId} did not take over group ${groupId} in time.`, { executed: 'maybe' });
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
  }
}
