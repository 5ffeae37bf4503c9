/** The state as rows of text, which the store keeps without looking into them, and back. */
import { Block } from './blocks.ts';
import { ClientRecord } from './client-record.ts';
import { ProducerRecord } from './producers.ts';
import { Queue } from './queue.ts';
import type { QueueOptions, StateRow } from './types.ts';

/** What concerns the whole group. */
export class GroupRecord {
  /** The log's time: the highest stamp of a leader so far, milliseconds since the epoch. It never falls, whatever the clocks of leaders do. */
  timeMs = 0;
  /** The last epoch given to a producer that was not known. */
  epoch = 0;
  /** Uses of producers so far. */
  uses = 0;
}

/** Everything that is stored as a row of its own. */
export type Stored = GroupRecord | Queue | Block | ClientRecord | ProducerRecord;

/** Its row as it is now. */
export function toRow(stored: Stored): StateRow {
  if (stored instanceof Block)
    return row('block', `${stored.queueId}/${stored.firstSequence}`, stored, {
      count: stored.count,
      times: [stored.firstTimeMs, stored.lastTimeMs],
      sizes: stored.sizes(),
    });
  if (stored instanceof ClientRecord)
    return row('client', `${stored.queueId}/${stored.clientId}`, stored, {
      position: stored.position,
      updatedAtMs: stored.updatedAtMs,
      taken: stored.taken.map(({ requestId, firstSequence, count }) => [requestId, firstSequence, count]),
    });
  if (stored instanceof ProducerRecord)
    return row('producer', `${stored.queueId}/${stored.producerId}`, stored, {
      epoch: stored.epoch,
      lastSequence: stored.lastSequence,
      usedAtMs: stored.usedAtMs,
      use: stored.use,
      ranges: stored.ranges.map(({ from, to, firstSequence }) => [from, to, firstSequence]),
    });
  if (stored instanceof Queue) {
    const { name, options, createdAtMs, dropped, blocks } = stored;
    const { firstSequence, lastSequence } = blocks;
    return row('queue', stored.queueId, stored, { name, options, createdAtMs, dropped, firstSequence, lastSequence });
  }
  return row('group', '', { gone: false }, { timeMs: stored.timeMs, epoch: stored.epoch, uses: stored.uses });
}

function row(table: StateRow['table'], key: string, { gone }: { readonly gone: boolean }, value: object): StateRow {
  return { table, key, value: gone ? null : JSON.stringify(value) };
}

/** The state that rows stand for. */
export interface RestoredState {
  readonly group: GroupRecord;
  readonly queues: readonly Queue[];
}

interface QueueRow {
  readonly name: string;
  readonly options: QueueOptions;
  readonly createdAtMs: number;
  readonly dropped: number;
  readonly firstSequence: number;
  readonly lastSequence: number;
}

interface BlockRow {
  readonly count: number;
  readonly times: readonly [number, number];
  readonly sizes: readonly number[];
}

interface ClientRow {
  readonly position: number;
  readonly updatedAtMs: number;
  readonly taken: readonly (readonly [string, number, number])[];
}

interface ProducerRow {
  readonly epoch: number;
  readonly lastSequence: number;
  readonly usedAtMs: number;
  readonly use: number;
  readonly ranges: readonly (readonly [number, number, number])[];
}

/**
 * Builds the state from all its rows, in whatever order they come.
 *
 * @throws SyntaxError for text that is not JSON: the rows are damaged
 */
export function fromRows(rows: readonly StateRow[]): RestoredState {
  const tables = { group: [], queue: [], block: [], client: [], producer: [] } as Record<StateRow['table'], StateRow[]>;
  for (const each of rows) if (each.value !== null) tables[each.table].push(each);
  const group = Object.assign(new GroupRecord(), ...tables.group.map((each) => parsed<object>(each)));
  const queues = new Map(tables.queue.map((each) => [each.key, new Queue({ queueId: each.key, ...parsed<QueueRow>(each) })]));
  restoreBlocks(tables.block, queues);
  restoreClients(tables.client, queues);
  restoreProducers(tables.producer, queues);
  return { group, queues: [...queues.values()] };
}

function parsed<Value>({ value }: StateRow): Value {
  return JSON.parse(value as string) as Value;
}

/** The queue that a key begins with, and the rest of the key. */
function ownerOf(key: string, queues: ReadonlyMap<string, Queue>): { readonly queue: Queue; readonly rest: string } {
  const slash = key.indexOf('/');
  const queue = queues.get(key.slice(0, slash));
  if (queue === undefined) throw new SyntaxError(`The row ${key} belongs to no queue.`);
  return { queue, rest: key.slice(slash + 1) };
}

function restoreBlocks(rows: readonly StateRow[], queues: ReadonlyMap<string, Queue>): void {
  const blocks = rows.map((each) => {
    const { queue, rest } = ownerOf(each.key, queues);
    const { count, times, sizes } = parsed<BlockRow>(each);
    const block = new Block(queue.queueId, Number(rest), times[0], Math.max(4, count));
    for (let at = 0; at < sizes.length; at += 2)
      for (let same = 0; same < (sizes[at + 1] as number); same++) block.add(sizes[at] as number, times[1]);
    return { queue, block };
  });
  blocks.sort((one, other) => one.block.firstSequence - other.block.firstSequence);
  for (const { queue, block } of blocks) queue.blocks.restore(block);
}

function restoreClients(rows: readonly StateRow[], queues: ReadonlyMap<string, Queue>): void {
  for (const each of rows) {
    const { queue, rest } = ownerOf(each.key, queues);
    const { position, updatedAtMs, taken } = parsed<ClientRow>(each);
    const client = new ClientRecord(queue.queueId, rest, updatedAtMs);
    client.position = position;
    client.taken = taken.map(([requestId, firstSequence, count]) => ({ requestId, firstSequence, count }));
    queue.clients.set(rest, client);
  }
}

function restoreProducers(rows: readonly StateRow[], queues: ReadonlyMap<string, Queue>): void {
  const producers = rows.map((each) => {
    const { queue, rest } = ownerOf(each.key, queues);
    const { epoch, lastSequence, usedAtMs, use, ranges } = parsed<ProducerRow>(each);
    const producer = new ProducerRecord(queue.queueId, rest, epoch, usedAtMs, use);
    producer.lastSequence = lastSequence;
    producer.ranges = ranges.map(([from, to, firstSequence]) => ({ from, to, firstSequence }));
    return { queue, producer };
  });
  producers.sort((one, other) => one.producer.use - other.producer.use);
  for (const { queue, producer } of producers) queue.producers.use(producer);
}
