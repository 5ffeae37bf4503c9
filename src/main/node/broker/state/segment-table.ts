/** Messages in segments: found by sequence and by time in a few steps, trimmed by a mark, deleted by and by. */
import { crc32 } from 'node:zlib';
import type Database from 'better-sqlite3';
import { corrupt } from '../log/storage-error.ts';
import { readSegment } from '../machine/segment.ts';
import type { QueueId, QueueMessage, Segment, Trim } from '../machine/types.ts';
import type { MessageQuery } from './types.ts';

interface QueueColumns {
  readonly number: number;
  readonly queue_id: string;
  readonly first_sequence: number;
  readonly deleted: number;
}

interface SegmentColumns {
  readonly first_sequence: number;
  readonly count: number;
  readonly first_time: number;
  readonly last_time: number;
  readonly checksum: number;
  readonly data: Buffer;
}

type SegmentHead = Pick<SegmentColumns, 'first_sequence' | 'count' | 'first_time' | 'last_time'>;

/** One queue as its messages lie in the file. */
interface StoredQueue {
  readonly number: number;
  /** What lies before it is gone, whether or not its segments are deleted yet. */
  readonly firstSequence: number;
}

/** Of a segment: number of the queue times 2^44 plus first sequence. Whole in 64 bits, and so computed by SQLite. */
const keyOf = '((CAST(? AS INTEGER) << 44) + CAST(? AS INTEGER))';
const columns = 'first_sequence, count, first_time, last_time, checksum, data';
const head = 'first_sequence, count, first_time, last_time';
const highestSequence = 2 ** 44 - 1;

const sweepRows = 500;
const sweepBytes = 2_097_152;

export class SegmentTable {
  readonly #file: string;
  readonly #queues = new Map<QueueId, StoredQueue>();
  /** Numbers of queues that have segments to delete, and the sequence from which on they stay. */
  readonly #unswept = new Map<number, number>();
  readonly #addQueue: Database.Statement<[string]>;
  readonly #trimQueue: Database.Statement<[number, number]>;
  readonly #markDeleted: Database.Statement<[number]>;
  readonly #forgetQueue: Database.Statement<[number]>;
  readonly #insert: Database.Statement<[number, number, number, number, number, number, number, Uint8Array]>;
  readonly #forward: Database.Statement<[number, number, number], SegmentColumns>;
  readonly #backward: Database.Statement<[number, number, number, number], SegmentColumns>;
  readonly #headAt: Database.Statement<[number, number, number, number], SegmentHead>;
  readonly #oldest: Database.Statement<[number, number, number, number, number], { sequence: number; bytes: number }>;
  readonly #deleteOldest: Database.Statement<[number, number, number, number, number, number]>;

