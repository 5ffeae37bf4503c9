/** Runs: messages of one client and one time as they are stored and answered; a segment is runs one after the other (docs/broker-protocol.md). */
import { asBuffer, LayoutReader, writeName, writeU64 } from './bytes.ts';
import { encodeMessages, readRecord } from './records.ts';
import type { QueueId, QueueMessage, Segment } from './types.ts';

const runForm = 1;
/** `u32 length | u8 form | u64 firstSequence | u64 timeMs | u32 count`. */
const runHeadBytes = 25;

interface OpenRun {
  readonly firstSequence: number;
  readonly timeMs: number;
  readonly clientId: string;
  count: number;
  readonly records: Uint8Array[];
}

/** Puts together what one log entry appends to one queue. What one client appends at one time becomes one run. */
export class SegmentBuilder {
  readonly #queueId: QueueId;
  readonly #runs: OpenRun[] = [];

  constructor(queueId: QueueId) {
    this.#queueId = queueId;
  }

  /** @param firstSequence follows the last one added; @param records not copied before {@link build} */
  add(firstSequence: number, timeMs: number, clientId: string, count: number, records: Uint8Array): void {
    const last = this.#runs.at(-1);
    if (last !== undefined && last.clientId === clientId && last.timeMs === timeMs) {
      last.count += count;
      last.records.push(records);
    } else this.#runs.push({ firstSequence, timeMs, clientId, count, records: [records] });
  }

