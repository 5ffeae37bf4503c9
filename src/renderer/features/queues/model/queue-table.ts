/** The list of queues: its columns, its order, what the filter leaves. */
import type { QueueInfo } from '../../../../common/contract/queues.ts';
import { columnsThatFit } from '../../shared/fitting-columns.ts';
import { type Health, healthRank } from '../../shared/queues/health.ts';

export const columnIds = ['name', 'depth', 'lag', 'sync', 'bytes', 'in', 'out'] as const;
export type ColumnId = (typeof columnIds)[number];

export interface Column {
  readonly id: ColumnId;
  readonly width: string;
  /** What the track needs at least, in px. */
  readonly minPx: number;
  readonly right: boolean;
  /** The highest leaves first: name, depth and the number that is wrong stay (look.md section 4). */
  readonly leaves: number;
}

const right = (id: ColumnId, minPx: number, leaves: number): Column => ({ id, width: `${minPx}px`, minPx, right: true, leaves });

const columns: readonly Column[] = [
  { id: 'name', width: 'minmax(96px, 1fr)', minPx: 96, right: false, leaves: 0 },
  right('depth', 66, 0),
  right('lag', 54, 1),
  { id: 'sync', width: '50px', minPx: 50, right: false, leaves: 2 },
  right('bytes', 62, 3),
  right('in', 46, 4),
  right('out', 46, 5),
];

/** The columns that fit into a width in px, in their order. */
export function fittingColumns(widthPx: number): readonly Column[] {
  return columnsThatFit(columns, widthPx);
}

export interface Sort {
  readonly column: ColumnId;
  readonly descending: boolean;
}

/** The next order after a click on a head: the other way round, or that column, numbers with the largest first. */
export function toggledSort(sort: Sort, column: ColumnId): Sort {
  if (sort.column === column) return { column, descending: !sort.descending };
  return { column, descending: column !== 'name' && column !== 'sync' };
}

const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

const numbers: Record<Exclude<ColumnId, 'name'>, (queue: QueueInfo) => number> = {
  depth: ({ messages }) => messages,
  lag: ({ maxLag }) => maxLag,
  sync: ({ inSync, replicas }) => inSync - replicas,
  bytes: ({ bytes }) => bytes,
  in: ({ inPerSecond }) => inPerSecond,
  out: ({ outPerSecond }) => outPerSecond,
};

/** The queues in order; equals stand by name, then by group. */
export function sortQueues(queues: readonly QueueInfo[], sort: Sort): readonly QueueInfo[] {
  const sign = sort.descending ? -1 : 1;
  const byName = (a: QueueInfo, b: QueueInfo) => collator.compare(a.name, b.name) || (a.queueId < b.queueId ? -1 : 1);
  if (sort.column === 'name') return queues.toSorted((a, b) => sign * byName(a, b));
  const value = numbers[sort.column];
  return queues.toSorted((a, b) => sign * (value(a) - value(b)) || byName(a, b));
}

/** The queues of which name, id, group or leader contain each word of a text. */
export function filterQueues(queues: readonly QueueInfo[], text: string): readonly QueueInfo[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return queues;
  return queues.filter(({ name, queueId, groupId, leader }) => {
    const line = `${name} ${queueId} ${groupId} ${leader?.name ?? ''}`.toLowerCase();
    return words.every((word) => line.includes(word));
  });
}

/** The queue that an address means: by id, by `GROUP/NAME`, or by a name that only one has. */
export function findQueue(queues: readonly QueueInfo[], asked: string | undefined): QueueInfo | undefined {
  if (asked === undefined) return undefined;
  const byId = queues.find(({ queueId, groupId, name }) => queueId === asked || `${groupId}/${name}` === asked);
  if (byId !== undefined) return byId;
  const named = queues.filter(({ name }) => name === asked);
  return named.length === 1 ? named[0] : undefined;
}

/** Names that queues of several groups have: the group is said beside them. */
export function sharedNames(queues: readonly QueueInfo[]): ReadonlySet<string> {
  const seen = new Set<string>();
  const shared = new Set<string>();
  for (const { name } of queues) {
    if (seen.has(name)) shared.add(name);
    seen.add(name);
  }
  return shared;
}

/** How many queues need a person. */
export function troubleCount(healths: Iterable<Health>): number {
  let count = 0;
  for (const health of healths) if (healthRank[health] < healthRank.unseen) count++;
  return count;
}
