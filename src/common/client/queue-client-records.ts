/** Messages of queues as bytes: records to be appended, runs that are answered (docs/broker-protocol.md). */
import { SignalboxError } from '../errors.ts';
import { joinBytes, putU16, putU32, room, textBehind } from './queue-client-bytes.ts';

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
const fromUtf8 = new TextDecoder();

/** Records, one after the other. @throws SignalboxError `INVALID_PARAMS` for data that JSON has no form for */
export function encodeRecords(messages: readonly QueueInput[]): Uint8Array {
  return messages.length === 1 ? encodeRecord(messages[0] as QueueInput) : joinBytes(messages.map(encodeRecord));
}

function encodeRecord({ data, key = null, headers }: QueueInput): Uint8Array {
  const keyBytes = key === null ? nothing : textBehind(0, key);
  const pairs = headers === undefined ? [] : Object.entries(headers);
  const headerBytes = pairs.length === 0 ? nothing : joinBytes(pairs.flat().map(lengthAndText));
  const headBytes = recordHeadBytes + keyBytes.byteLength + headerBytes.byteLength;
  const isBytes = data instanceof Uint8Array;
  const record = isBytes ? room(headBytes + data.byteLength) : textBehind(headBytes, jsonText(data));
  if (isBytes) record.set(data, headBytes);
  putU32(record, 0, record.byteLength - 4);
  record[4] = form;
  record[5] = isBytes ? 1 : 0;
  putU16(record, 6, key === null ? noKey : keyBytes.byteLength);
  putU16(record, 8, pairs.length);
  putU32(record, 10, headerBytes.byteLength);
  record.set(keyBytes, recordHeadBytes);
  record.set(headerBytes, recordHeadBytes + keyBytes.byteLength);
  return record;
}

const nothing = new Uint8Array(0);

function jsonText(data: unknown): string {
  const text = JSON.stringify(data) as string | undefined;
  if (text === undefined) throw new SignalboxError('INVALID_PARAMS', 'A message has data that JSON has no form for.', { executed: 'no' });
  return text;
}

function lengthAndText(text: string): Uint8Array {
  const piece = textBehind(2, text);
  if (piece.byteLength > 0xffff) throw new SignalboxError('TOO_LARGE', 'A header is larger than a message may have.', { executed: 'no' });
  putU16(piece, 0, piece.byteLength - 2);
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
