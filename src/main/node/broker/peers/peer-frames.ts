/** Frames between brokers (docs/broker-protocol.md, "Between brokers"): a type, a header of JSON, a payload of bytes. */
import { SignalboxError } from '../../../../common/errors.ts';
import { parseGuarded } from '../../../../common/wire/guarded-json.ts';
import { decodeRefusable } from '../../links/index.ts';

export const peerFrameTypes = {
  promoteToLeader: 25,
  clusterUpdate: 26,
  dataSyncRequest: 27,
  dataSyncChunk: 28,
  forward: 29,
  forwardAnswer: 30,
  ping: 31,
  pong: 32,
  knownBrokers: 33,
  dataSyncOffer: 34,
  dataSyncDone: 35,
} as const;

const form = 1;
const lengthBytes = 4;
const fixedBytes = 10;
const headerBytes = 65_535;
const bounds = { depth: 32, keys: 8_192 };

export interface PeerFrame {
  readonly type: number;
  /** Comes back in the answer; 0 where none is wanted. */
  readonly requestId: number;
  readonly header: unknown;
  readonly payload: readonly Uint8Array[];
}

/** A frame that came: its payload is one piece, of the bytes that came. */
export interface ReceivedFrame extends PeerFrame {
  readonly payload: readonly [Buffer];
}

/** A frame in pieces, its length in front, the payload uncopied. @throws SignalboxError `TOO_LARGE` when the header is larger than one can be */
export function encodePeerFrame({ type, requestId, header, payload }: PeerFrame): readonly Uint8Array[] {
  const text = Buffer.from(JSON.stringify(header));
  if (text.byteLength > headerBytes)
    throw new SignalboxError(
      'TOO_LARGE',
      `The header of a frame to another broker has ${text.byteLength} bytes; at most ${headerBytes} fit.`,
    );
  const head = Buffer.allocUnsafe(lengthBytes + fixedBytes);
  const payloadBytes = payload.reduce((bytes, piece) => bytes + piece.byteLength, 0);
  head.writeUInt32BE(fixedBytes + text.byteLength + payloadBytes, 0);
  head[4] = form;
  head[5] = type;
  head.writeUInt16BE(0, 6);
  head.writeUInt32BE(requestId, 8);
  head.writeUInt16BE(text.byteLength, 12);
  return [head, text, ...payload];
}

/**
 * Nothing is allocated for what a frame claims: header and payload are of the bytes that came (security.md row 36).
 *
 * @returns the frame, or the refusal of a broker that ends the connection with one
 * @throws SignalboxError `BAD_REQUEST`, `TOO_LARGE`, `INVALID_PARAMS`
 */
export function decodePeerFrame(body: Buffer): ReceivedFrame | { readonly refused: SignalboxError } {
  if (body[0] !== form) return { refused: refusalIn(body) };
  if (body.byteLength < fixedBytes || body.readUInt16BE(2) !== 0) throw unreadable();
  const length = body.readUInt16BE(8);
  if (body.byteLength < fixedBytes + length) throw unreadable();
  const header = parseGuarded(body.toString('utf8', fixedBytes, fixedBytes + length), bounds);
  return { type: body.readUInt8(1), requestId: body.readUInt32BE(4), header, payload: [body.subarray(fixedBytes + length)] };
}

function refusalIn(body: Buffer): SignalboxError {
  try {
    decodeRefusable(body);
  } catch (error) {
    if (error instanceof SignalboxError) return error;
  }
  throw unreadable();
}

function unreadable(): SignalboxError {
  return new SignalboxError('BAD_REQUEST', 'It is no frame of the broker protocol.', { executed: 'no' });
}