  build(): Segment {
    const first = this.#runs[0] as OpenRun;
    const last = this.#runs.at(-1) as OpenRun;
    return {
      queueId: this.#queueId,
      firstSequence: first.firstSequence,
      count: last.firstSequence + last.count - first.firstSequence,
      firstTimeMs: first.timeMs,
      lastTimeMs: last.timeMs,
      data: encodeRuns(this.#runs),
    };
  }
}

function encodeRuns(runs: readonly OpenRun[]): Buffer {
  const sizes = runs.map(
    ({ clientId, records }) =>
      runHeadBytes + 1 + Buffer.byteLength(clientId) + records.reduce((sum, { byteLength }) => sum + byteLength, 0),
  );
  const data = Buffer.allocUnsafe(sizes.reduce((sum, size) => sum + size, 0));
  let at = 0;
  for (const [index, run] of runs.entries()) {
    at = data.writeUInt32BE((sizes[index] as number) - 4, at);
    at = data.writeUInt8(runForm, at);
    at = writeU64(data, run.firstSequence, at);
    at = writeU64(data, run.timeMs, at);
    at = data.writeUInt32BE(run.count, at);
    at = writeName(data, run.clientId, at);
    for (const records of run.records) {
      data.set(records, at);
      at += records.byteLength;
    }
  }
  return data;
}

export interface SegmentRange {
  /** Inclusive. */
  readonly fromSequence: number;
  readonly toSequence: number;
  readonly limit: number;
  /** Of the data; the first message comes in any case. */
  readonly maxBytes: number;
  /** Absent: forward. `backward`: from `toSequence` down. */
  readonly direction?: 'forward' | 'backward';
}

/**
 * Messages of a segment, or of runs that a broker answered; their data are views of it.
 *
 * @throws SignalboxError `INVALID_PARAMS` for bytes that are no runs
 */
export function readSegment(data: Uint8Array, range: SegmentRange): readonly QueueMessage[] {
  if (range.direction !== 'backward') return readForward(data, range);
  const within = readForward(data, { ...range, limit: Number.POSITIVE_INFINITY, maxBytes: Number.POSITIVE_INFINITY });
  const messages: QueueMessage[] = [];
  let bytes = 0;
  for (let index = within.length - 1; index >= 0 && messages.length < range.limit; index--) {
    const message = within[index] as QueueMessage;
    bytes += message.data.byteLength;
    if (bytes > range.maxBytes && messages.length > 0) break;
    messages.push(message);
  }
  return messages;
}

const everything: SegmentRange = {
  fromSequence: 0,
  toSequence: Number.MAX_SAFE_INTEGER,
  limit: Number.POSITIVE_INFINITY,
  maxBytes: Number.POSITIVE_INFINITY,
};

/** All messages of runs. @throws SignalboxError `INVALID_PARAMS` */
export function readRuns(data: Uint8Array): readonly QueueMessage[] {
  return readForward(data, everything);
}

function readForward(data: Uint8Array, range: SegmentRange): readonly QueueMessage[] {
  const reader = new LayoutReader(data, 'segment');
  const messages: QueueMessage[] = [];
  let bytes = 0;
  while (reader.rest > 0) {
    const run = readRunHead(reader);
    if (run.firstSequence > range.toSequence) return messages;
    if (run.firstSequence + run.count <= range.fromSequence) {
      reader.skip(run.end - reader.at);
      continue;
    }
    for (let offset = 0; offset < run.count; offset++) {
      const sequence = run.firstSequence + offset;
      if (sequence > range.toSequence || messages.length >= range.limit) return messages;
      if (sequence < range.fromSequence) {
        reader.skip(reader.u32());
        continue;
      }
      const { key, headers, encoding, data: body } = readRecord(reader);
      bytes += body.byteLength;
      if (bytes > range.maxBytes && messages.length > 0) return messages;
      messages.push({ sequence, timeMs: run.timeMs, clientId: run.clientId, key, headers, encoding, data: body });
    }
    if (reader.at !== run.end) throw reader.invalid('a run in it holds another number of messages than it says');
  }
  return messages;
}

interface RunHead {
  readonly end: number;
  readonly firstSequence: number;
  readonly timeMs: number;
  readonly count: number;
  readonly clientId: string;
}

function readRunHead(reader: LayoutReader): RunHead {
  const length = reader.u32();
  if (length > reader.rest) throw reader.invalid('it ends too early');
  const end = reader.at + length;
  if (reader.u8() !== runForm) throw reader.invalid('a run in it has a form that this version does not know');
  const firstSequence = reader.u64();
  const timeMs = reader.u64();
  const count = reader.u32();
  const clientId = reader.name();
  if (reader.at > end) throw reader.invalid('a run in it is shorter than its head');
  return { end, firstSequence, timeMs, count, clientId };
}

/**
 * A segment in pieces of at most `maxBytes` of records each, a larger message alone: who looks for one message then reads a little, however
 * many were appended at once.
 *
 * @throws SignalboxError `INVALID_PARAMS` for bytes that are no runs
 */
export function splitSegment(segment: Segment, maxBytes: number): readonly Segment[] {
  if (segment.data.byteLength <= maxBytes || segment.count === 1) return [segment];
  const reader = new LayoutReader(segment.data, 'segment');
  const pieces: Segment[] = [];
  let piece = new SegmentBuilder(segment.queueId);
  let pieceBytes = 0;
  while (reader.rest > 0) {
    const { firstSequence, timeMs, clientId, count } = readRunHead(reader);
    let from = reader.at;
    let added = 0;
    const addUpTo = (offset: number, end: number) => {
      if (offset > added) piece.add(firstSequence + added, timeMs, clientId, offset - added, reader.bytes.subarray(from, end));
      from = end;
      added = offset;
    };
    for (let offset = 0; offset < count; offset++) {
      const at = reader.at;
      reader.skip(reader.u32());
      if (pieceBytes > 0 && pieceBytes + reader.at - at > maxBytes) {
        addUpTo(offset, at);
        pieces.push(piece.build());
        piece = new SegmentBuilder(segment.queueId);
        pieceBytes = 0;
      }
      pieceBytes += reader.at - at;
    }
    addUpTo(count, reader.at);
  }
  pieces.push(piece.build());
  return pieces;
}

/** Messages as runs, for a binary answer: neighbours of one client and time in one. */
export function encodeRunsOf(messages: readonly QueueMessage[]): Buffer {
  const runs: OpenRun[] = [];
  for (const message of messages) {
    const records = asBuffer(encodeMessages([message]).data);
    const last = runs.at(-1);
    const follows =
      last !== undefined &&
      last.clientId === message.clientId &&
      last.timeMs === message.timeMs &&
      last.firstSequence + last.count === message.sequence;
    if (follows) {
      last.count++;
      last.records.push(records);
    } else runs.push({ firstSequence: message.sequence, timeMs: message.timeMs, clientId: message.clientId, count: 1, records: [records] });
  }
  return encodeRuns(runs);
}
