/** Whose votes a group of brokers has now (queue.md 6, item 4). */
import type { GroupInfo, GroupMemberInfo } from './contract/brokers.ts';

/** The voters of a group, by whether they can elect a leader. */
export interface GroupVotes {
  readonly able: readonly GroupMemberInfo[];
  /** They are not heard of. */
  readonly away: readonly GroupMemberInfo[];
  /** They are there, and have no vote before a leader has brought them up to date. */
  readonly impaired: readonly GroupMemberInfo[];
}

export interface LackOfVotes extends GroupVotes {
  /** For people, in a sentence. */
  readonly reason: string;
  /** Even with all that are away there would be too few votes. */
  readonly isForGood: boolean;
}

function votesOf({ members }: Pick<GroupInfo, 'members'>): GroupVotes {
  const voters = members.filter(({ role }) => role !== 'learner');
  return {
    able: voters.filter(({ status, impaired }) => status === 'active' && !impaired),
    away: voters.filter(({ status }) => status === 'inactive'),
    impaired: voters.filter(({ status, impaired }) => status === 'active' && impaired),
  };
}

/**
 * What keeps a group without a leader from having one, where lost disks have a part in it.
 *
 * @returns undefined: none has, or it has a leader, or enough votes for an election
 */
export function lackOfVotes(group: Pick<GroupInfo, 'leader' | 'quorum' | 'members'>): LackOfVotes | undefined {
  const votes = votesOf(group);
  const { able, away, impaired } = votes;
  if (group.leader !== null || impaired.length === 0 || able.length >= group.quorum) return undefined;
  const voters = able.length + away.length + impaired.length;
  const reason = `no quorum: ${able.length} of ${voters}. ${namesOf(impaired)} ${impaired.length === 1 ? 'has' : 'have'} no vote: the disk has lost what it held, or its guard`;
  return { ...votes, reason, isForGood: able.length + away.length < group.quorum };
}

/** Names of members in a sentence. */
export function namesOf(members: readonly GroupMemberInfo[]): string {
  return members.map(({ name }) => name).join(' and ');
}
