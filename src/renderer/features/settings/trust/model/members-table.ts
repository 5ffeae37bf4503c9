/** Columns and order of the members' table. */
import type { ClusterMember } from '../../../../../common/contract/membership.ts';
import { columnsThatFit } from '../../../shared/fitting-columns.ts';
import { linkStateOf } from './member-state.ts';

export type ColumnId = 'name' | 'link' | 'roles' | 'rtt' | 'proven' | 'addedBy' | 'since';

export interface MemberColumn {
  readonly id: ColumnId;
  /** A CSS grid track. */
  readonly width: string;
  /** What the track needs at least, in px. */
  readonly minPx: number;
  readonly right: boolean;
  /** The lowest stay longest (look.md section 4). */
  readonly leaves: number;
}

export interface MemberSort {
  readonly column: ColumnId;
  readonly descending: boolean;
}

const columns: readonly MemberColumn[] = [
  { id: 'name', width: 'minmax(132px, 3fr)', minPx: 132, right: false, leaves: 0 },
  { id: 'link', width: 'minmax(100px, 2fr)', minPx: 100, right: false, leaves: 0 },
  { id: 'roles', width: 'minmax(188px, 4fr)', minPx: 188, right: false, leaves: 1 },
  { id: 'rtt', width: '60px', minPx: 60, right: true, leaves: 3 },
  { id: 'proven', width: '132px', minPx: 132, right: false, leaves: 2 },
  { id: 'addedBy', width: 'minmax(96px, 2fr)', minPx: 96, right: false, leaves: 4 },
  { id: 'since', width: '132px', minPx: 132, right: false, leaves: 5 },
];

/** The columns that fit into a width, in their order. */
export function fittingColumns(widthPx: number): readonly MemberColumn[] {
  return columnsThatFit(columns, widthPx);
}

/** The next sort after a click on a head: the other way round, or that column, times newest first. */
export function toggledSort(sort: MemberSort, column: ColumnId): MemberSort {
  if (sort.column === column) return { column, descending: !sort.descending };
  return { column, descending: column === 'proven' || column === 'since' };
}

const linkRank = { refused: 0, notLinked: 1, linked: 2, self: 3 } as const;

function keyOf(member: ClusterMember, column: ColumnId): string | number | null {
  switch (column) {
    case 'name':
      return member.name;
    case 'link':
      return linkRank[linkStateOf(member).word];
    case 'roles':
      return member.roles.join(' ');
    case 'rtt':
      return member.rttMs;
    case 'proven':
      return member.provenAt;
    case 'addedBy':
      return member.addedBy.name;
    case 'since':
      return member.since;
  }
}

/** The members in order. What has no value stands last both ways; equals stand by name. */
export function sortMembers(members: readonly ClusterMember[], sort: MemberSort): readonly ClusterMember[] {
  const sign = sort.descending ? -1 : 1;
  const byName = (a: ClusterMember, b: ClusterMember) => a.name.localeCompare(b.name);
  return [...members].sort((a, b) => {
    const [left, right] = [keyOf(a, sort.column), keyOf(b, sort.column)];
    if (left === right) return byName(a, b);
    if (left === null) return 1;
    if (right === null) return -1;
    return sign * (typeof left === 'number' && typeof right === 'number' ? left - right : String(left).localeCompare(String(right)));
  });
}
