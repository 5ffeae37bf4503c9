/** How a queue and the replicas of its group are, from the figures that its leader gives. */
import type { GroupInfo, GroupMemberInfo } from '../../../../common/contract/brokers.ts';
import type { QueueInfo } from '../../../../common/contract/queues.ts';
import type { StateKind } from '../../../design/icons/index.ts';

/** `behind`: a replica is behind for longer than a moment. `degraded`: one is away or impaired. `unseen`: nobody tells. */
export type Health = 'ok' | 'behind' | 'degraded' | 'unwritable' | 'unseen';

export const healthShapes: Record<Health, StateKind> = {
  ok: 'online',
  behind: 'lagging',
  degraded: 'warn',
  unwritable: 'failed',
  unseen: 'unknown',
};

/** Worst first, for sorting. */
export const healthRank: Record<Health, number> = { unwritable: 0, degraded: 1, behind: 2, unseen: 3, ok: 4 };

/** Under load every replica is some entries behind at any moment: only what lasts is told. */
const shortestBehindMs = 3_000;

/** How long a replica has been behind, by the clock of the node that says so; 0 when it is not. */
export function behindForMs(member: GroupMemberInfo, group: Pick<GroupInfo, 'observedAt'>): number {
  if (member.lag === null || member.lag === 0 || member.lagSince === null) return 0;
  return Math.max(0, group.observedAt - member.lagSince);
}

export function isBehind(member: GroupMemberInfo, group: Pick<GroupInfo, 'observedAt'>): boolean {
  return behindForMs(member, group) >= shortestBehindMs;
}

/** How a group is. A learner is on its way, which is no trouble. */
export function groupHealth(group: GroupInfo): Health {
  if (!group.writable) return 'unwritable';
  const voters = group.members.filter(({ role }) => role !== 'learner');
  if (voters.some(({ status, impaired }) => status === 'inactive' || impaired)) return 'degraded';
  return voters.some((member) => isBehind(member, group)) ? 'behind' : 'ok';
}

/**
 * How a queue is.
 *
 * @param group its group, if it is known
 * @param unreachable ids of the groups whose figures are missing or old
 */
export function queueHealth(queue: QueueInfo, group: GroupInfo | undefined, unreachable: ReadonlySet<string>): Health {
  // A replica that is here tells that the group has no leader: that is worse to know than that the figures are its own.
  if (group !== undefined) return queue.writable ? groupHealth(group) : 'unwritable';
  if (unreachable.has(queue.groupId)) return 'unseen';
  return queue.writable ? 'ok' : 'unwritable';
}

/** What the shape and the word beside a replica say. */
export type MemberState = 'leader' | 'copying' | 'catchingUp' | 'impaired' | 'inactive' | 'behind' | 'inSync' | 'unknown';

export const memberShapes: Record<MemberState, StateKind> = {
  leader: 'leader',
  copying: 'running',
  catchingUp: 'running',
  impaired: 'warn',
  inactive: 'offline',
  behind: 'lagging',
  inSync: 'online',
  unknown: 'unknown',
};

export function memberState(member: GroupMemberInfo, group: Pick<GroupInfo, 'observedAt' | 'leader'>): MemberState {
  if (member.role === 'leader' || member.brokerId === group.leader) return 'leader';
  if (member.status === 'inactive') return 'inactive';
  if (member.role === 'learner') return member.snapshot === null ? 'catchingUp' : 'copying';
  if (member.impaired) return 'impaired';
  if (member.lag === null) return 'unknown';
  return isBehind(member, group) ? 'behind' : 'inSync';
}

/**
 * How full the bar of a replica is, 0 to 1. One that has been behind for a while is never shown as full, however little that
 * is of a long log; one that is some entries behind for a moment is not shown as trembling either.
 *
 * @param newest the highest log index of the group that is known
 */
export function barShare(member: GroupMemberInfo, newest: number, behind: boolean): number {
  if (member.snapshot !== null) return member.snapshot;
  if (member.matchIndex === null || newest === 0) return member.matchIndex === null ? 0 : 1;
  const share = Math.min(1, member.matchIndex / newest);
  return behind ? Math.min(share, 0.985) : share;
}

/** The highest log index that is known of a group. */
export function newestIndex(group: GroupInfo): number {
  return Math.max(group.commitIndex, ...group.members.map(({ matchIndex }) => matchIndex ?? 0));
}

/** The leader first, then by name: a row keeps its place while its figures change. */
export function orderedMembers(group: GroupInfo): readonly GroupMemberInfo[] {
  const rank = (member: GroupMemberInfo) => (member.brokerId === group.leader ? 0 : member.role === 'learner' ? 2 : 1);
  return group.members.toSorted((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name, 'en') || a.brokerId.localeCompare(b.brokerId));
}

/** The lag of a replica at a moment, by the clock of the node that told it. */
export interface LagSample {
  readonly lag: number;
  readonly at: number;
}

/** Lags are compared over at least so long: from one second to the next they tremble. */
const trendMs = 5_000;

/**
 * Where the lag of a replica goes.
 *
 * @param before the sample it is compared with; @param now the newest
 * @returns the sample to compare with next time, and the direction when enough time has passed to tell
 */
export function lagTrend(
  before: LagSample | undefined,
  now: LagSample,
): { readonly keep: LagSample; readonly trend: 'growing' | 'shrinking' | undefined } {
  if (before === undefined) return { keep: now, trend: undefined };
  const elapsedMs = now.at - before.at;
  const trend = elapsedMs < trendMs || now.lag === before.lag ? undefined : now.lag > before.lag ? 'growing' : 'shrinking';
  return { keep: elapsedMs >= 2 * trendMs || elapsedMs < 0 ? now : before, trend };
}
