/** The table of members: its columns and what they are ordered by. */
import type { ClusterMember } from '../../../../../common/contract/membership.ts';
import type { TableColumn, TableModel } from '../../../shared/table/table-model.ts';
import { linkStateOf } from './member-state.ts';

export type MemberColumnId = 'name' | 'link' | 'roles' | 'rtt' | 'proven' | 'addedBy' | 'since';
export type MemberColumn = TableColumn<ClusterMember, MemberColumnId>;

const linkRank = { refused: 0, notLinked: 1, linked: 2, self: 3 } as const;

export const memberTable: TableModel<ClusterMember, MemberColumnId> = {
  keyOf: ({ nodeId }) => nodeId,
  nameOf: ({ name }) => name,
  columns: [
    { id: 'name', minPx: 132, share: 3, leaves: 0, by: ({ name }) => name },
    { id: 'link', minPx: 100, share: 2, leaves: 0, by: (member) => linkRank[linkStateOf(member).word] },
    { id: 'roles', minPx: 188, share: 4, leaves: 1, by: ({ roles }) => roles.join(' ') },
    { id: 'rtt', minPx: 60, leaves: 3, right: true, by: ({ rttMs }) => rttMs },
    // Times begin with the newest.
    { id: 'proven', minPx: 132, leaves: 2, largestFirst: true, by: ({ provenAt }) => provenAt },
    { id: 'addedBy', minPx: 96, share: 2, leaves: 4, by: ({ addedBy }) => addedBy.name },
    { id: 'since', minPx: 132, leaves: 5, largestFirst: true, by: ({ since }) => since },
  ],
};
