/** The list of groups: its order. */
import type { GroupInfo } from '../../../../common/contract/brokers.ts';

export type GroupColumn = 'group' | 'leader' | 'active' | 'groupLag' | 'queueCount';

export interface GroupSort {
  readonly column: GroupColumn;
  readonly descending: boolean;
}

/** The other way round, or that column, numbers with the largest first. */
export function toggledGroupSort(sort: GroupSort, column: GroupColumn): GroupSort {
  if (sort.column === column) return { column, descending: !sort.descending };
  return { column, descending: column === 'groupLag' || column === 'queueCount' };
}

/** Log entries that the slowest replica is behind, as far as that is known. */
export function groupLag(group: GroupInfo): number {
  return Math.max(0, ...group.members.map(({ lag }) => lag ?? 0));
}

/** What people call the leader of a group; undefined while it has none. */
export function leaderName(group: GroupInfo): string | undefined {
  return group.members.find(({ brokerId }) => brokerId === group.leader)?.name;
}

/** The groups in order; equals stand by id. */
export function sortGroups(groups: readonly GroupInfo[], sort: GroupSort): readonly GroupInfo[] {
  const sign = sort.descending ? -1 : 1;
  return groups.toSorted((a, b) => sign * compare(a, b, sort.column) || a.groupId.localeCompare(b.groupId));
}

function compare(a: GroupInfo, b: GroupInfo, column: GroupColumn): number {
  switch (column) {
    case 'group':
      return a.groupId.localeCompare(b.groupId);
    case 'leader':
      return (leaderName(a) ?? '').localeCompare(leaderName(b) ?? '');
    case 'active':
      return a.activeVoters - a.voters - (b.activeVoters - b.voters);
    case 'groupLag':
      return groupLag(a) - groupLag(b);
    case 'queueCount':
      return a.queues - b.queues;
  }
}
