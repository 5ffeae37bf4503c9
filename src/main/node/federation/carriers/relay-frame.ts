/** What a member hands to a neighbour so that it is passed on: `hops u8 ‖ source key 32 ‖ target key 32 ‖ bytes`. */
import { SignalboxError } from '../../../../common/errors.ts';

const keyBytes = 32;
const headBytes = 1 + 2 * keyBytes;

export interface RelayFrame {
  /** Relays that it has passed. Nobody signs this: it bounds a way that leads nowhere, and decides nothing else. */
  readonly hops: number;
  /** Public keys. */
  readonly source: Uint8Array;
  readonly target: Uint8Array;
  /** For the target alone. */
  readonly bytes: Buffer;
}

export function encodeRelayFrame({ hops, source, target, bytes }: Omit<RelayFrame, 'bytes'> & { readonly bytes: Uint8Array }): Buffer {
  const frame = Buffer.allocUnsafe(headBytes + bytes.byteLength);
  frame[0] = hops;
  frame.set(source, 1);
  frame.set(target, 1 + keyBytes);
  frame.set(bytes, headBytes);
  return frame;
}

/** @throws SignalboxError `INVALID_PARAMS` */
export function decodeRelayFrame(frame: Buffer): RelayFrame {
  if (frame.byteLength <= headBytes)
    throw new SignalboxError('INVALID_PARAMS', 'What is to be passed on is not valid: it ends too early.', { executed: 'no' });
  return {
    hops: frame.readUInt8(0),
    source: frame.subarray(1, 1 + keyBytes),
    target: frame.subarray(1 + keyBytes, headBytes),
    bytes: frame.subarray(headBytes),
  };
}
