/** Message records: the bytes of a message on the wire, in the log and in the state (docs/broker-protocol.md). */
import { isUtf8 } from 'node:buffer';
import { SignalboxError } from '../../../../common/errors.ts';
import { asBuffer, LayoutReader } from './bytes.ts';
import { machineLimits } from './limits.ts';
import type { MessageBatch, NewMessage } from './types.ts';
import { UnreadableBundleError } from './unreadable-bundle-error.ts';

/** `u32 length | u8 form | u8 encoding | u16 keyLength | u16 headerCount | u32 headersLength`. */
export const recordHeadBytes = 14;
const recordForm = 1;
const noKey = 0xffff;
const encodings = ['json', 'bytes'] as const;

/**
 * Messages as records, one after the other, in one piece.
 *
 * @throws SignalboxError `TOO_LARGE` for more messages, or a larger key, header or sum than there may be
 */
export function encodeMessages(messages: readonly NewMessage[]): MessageBatch {
  if (messages.length > machineLimits.batchMessages) throw tooLarge(`more than ${machineLimits.batchMessages} messages`);
  const parts = messages.map(partsOf);
  let sizeBytes = 0;
  for (const part of parts) sizeBytes += recordHeadBytes + part.bodyBytes;
  if (sizeBytes > machineLimits.batchBytes) throw tooLarge(`${sizeBytes} bytes; at most ${machineLimits.batchBytes} go at once`);
  const data = Buffer.allocUnsafe(sizeBytes);
  let at = 0;
  for (const part of parts) at = writeRecord(data, part, at);
  return { count: messages.length, data };
}

interface RecordParts {
  readonly message: NewMessage;
  readonly key: Buffer | null;
  readonly headers: Buffer;
  readonly headerCount: number;
  readonly bodyBytes: number;
}

function partsOf(message: NewMessage): RecordParts {
  const { key, headers, data } = message;
  if (key !== null && key.length > machineLimits.keyCharacters)
    throw tooLarge(`a key of more than ${machineLimits.keyCharacters} characters`);
  if (data.byteLength > machineLimits.messageBytes) throw tooLarge(`a message of more than ${machineLimits.messageBytes} bytes`);
  const keyBytes = key === null ? null : Buffer.from(key, 'utf8');
  const names = Object.keys(headers);
  const headerBytes = names.length === 0 ? empty : encodeHeaders(names, headers);
  const bodyBytes = (keyBytes?.byteLength ?? 0) + headerBytes.byteLength + data.byteLength;
  return { message, key: keyBytes, headers: headerBytes, headerCount: names.length, bodyBytes };
}

const empty = Buffer.alloc(0);

function encodeHeaders(names: readonly string[], headers: Readonly<Record<string, string>>): Buffer {
  if (names.length > machineLimits.headers) throw tooLarge(`more than ${machineLimits.headers} headers`);
  const pieces: Buffer[] = [];
  for (const name of names) {
    const value = headers[name] ?? '';
    if (name.length > machineLimits.headerNameCharacters || value.length > machineLimits.headerValueCharacters)
      throw tooLarge(`a header of more than ${machineLimits.headerValueCharacters} characters`);
    for (const text of [name, value]) {
      const piece = Buffer.allocUnsafe(2 + Buffer.byteLength(text));
      piece.writeUInt16BE(piece.byteLength - 2);
      piece.write(text, 2, 'utf8');
      pieces.push(piece);
    }
  }
  const bytes = Buffer.concat(pieces);
  if (bytes.byteLength > machineLimits.headersBytes) throw tooLarge(`headers of more than ${machineLimits.headersBytes} bytes`);
  return bytes;
}

function writeRecord(target: Buffer, part: RecordParts, start: number): number {
  let at = target.writeUInt32BE(recordHeadBytes - 4 + part.bodyBytes, start);
  at = target.writeUInt8(recordForm, at);
  at = target.writeUInt8(encodings.indexOf(part.message.encoding), at);
  at = target.writeUInt16BE(part.key?.byteLength ?? noKey, at);
  at = target.writeUInt16BE(part.headerCount, at);
  at = target.writeUInt32BE(part.headers.byteLength, at);
  for (const piece of [part.key, part.headers, part.message.data]) {
    if (piece === null) continue;
    target.set(piece, at);
    at += piece.byteLength;
  }
  return at;
}

/**
 * Looks through records that a stranger sent: whole, within the bounds, texts in UTF-8, JSON that is JSON.
 *
 * @returns the same bytes with their count
 * @throws SignalboxError `INVALID_PARAMS`, `TOO_LARGE`; nothing of the batch is taken then
 */
