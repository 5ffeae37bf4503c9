/** Numbers and short texts in the bytes of records, runs and bundles: big-endian, as docs/broker-protocol.md says. */
import { isUtf8 } from 'node:buffer';
import { SignalboxError } from '../../../../common/errors.ts';

const twoTo32 = 0x1_0000_0000;

/** The same memory as a Buffer. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** A safe integer in eight bytes. @returns where it ends */
export function writeU64(target: Buffer, value: number, at: number): number {
  target.writeUInt32BE(Math.floor(value / twoTo32), at);
  return target.writeUInt32BE(value % twoTo32, at + 4);
}

/** Text of at most 255 bytes behind its length in one byte. @returns where it ends */
export function writeName(target: Buffer, text: string, at: number): number {
  const length = target.write(text, at + 1, 'utf8');
  target[at] = length;
  return at + 1 + length;
}

/** Reads a layout from the beginning to the end; nothing is allocated by a length that is only claimed. */
export class LayoutReader {
  readonly bytes: Buffer;
  readonly #what: string;
  at: number;
  readonly end: number;

  /** @param what named in errors, for example `record` */
  constructor(bytes: Uint8Array, what: string, at = 0, end = bytes.byteLength) {
    this.bytes = asBuffer(bytes);
    this.#what = what;
    this.at = at;
    this.end = end;
  }

  get rest(): number {
    return this.end - this.at;
  }

  u8(): number {
    return this.bytes[this.#skip(1)] as number;
  }

  u16(): number {
    return this.bytes.readUInt16BE(this.#skip(2));
  }

  u32(): number {
    return this.bytes.readUInt32BE(this.#skip(4));
  }

  /** @throws SignalboxError `INVALID_PARAMS` above 2^53-1 */
  u64(): number {
    const at = this.#skip(8);
    const value = this.bytes.readUInt32BE(at) * twoTo32 + this.bytes.readUInt32BE(at + 4);
    if (!Number.isSafeInteger(value)) throw this.invalid('a number in it is too large');
    return value;
  }

  /** Text behind its length in one byte. */
  name(): string {
    return this.#text(this.u8());
  }

  /** Text behind its length in two bytes. */
  text(): string {
    return this.#text(this.u16());
  }

  /** Text of a length that stands elsewhere. */
  textOf(length: number): string {
    return this.#text(length);
  }

  /** A view of the next bytes. */
  take(length: number): Buffer {
    const at = this.#skip(length);
    return this.bytes.subarray(at, this.at);
  }

  /** Passes over bytes. */
  skip(length: number): void {
    this.#skip(length);
  }

  /** The error for a layout that cannot be right. */
  invalid(why: string): SignalboxError {
    return new SignalboxError('INVALID_PARAMS', `The ${this.#what} is not valid: ${why}.`, { executed: 'no' });
  }

  #text(length: number): string {
    const at = this.#skip(length);
    const text = this.bytes.toString('utf8', at, this.at);
    // Bytes that are no UTF-8 become this character; it may also stand there by itself.
    if (text.includes('\ufffd') && !isUtf8(this.bytes.subarray(at, this.at))) throw this.invalid('a text in it is not UTF-8');
    return text;
  }

  #skip(length: number): number {
    const at = this.at;
    if (length > this.end - at) throw this.invalid('it ends too early');
    this.at = at + length;
    return at;
  }
}
