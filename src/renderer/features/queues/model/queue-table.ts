/** The list of queues: its columns, what they are ordered by, what its filter looks through, which one is meant. */
import type { QueueInfo } from '../../../../common/contract/queues.ts';
import { type Health, healthRank } from '../../shared/queues/health.ts';
import type { TableColumn, TableModel } from '../../shared/table/table-model.ts';

export type QueueColumnId = 'name' | 'depth' | 'lag' | 'sync' | 'bytes' | 'in' | 'out';
export type QueueColumn = TableColumn<QueueInfo, QueueColumnId>;

const number = { right: true, largestFirst: true } as const;

/** Name, depth and the number that is wrong stay longest. */
export const queueTable: TableModel<QueueInfo, QueueColumnId> = {
  keyOf: ({ queueId }) => queueId,
  nameOf: ({ name }) => name,
  columns: [
    { id: 'name', minPx: 96, share: 1, leaves: 0, by: ({ name }) => name },
    { id: 'depth', minPx: 66, leaves: 0, by: ({ messages }) => messages, ...number },
    { id: 'lag', minPx: 54, leaves: 1, by: ({ maxLag }) => maxLag, ...number },
    { id: 'sync', minPx: 50, leaves: 2, by: ({ inSync, replicas }) => inSync - replicas },
    { id: 'bytes', minPx: 62, leaves: 3, by: ({ bytes }) => bytes, ...number },
    { id: 'in', minPx: 46, leaves: 4, by: ({ inPerSecond }) => inPerSecond, ...number },
    { id: 'out', minPx: 46, leaves: 5, by: ({ outPerSecond }) => outPerSecond, ...number },
  ],
};

/** What the filter looks through. */
export function queueWords({ name, queueId, groupId, leader }: QueueInfo): readonly (string | undefined)[] {
  return [name, queueId, groupId, leader?.name];
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
