/** Messages of queues as bytes: records to be appended, runs that are answered (docs/broker-protocol.md). */
import { SignalboxError } from '../errors.ts';

/** A message to be appended. */
export interface QueueInput {
  /** Bytes, or any JSON. */
  readonly data: unknown;
  readonly key?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A message as it is in the queue. */
export interface QueueRecord {
  readonly sequence: number;
  /** Stamped by the leader, milliseconds since the epoch. */
  readonly timeMs: number;
  readonly clientId: string;
  readonly key: string | null;
  readonly headers: Readonly<Record<string, string>>;
  readonly encoding: 'json' | 'bytes';
  /** The bytes, or the JSON text in UTF-8; {@link jsonOf} parses it. */
  readonly data: Uint8Array;
}

const recordHeadBytes = 14;
const form = 1;
const noKey = 0xffff;
const twoTo32 = 0x1_0000_0000;
const utf8 = new TextEncoder();
const fromUtf8 = new TextDecoder();

/** Records, one after the other. @throws SignalboxError `INVALID_PARAMS` for data that JSON has no form for */
export function encodeRecords(messages: readonly QueueInput[]): Uint8Array {
  const records = messages.map(encodeRecord);
  if (records.length === 1) return records[0] as Uint8Array;
  return joinBytes(records);
}

/** Pieces as one. */
export function joinBytes(pieces: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(pieces.reduce((sum, { byteLength }) => sum + byteLength, 0));
  let at = 0;
  for (const piece of pieces) {
    joined.set(piece, at);
    at += piece.byteLength;
  }
  return joined;
}

function encodeRecord({ data, key = null, headers = {} }: QueueInput): Uint8Array {
  const bytes = data instanceof Uint8Array ? data : utf8.encode(jsonText(data));
  const keyBytes = key === null ? undefined : utf8.encode(key);
  const pairs = Object.entries(headers);
  const headerBytes = joinBytes(pairs.flat().map(lengthAndText));
  const record = new Uint8Array(recordHeadBytes + (keyBytes?.byteLength ?? 0) + headerBytes.byteLength + bytes.byteLength);
  const view = new DataView(record.buffer);
  view.setUint32(0, record.byteLength - 4);
  view.setUint8(4, form);
  view.setUint8(5, data instanceof Uint8Array ? 1 : 0);
  view.setUint16(6, keyBytes?.byteLength ?? noKey);
  view.setUint16(8, pairs.length);
  view.setUint32(10, headerBytes.byteLength);
  let at = recordHeadBytes;
  for (const piece of [keyBytes, headerBytes, bytes]) {
    if (piece === undefined) continue;
    record.set(piece, at);
    at += piece.byteLength;
  }
  return record;
}

function jsonText(data: unknown): string {
  const text = JSON.stringify(data) as string | undefined;
  if (text === undefined) throw new SignalboxError('INVALID_PARAMS', 'A message has data that JSON has no form for.', { executed: 'no' });
  return text;
}

function lengthAndText(text: string): Uint8Array {
  const bytes = utf8.encode(text);
  if (bytes.byteLength > 0xffff) throw new SignalboxError('TOO_LARGE', 'A header is larger than a message may have.', { executed: 'no' });
  const piece = new Uint8Array(2 + bytes.byteLength);
  new DataView(piece.buffer).setUint16(0, bytes.byteLength);
  piece.set(bytes, 2);
  return piece;
}

/** The data of a message that was appended as JSON. */
export function jsonOf(record: QueueRecord): unknown {
  return JSON.parse(fromUtf8.decode(record.data));
}

/** The messages of an answer; their data are views. @throws SignalboxError `BAD_REQUEST` for bytes that are no runs */
export function decodeRuns(bytes: Uint8Array): readonly QueueRecord[] {
  const reader = new RunReader(bytes);
  const records: QueueRecord[] = [];
  while (reader.rest > 0) reader.run(records);
  return records;
}

class RunReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get rest(): number {
    return this.#bytes.byteLength - this.#at;
  }

  run(into: QueueRecord[]): void {
    const end = this.#u32() + this.#at;
    if (this.#u8() !== form) throw unreadable();
    const firstSequence = this.#u64();
    const timeMs = this.#u64();
    const count = this.#u32();
    const clientId = this.#text(this.#u8());
    for (let offset = 0; offset < count; offset++) into.push(this.#record(firstSequence + offset, timeMs, clientId));
    if (this.#at !== end) throw unreadable();
  }

  #record(sequence: number, timeMs: number, clientId: string): QueueRecord {
    const end = this.#u32() + this.#at;
    if (this.#u8() !== form) throw unreadable();
    const encoding = this.#u8() === 0 ? 'json' : 'bytes';
    const keyLength = this.#u16();
    const headerCount = this.#u16();
    this.#u32();
    const key = keyLength === noKey ? null : this.#text(keyLength);
    const headers: [string, string][] = [];
    for (let header = 0; header < headerCount; header++) {
      const name = this.#text(this.#u16());
      headers.push([name, this.#text(this.#u16())]);
    }
    if (end < this.#at) throw unreadable();
    return { sequence, timeMs, clientId, key, headers: Object.fromEntries(headers), encoding, data: this.#take(end - this.#at) };
  }

  #text(length: number): string {
    return fromUtf8.decode(this.#take(length));
  }

  #take(length: number): Uint8Array {
    const at = this.#skip(length);
    return this.#bytes.subarray(at, this.#at);
  }

  #u8(): number {
    return this.#view.getUint8(this.#skip(1));
  }

  #u16(): number {
    return this.#view.getUint16(this.#skip(2));
  }

  #u32(): number {
    return this.#view.getUint32(this.#skip(4));
  }

  #u64(): number {
    return this.#u32() * twoTo32 + this.#u32();
  }

  #skip(length: number): number {
    const at = this.#at;
    if (length > this.rest) throw unreadable();
    this.#at = at + length;
    return at;
  }
}

function unreadable(): SignalboxError {
  return new SignalboxError('BAD_REQUEST', 'The broker answered messages that this version cannot read.', { executed: 'yes' });
}
