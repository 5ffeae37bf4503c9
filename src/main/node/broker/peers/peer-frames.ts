/** Frames between brokers (docs/broker-protocol.md, "Between brokers"): those of the protocol, and a refusal that ends a connection. */
import { SignalboxError } from '../../../../common/errors.ts';
import { decodeRefusable } from '../../links/index.ts';
import { type BinaryFrame, binaryVersion, decodeBinary, encodeBinary, frameTypes } from '../protocol/index.ts';

export const peerFrameTypes = {
  ...frameTypes,
  ping: 31,
  pong: 32,
  knownBrokers: 33,
  dataSyncOffer: 34,
  dataSyncDone: 35,
} as const;

/** A frame to be sent. */
export interface PeerFrame {
  readonly type: number;
  /** Comes back in the answer; 0 where none is wanted. */
  readonly requestId: number;
  readonly header: object;
  readonly payload: readonly Uint8Array[];
}

export function encodePeerFrame({ type, requestId, header, payload }: PeerFrame): readonly Uint8Array[] {
  return encodeBinary(type, requestId, { ...header }, payload);
}

/**
 * Reads the body of a frame. Nothing is allocated for what it claims: header and payload are of the bytes that came (security.md row 36).
 *
 * @returns the frame, or the refusal of a broker that ends the connection with one
 * @throws SignalboxError `BAD_REQUEST`, `TOO_LARGE`, `INVALID_PARAMS`
 */
export function decodePeerFrame(body: Buffer): BinaryFrame | { readonly refused: SignalboxError } {
  return body[0] === binaryVersion ? decodeBinary(body) : { refused: refusalIn(body) };
}

function refusalIn(body: Buffer): SignalboxError {
  try {
    decodeRefusable(body);
  } catch (error) {
    if (error instanceof SignalboxError) return error;
  }
  throw new SignalboxError('BAD_REQUEST', 'It is no frame of the broker protocol.', { executed: 'no' });
}