export function checkBatch(data: Uint8Array): MessageBatch {
  if (data.byteLength > machineLimits.batchBytes)
    throw tooLarge(`${data.byteLength} bytes; at most ${machineLimits.batchBytes} go at once`);
  const reader = new LayoutReader(data, 'batch of messages');
  let count = 0;
  while (reader.rest > 0) {
    if (++count > machineLimits.batchMessages) throw tooLarge(`more than ${machineLimits.batchMessages} messages`);
    const message = readRecord(reader);
    if (message.key !== null && message.key.length > machineLimits.keyCharacters)
      throw tooLarge(`a key of more than ${machineLimits.keyCharacters} characters`);
    if (message.data.byteLength > machineLimits.messageBytes) throw tooLarge(`a message of more than ${machineLimits.messageBytes} bytes`);
    if (message.encoding === 'json') checkJson(message.data, reader);
  }
  if (count === 0) throw reader.invalid('it holds no message');
  return { count, data };
}

function checkJson(data: Uint8Array, reader: LayoutReader): void {
  if (!isUtf8(data)) throw reader.invalid('a text in it is not UTF-8');
  try {
    JSON.parse(asBuffer(data).toString('utf8'));
  } catch {
    throw reader.invalid('a message in it is said to be JSON and is not');
  }
}

/**
 * The record that begins where the reader stands; its data are a view.
 *
 * @throws SignalboxError `INVALID_PARAMS` for a layout that cannot be right, or a form that this version does not know
 */
export function readRecord(reader: LayoutReader): NewMessage {
  const length = reader.u32();
  if (length < recordHeadBytes - 4 || length > reader.rest) throw reader.invalid('the length of a message in it cannot be right');
  const end = reader.at + length;
  if (reader.u8() !== recordForm) throw reader.invalid('a message in it has a form that this version does not know');
  const encoding = encodings[reader.u8()];
  if (encoding === undefined) throw reader.invalid('a message in it has an encoding that this version does not know');
  const keyLength = reader.u16();
  const headerCount = reader.u16();
  const headersLength = reader.u32();
  const keyBytes = keyLength === noKey ? 0 : keyLength;
  if (keyBytes + headersLength > end - reader.at) throw reader.invalid('the parts of a message in it are longer than the message');
  const key = keyLength === noKey ? null : reader.textOf(keyLength);
  const headers = headerCount === 0 && headersLength === 0 ? noHeaders : readHeaders(reader, headerCount, headersLength);
  return { key, headers, encoding, data: reader.take(end - reader.at) };
}

const noHeaders: Readonly<Record<string, string>> = Object.freeze({});

function readHeaders(reader: LayoutReader, count: number, length: number): Record<string, string> {
  if (count > machineLimits.headers || length > machineLimits.headersBytes) throw tooLarge('more headers than a message may have');
  const end = reader.at + length;
  const headers: [string, string][] = [];
  while (headers.length < count) {
    const name = reader.text();
    headers.push([name, reader.text()]);
    if (reader.at > end) break;
  }
  const record = Object.fromEntries(headers);
  if (reader.at !== end || Object.keys(record).length !== count) throw reader.invalid('the headers of a message in it do not add up');
  return record;
}

/** What the state machine must know of records that were checked when they came. */
export interface BatchMeasure {
  /** Of each record, its length included. */
  readonly sizes: readonly number[];
  readonly totalBytes: number;
  readonly largestBytes: number;
  /** Without key and headers. */
  readonly largestDataBytes: number;
}

/** Measures the records of a batch without reading them. @throws UnreadableBundleError they do not add up */
export function measureBatch({ count, data }: MessageBatch): BatchMeasure {
  const records = asBuffer(data);
  const sizes: number[] = [];
  let largestBytes = 0;
  let largestDataBytes = 0;
  let at = 0;
  while (at < records.byteLength) {
    if (records.byteLength - at < recordHeadBytes) throw new UnreadableBundleError('a message in it ends too early');
    const sizeBytes = 4 + records.readUInt32BE(at);
    const keyLength = records.readUInt16BE(at + 6);
    const dataBytes = sizeBytes - recordHeadBytes - (keyLength === noKey ? 0 : keyLength) - records.readUInt32BE(at + 10);
    if (records[at + 4] !== recordForm) throw new UnreadableBundleError('a message of a form that is not known');
    if (dataBytes < 0) throw new UnreadableBundleError('a message in it is shorter than its parts');
    sizes.push(sizeBytes);
    if (sizeBytes > largestBytes) largestBytes = sizeBytes;
    if (dataBytes > largestDataBytes) largestDataBytes = dataBytes;
    at += sizeBytes;
  }
  if (at !== records.byteLength || sizes.length !== count) throw new UnreadableBundleError('its messages do not add up');
  return { sizes, totalBytes: at, largestBytes, largestDataBytes };
}

/** The messages of a batch; their data are views. @throws SignalboxError `INVALID_PARAMS` */
export function decodeMessages(batch: MessageBatch): readonly NewMessage[] {
  const reader = new LayoutReader(batch.data, 'batch of messages');
  const messages: NewMessage[] = [];
  while (reader.rest > 0) messages.push(readRecord(reader));
  if (messages.length !== batch.count) throw reader.invalid('it holds another number of messages than it says');
  return messages;
}

function tooLarge(what: string): SignalboxError {
  return new SignalboxError('TOO_LARGE', `The append holds ${what}. Send it in smaller parts.`, { executed: 'no' });
}
