/** The binary form of a frame: `u8 0x01 | u8 type | u16 flags | u32 requestId | u16 headerLength | header (JSON) | payload` (queue.md 5.4). */
import { SignalboxError } from '../../../../common/errors.ts';
import { parseGuarded } from '../../../../common/wire/guarded-json.ts';
import { asBuffer } from '../machine/bytes.ts';
import { protocolLimits } from './limits.ts';

/** First byte of a body in binary form. */
export const binaryVersion = 1;
const headBytes = 10;

/** Numbers of the frame types; 16 and 17 are free. */
export const frameTypes = {
  request: 1,
  answer: 2,
  push: 3,
  replicate: 18,
  replicateAck: 19,
  heartbeat: 20,
  electionRequest: 21,
  electionAnswer: 22,
  timeoutNow: 23,
  snapshotOffer: 24,
  promoteToLeader: 25,
  clusterUpdate: 26,
  dataSyncRequest: 27,
  dataSyncChunk: 28,
  forward: 29,
  forwardAnswer: 30,
} as const;

export interface BinaryFrame {
  readonly type: number;
  /** 0 in what is neither a request nor its answer. */
  readonly requestId: number;
  /** JSON object, not yet validated. */
  readonly header: Readonly<Record<string, unknown>>;
  /** A view. */
  readonly payload: Buffer;
}

/**
 * A whole frame with its length in front, in pieces, the payload not copied: write them one after the other.
 *
 * @throws SignalboxError `TOO_LARGE` for a header or a frame above the bound
 */
export function encodeBinary(
  type: number,
  requestId: number,
  header: Readonly<Record<string, unknown>> | string,
  payload: readonly Uint8Array[] = [],
): readonly Uint8Array[] {
  const text = typeof header === 'string' ? header : JSON.stringify(header);
  const headerLength = Buffer.byteLength(text);
  const payloadLength = payload.reduce((sum, { byteLength }) => sum + byteLength, 0);
  const bodyLength = headBytes + headerLength + payloadLength;
  if (headerLength > protocolLimits.headerBytes || bodyLength > protocolLimits.frameBytes)
    throw new SignalboxError('TOO_LARGE', `A frame of ${bodyLength} bytes with a header of ${headerLength} is too large to be sent.`);
  const head = Buffer.allocUnsafe(4 + headBytes + headerLength);
  let at = head.writeUInt32BE(bodyLength);
  at = head.writeUInt8(binaryVersion, at);
  at = head.writeUInt8(type, at);
  at = head.writeUInt16BE(0, at);
  at = head.writeUInt32BE(requestId, at);
  at = head.writeUInt16BE(headerLength, at);
  head.write(text, at, 'utf8');
  return [head, ...payload];
}

/**
 * Reads the body of a frame (without its length).
 *
 * @throws SignalboxError `BAD_REQUEST` for what is no such body, and what {@link parseGuarded} throws for the header
 */
export function decodeBinary(body: Uint8Array): BinaryFrame {
  const bytes = asBuffer(body);
  if (bytes.byteLength < headBytes || bytes[0] !== binaryVersion) throw unreadable('it is no binary frame of this version');
  if (bytes.readUInt16BE(2) !== 0) throw unreadable('it has flags that this version does not know');
  const headerEnd = headBytes + bytes.readUInt16BE(8);
  if (headerEnd > bytes.byteLength) throw unreadable('its header is longer than the frame');
  return {
    type: bytes[1] as number,
    requestId: bytes.readUInt32BE(4),
    header: readHeader(bytes.toString('utf8', headBytes, headerEnd)),
    payload: bytes.subarray(headerEnd),
  };
}

/** Headers that came before, by their text: of appends that a client sends one after the other all are the same. */
const knownHeaders = new Map<string, Readonly<Record<string, unknown>>>();
const mostKnownHeaders = 1_000;
const longestKnownHeader = 512;

/** @returns one object for one text, as long as it is known; nobody changes it */
function readHeader(text: string): Readonly<Record<string, unknown>> {
  const known = knownHeaders.get(text);
  if (known !== undefined) return known;
  const header = text === '' ? {} : parseGuarded(text, { depth: protocolLimits.jsonDepth, keys: protocolLimits.jsonKeys });
  if (typeof header !== 'object' || header === null || Array.isArray(header)) throw unreadable('its header is no JSON object');
  if (text.length <= longestKnownHeader) {
    if (knownHeaders.size >= mostKnownHeaders) knownHeaders.clear();
    knownHeaders.set(text, header as Readonly<Record<string, unknown>>);
  }
  return header as Readonly<Record<string, unknown>>;
}

function unreadable(why: string): SignalboxError {
  return new SignalboxError('BAD_REQUEST', `The frame cannot be read: ${why}.`, { executed: 'no' });
}
