/** Frames on a stream: a length of four bytes, big-endian, then that many bytes (security.md 2.4). */
import { SignalboxError } from '../../../common/errors.ts';

const headBytes = 4;

/** A frame as it goes on the wire. */
export function toFrame(body: Uint8Array): Buffer {
  const frame = Buffer.allocUnsafe(headBytes + body.byteLength);
  frame.writeUInt32BE(body.byteLength);
  frame.set(body, headBytes);
  return frame;
}

/** Takes frames out of a stream. Nothing is allocated for a length that is claimed: what is held is what came. */
export class FrameReader {
  #maxBytes: number;
  #chunks: Buffer[] = [];
  #heldBytes = 0;
  #expectedBytes: number | undefined;

  /** @param maxBytes largest frame */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Another bound from the next frame on. */
  allow(maxBytes: number): void {
    this.#maxBytes = maxBytes;
  }

  push(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#heldBytes += chunk.byteLength;
  }

  /**
   * The next whole frame; undefined until it is there. Taken one at a time, so that a bound that changes between two frames of one
   * chunk holds for the second.
   *
   * @throws SignalboxError `TOO_LARGE` from the length alone
   */
  next(): Buffer | undefined {
    if (this.#expectedBytes === undefined) {
      if (this.#heldBytes < headBytes) return undefined;
      const expected = this.#take(headBytes).readUInt32BE();
      if (expected > this.#maxBytes)
        throw new SignalboxError('TOO_LARGE', `A frame of ${expected} bytes was announced; at most ${this.#maxBytes} are taken.`);
      this.#expectedBytes = expected;
    }
    if (this.#heldBytes < this.#expectedBytes) return undefined;
    const body = this.#take(this.#expectedBytes);
    this.#expectedBytes = undefined;
    return body;
  }

  #take(bytes: number): Buffer {
    this.#heldBytes -= bytes;
    const first = this.#chunks[0];
    if (first !== undefined && first.byteLength >= bytes) {
      this.#chunks[0] = first.subarray(bytes);
      if (this.#chunks[0].byteLength === 0) this.#chunks.shift();
      return first.subarray(0, bytes);
    }
    const all = Buffer.concat(this.#chunks);
    this.#chunks = bytes < all.byteLength ? [all.subarray(bytes)] : [];
    return all.subarray(0, bytes);
  }
}