  constructor(database: Database.Database, file: string) {
    this.#file = file;
    this.#addQueue = database.prepare('INSERT INTO queue (queue_id, first_sequence, deleted) VALUES (?, 1, 0)');
    this.#trimQueue = database.prepare('UPDATE queue SET first_sequence = ? WHERE number = ?');
    // Ids are unique here, those of deleted queues too: one that waits to be swept must not keep its own.
    this.#markDeleted = database.prepare("UPDATE queue SET deleted = 1, queue_id = queue_id || ' ' || number WHERE number = ?");
    this.#forgetQueue = database.prepare('DELETE FROM queue WHERE number = ? AND deleted = 1');
    this.#insert = database.prepare(`INSERT INTO segment (key, ${columns}) VALUES (${keyOf}, ?, ?, ?, ?, ?, ?)`);
    const ofQueue = `key >= ${keyOf} AND key <= ${keyOf}`;
    this.#forward = database.prepare(
      `SELECT ${columns} FROM segment WHERE key >= ${keyOf} AND key < (CAST(? AS INTEGER) << 44) ORDER BY key`,
    );
    this.#backward = database.prepare(`SELECT ${columns} FROM segment WHERE ${ofQueue} ORDER BY key DESC`);
    this.#headAt = database.prepare(`SELECT ${head} FROM segment WHERE ${ofQueue} ORDER BY key DESC LIMIT 1`);
    const swept = `${ofQueue} AND first_sequence + count <= ?`;
    this.#oldest = database.prepare(
      `SELECT first_sequence AS sequence, length(data) AS bytes FROM segment WHERE ${swept} ORDER BY key LIMIT ${sweepRows}`,
    );
    this.#deleteOldest = database.prepare(`DELETE FROM segment WHERE ${ofQueue} AND first_sequence <= ? AND first_sequence + count <= ?`);
    this.#load(database);
  }

  /** Within a transaction; {@link reload} when it is rolled back. */
  add({ queueId, firstSequence, count, firstTimeMs, lastTimeMs, data }: Segment): void {
    let queue = this.#queues.get(queueId);
    if (queue === undefined) {
      queue = { number: Number(this.#addQueue.run(queueId).lastInsertRowid), firstSequence: 1 };
      this.#queues.set(queueId, queue);
    }
    this.#insert.run(queue.number, firstSequence, firstSequence, count, firstTimeMs, lastTimeMs, crc32(data), data);
  }

  /** Within a transaction. The messages are gone at once, their bytes by and by. */
  trim({ queueId, upTo }: Trim): void {
    const queue = this.#queues.get(queueId);
    if (queue === undefined) return;
    const firstSequence = Math.max(queue.firstSequence, upTo + 1);
    this.#trimQueue.run(firstSequence, queue.number);
    this.#unswept.set(queue.number, firstSequence);
    this.#queues.set(queueId, { ...queue, firstSequence });
  }

  /** Within a transaction. The queue is gone at once and its id free for another; the bytes of its messages go by and by. */
  forget(queueId: QueueId): void {
    const queue = this.#queues.get(queueId);
    if (queue === undefined) return;
    this.#markDeleted.run(queue.number);
    this.#unswept.set(queue.number, highestSequence);
    this.#queues.delete(queueId);
  }

  /** Reads anew what is kept in memory: a transaction was rolled back. */
  reload(database: Database.Database): void {
    this.#queues.clear();
    this.#unswept.clear();
    this.#load(database);
  }

  /** @throws SignalboxError `STORAGE_CORRUPT` a segment is not what was written */
  read({ queueId, fromSequence, toSequence, limit, maxBytes, direction }: MessageQuery): readonly QueueMessage[] {
    const queue = this.#queues.get(queueId);
    const messages: QueueMessage[] = [];
    if (queue === undefined || limit <= 0) return messages;
    const from = Math.max(fromSequence, queue.firstSequence);
    const to = Math.min(toSequence, highestSequence);
    let bytesLeft = maxBytes;
    for (const segment of this.#segments(queue, from, to, direction)) {
      const range = { fromSequence: from, toSequence: to, limit: limit - messages.length, maxBytes: Math.max(0, bytesLeft), direction };
      const found = this.#messagesOf(queueId, segment, range);
      // A segment gives its first message however large it is, which is right for the first of all alone.
      if (messages.length > 0 && (found[0]?.data.byteLength ?? 0) > bytesLeft) break;
      for (const message of found) {
        messages.push(message);
        bytesLeft -= message.data.byteLength;
      }
      if (messages.length >= limit || bytesLeft <= 0) break;
    }
    return messages;
  }

  /** The first sequence whose time is at or after `timeMs`, by halving: times never fall within a queue. One more than the last when there is none. */
  sequenceAt(queueId: QueueId, timeMs: number): number {
    const queue = this.#queues.get(queueId);
    if (queue === undefined) return 1;
    const last = this.#head(queue, highestSequence);
    if (last === undefined || endOf(last) < queue.firstSequence) return queue.firstSequence;
    if (last.last_time < timeMs) return endOf(last) + 1;
    let low = queue.firstSequence;
    let high = endOf(last);
    while (low < high) {
      const middle = low + Math.floor((high - low) / 2);
      const segment = this.#head(queue, middle);
      if (segment !== undefined && segment.last_time >= timeMs) high = Math.min(middle, Math.max(low, segment.first_sequence));
      else low = Math.max(middle, segment === undefined ? 0 : endOf(segment)) + 1;
    }
    return this.#firstAt(queueId, queue, low, timeMs);
  }

  /** Within a transaction of its own: deletes some of what was trimmed. True when nothing is left. */
  sweep(): boolean {
    const next = this.#unswept.entries().next().value;
    if (next === undefined) return true;
    const [number, keepFrom] = next;
    const rows = this.#oldest.all(number, 0, number, highestSequence, keepFrom);
    let bytes = 0;
    let count = 0;
    while (count < rows.length && bytes < sweepBytes) bytes += rows[count++]?.bytes ?? 0;
    const last = rows[count - 1];
    if (last !== undefined) this.#deleteOldest.run(number, 0, number, highestSequence, last.sequence, keepFrom);
    if (count === rows.length && rows.length < sweepRows) {
      this.#unswept.delete(number);
      this.#forgetQueue.run(number);
    }
    return this.#unswept.size === 0;
  }

  get isSwept(): boolean {
    return this.#unswept.size === 0;
  }

  #load(database: Database.Database): void {
    for (const { number, queue_id, first_sequence, deleted } of database.prepare<[], QueueColumns>('SELECT * FROM queue').all()) {
      if (deleted === 0) this.#queues.set(queue_id, { number, firstSequence: first_sequence });
      if (deleted === 1 || first_sequence > 1) this.#unswept.set(number, deleted === 1 ? highestSequence : first_sequence);
    }
  }

  /** The segment that holds the sequence, or the last before it. */
  #head({ number }: StoredQueue, sequence: number): SegmentHead | undefined {
    return this.#headAt.get(number, 0, number, sequence);
  }

  #segments(queue: StoredQueue, from: number, to: number, direction: MessageQuery['direction']): Iterable<SegmentColumns> {
    const { number } = queue;
    const first = this.#head(queue, from)?.first_sequence ?? from;
    if (direction === 'backward') return this.#backward.iterate(number, first, number, to);
    return this.#forward.iterate(number, first, number + 1);
  }

  #messagesOf(queueId: QueueId, segment: SegmentColumns, range: Omit<MessageQuery, 'queueId'>): readonly QueueMessage[] {
    const place = `Messages ${segment.first_sequence} to ${endOf(segment)} of ${queueId}`;
    if (crc32(segment.data) !== segment.checksum) throw corrupt(this.#file, `${place} are not what was written.`, { queueId });
    try {
      return readSegment(segment.data, range);
    } catch (error) {
      throw corrupt(this.#file, `${place} cannot be read (${(error as Error).message}).`, { queueId });
    }
  }

  /** Within the segment that holds `sequence`. */
  #firstAt(queueId: QueueId, queue: StoredQueue, sequence: number, timeMs: number): number {
    for (const segment of this.#segments(queue, sequence, highestSequence, 'forward')) {
      const range = {
        fromSequence: sequence,
        toSequence: highestSequence,
        limit: Number.POSITIVE_INFINITY,
        maxBytes: Number.POSITIVE_INFINITY,
        direction: 'forward',
      } as const;
      const found = this.#messagesOf(queueId, segment, range).find((message) => message.timeMs >= timeMs);
      if (found !== undefined) return found.sequence;
    }
    return sequence;
  }
}

function endOf({ first_sequence, count }: Pick<SegmentColumns, 'first_sequence' | 'count'>): number {
  return first_sequence + count - 1;
}
