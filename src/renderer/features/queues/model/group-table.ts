/** The list of groups: its columns and what they are ordered by. */
import type { GroupInfo } from '../../../../common/contract/brokers.ts';
import type { TableModel } from '../../shared/table/table-model.ts';

export type GroupColumnId = 'group' | 'leader' | 'active' | 'groupLag' | 'queueCount';

const number = { right: true, largestFirst: true } as const;

export const groupTable: TableModel<GroupInfo, GroupColumnId> = {
  keyOf: ({ groupId }) => groupId,
  nameOf: ({ groupId }) => groupId,
  columns: [
    { id: 'group', minPx: 84, leaves: 0, by: ({ groupId }) => groupId },
    // A group without one needs a person: it stands first.
    { id: 'leader', minPx: 64, share: 1, leaves: 0, by: (group) => leaderName(group) ?? '' },
    { id: 'active', minPx: 50, leaves: 1, by: ({ activeVoters, voters }) => activeVoters - voters },
    { id: 'groupLag', minPx: 54, leaves: 2, by: groupLag, ...number },
    { id: 'queueCount', minPx: 48, leaves: 3, by: ({ queues }) => queues, ...number },
  ],
};

/** Log entries that the slowest replica is behind, as far as that is known. */
export function groupLag(group: GroupInfo): number {
  return Math.max(0, ...group.members.map(({ lag }) => lag ?? 0));
}

/** What people call the leader of a group; undefined while it has none. */
export function leaderName(group: GroupInfo): string | undefined {
  return group.members.find(({ brokerId }) => brokerId === group.leader)?.name;
}
