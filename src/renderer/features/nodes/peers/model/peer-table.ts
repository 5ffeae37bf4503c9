/** The table of peers: its columns, its order, its filter. */
import type { PeerInfo } from '../../../../../common/contract/peers.ts';
import { columnsThatFit } from '../../../shared/fitting-columns.ts';
import { rankOf } from './peer-health.ts';

/** The last but one have the name of the priority whose messages they count. */
export const columnIds = [
  'name',
  'health',
  'way',
  'latency',
  'p95',
  'success',
  'standing',
  'Critical',
  'High',
  'Medium',
  'Low',
  'seen',
] as const;
export type ColumnId = (typeof columnIds)[number];

export interface Column {
  readonly id: ColumnId;
  /** A CSS grid track. */
  readonly width: string;
  /** What the track needs at least, in px. */
  readonly minPx: number;
  readonly right: boolean;
  /** The highest leaves first: name, health, way and what waits stay (look.md section 4). */
  readonly leaves: number;
}

const text = (id: ColumnId, minPx: number, share: number, leaves: number): Column => ({
  id,
  width: `minmax(${minPx}px, ${share}fr)`,
  minPx,
  right: false,
  leaves,
});
const number = (id: ColumnId, minPx: number, leaves: number): Column => ({ id, width: `${minPx}px`, minPx, right: true, leaves });

const columns: readonly Column[] = [
  text('name', 120, 2, 0),
  text('health', 132, 3, 0),
  text('way', 148, 3, 0),
  number('latency', 60, 1),
  number('p95', 60, 5),
  number('success', 52, 2),
  { id: 'standing', width: '124px', minPx: 124, right: false, leaves: 4 },
  number('Critical', 46, 0),
  number('High', 40, 0),
  number('Medium', 46, 0),
  number('Low', 40, 0),
  number('seen', 64, 6),
];

/** The columns that fit into a width in px, in their order. */
export function fittingColumns(widthPx: number): readonly Column[] {
  return columnsThatFit(columns, widthPx);
}

export interface Sort {
  readonly column: ColumnId;
  readonly descending: boolean;
}

const largestFirst: ReadonlySet<ColumnId> = new Set(['latency', 'p95', 'Critical', 'High', 'Medium', 'Low', 'seen']);

/** The next order after a click on a head: the other way round, or that column, with what is wrong first. */
export function toggledSort(sort: Sort, column: ColumnId): Sort {
  return sort.column === column ? { column, descending: !sort.descending } : { column, descending: largestFirst.has(column) };
}

const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

/** The peers in order. What has no value stands last both ways; equals stand by name. @param wayOf the way of a peer as the table writes it */
export function sortPeers(
  peers: readonly PeerInfo[],
  { column, descending }: Sort,
  wayOf: (peer: PeerInfo) => string,
): readonly PeerInfo[] {
  const sign = descending ? -1 : 1;
  const byName = (a: PeerInfo, b: PeerInfo) => collator.compare(a.name, b.name) || (a.nodeId < b.nodeId ? -1 : 1);
  const compare = comparison(column, wayOf);
  return peers.toSorted((a, b) => {
    const [left, right] = [numberOf(column, a), numberOf(column, b)];
    if (compare !== undefined) return sign * compare(a, b) || byName(a, b);
    if (left === null || right === null) return Number(left === null) - Number(right === null) || byName(a, b);
    return sign * (left - right) || byName(a, b);
  });
}

function comparison(column: ColumnId, wayOf: (peer: PeerInfo) => string): ((a: PeerInfo, b: PeerInfo) => number) | undefined {
  switch (column) {
    case 'name':
      return (a, b) => collator.compare(a.name, b.name);
    case 'health':
      return (a, b) => rankOf(a) - rankOf(b);
    case 'way':
      return (a, b) => collator.compare(wayOf(a), wayOf(b));
    default:
      return undefined;
  }
}

function numberOf(column: ColumnId, { latencyMs, latencyP95Ms, successRate, standing, lastSeenAt, queued }: PeerInfo): number | null {
  switch (column) {
    case 'latency':
      return latencyMs;
    case 'p95':
      return latencyP95Ms;
    case 'success':
      return successRate;
    case 'standing':
      return standing.score;
    case 'seen':
      return lastSeenAt;
    case 'Critical':
    case 'High':
    case 'Medium':
    case 'Low':
      return queued[column].messages;
    default:
      return null;
  }
}

/** The peers that hold every word of the text in name, id, state, reason or way. @param wordsOf state and way as the table writes them */
export function filterPeers(peers: readonly PeerInfo[], text: string, wordsOf: (peer: PeerInfo) => string): readonly PeerInfo[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return peers;
  return peers.filter((peer) => {
    const searched = [peer.name, peer.nodeId, peer.reason ?? '', wordsOf(peer)].join(' ').toLowerCase();
    return words.every((word) => searched.includes(word));
  });
}
