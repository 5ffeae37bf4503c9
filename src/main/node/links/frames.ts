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

/** The same with a byte in front of the body that says what it is for. */
export function toKindFrame(kind: number, body: Uint8Array): Buffer {
  const frame = Buffer.allocUnsafe(headBytes + 1 + body.byteLength);
  frame.writeUInt32BE(1 + body.byteLength);
  frame[headBytes] = kind;
  frame.set(body, headBytes + 1);
  return frame;
}

/**
 * Takes frames out of a stream. Nothing is allocated for a length that is claimed: what is held is what came, in one piece, so that a frame
 * that trickles in byte by byte costs no more than its bytes.
 */
export class FrameReader {
  #maxBytes: number;
  /** What came and was not looked at yet. */
  #chunk: Buffer = Buffer.alloc(0);
  /** The beginning of a head or of a body that is not whole yet; `#heldBytes` of it count. */
  #partial: Buffer = Buffer.alloc(0);
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

  /** Bytes that have come and belong to no whole frame taken. */
  get pendingBytes(): number {
    return this.#chunk.byteLength + this.#heldBytes + (this.#expectedBytes === undefined ? 0 : headBytes);
  }

  push(chunk: Buffer): void {
    this.#chunk = this.#chunk.byteLength === 0 ? chunk : Buffer.concat([this.#chunk, chunk]);
  }

  /**
   * The next whole frame; undefined until it is there. Taken one at a time, so that a bound that changes between two frames of one
   * chunk holds for the second.
   *
   * @throws SignalboxError `TOO_LARGE` from the length alone
   */
  next(): Buffer | undefined {
    if (this.#expectedBytes === undefined) {
      const expected = this.#take(headBytes)?.readUInt32BE();
      if (expected === undefined) return undefined;
      if (expected > this.#maxBytes)
        throw new SignalboxError('TOO_LARGE', `A frame of ${expected} bytes was announced; at most ${this.#maxBytes} are taken.`);
      this.#expectedBytes = expected;
    }
    const body = this.#take(this.#expectedBytes);
    if (body !== undefined) this.#expectedBytes = undefined;
    return body;
  }

  /** The next bytes of the stream; undefined, and what is there is kept, until all of them have come. */
  #take(bytes: number): Buffer | undefined {
    const missing = bytes - this.#heldBytes;
    const piece = this.#chunk.subarray(0, missing);
    this.#chunk = this.#chunk.subarray(piece.byteLength);
    if (this.#heldBytes === 0 && piece.byteLength === bytes) return piece;
    this.#keep(piece, bytes);
    if (this.#heldBytes < bytes) return undefined;
    const whole = this.#partial.subarray(0, bytes);
    this.#partial = Buffer.alloc(0);
    this.#heldBytes = 0;
    return whole;
  }

  /** Adds to what is held. Room grows by doubling: each byte is copied a few times at most. @param mostBytes that will be held */
  #keep(piece: Buffer, mostBytes: number): void {
    const needed = this.#heldBytes + piece.byteLength;
    if (needed > this.#partial.byteLength) {
      const grown = Buffer.allocUnsafeSlow(Math.min(mostBytes, needed * 2));
      this.#partial.copy(grown, 0, 0, this.#heldBytes);
      this.#partial = grown;
    }
    piece.copy(this.#partial, this.#heldBytes);
    this.#heldBytes = needed;
  }
}
