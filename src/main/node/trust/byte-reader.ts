import type { SignalboxError } from '../../../common/errors.ts';
import { refusal } from './refusal.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Reads a fixed big-endian layout that came from outside. Nothing is allocated by a length that was only claimed. */
export class ByteReader {
  readonly #bytes: Buffer;
  readonly #what: string;
  #at = 0;

  /** @param what named in errors, for example `envelope` */
  constructor(bytes: Uint8Array, what: string) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#what = what;
  }

  /** A view of the next bytes. @throws SignalboxError `INVALID_PARAMS` when there are not so many */
  take(length: number): Uint8Array {
    const end = this.#at + length;
    if (end > this.#bytes.length) throw this.invalid('it ends too early');
    const part = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return new Uint8Array(part.buffer, part.byteOffset, part.byteLength);
  }

  u8(): number {
    return this.take(1)[0] ?? 0;
  }

  u16(): number {
    const at = this.#skip(2);
    return this.#bytes.readUInt16BE(at);
  }

  u32(): number {
    const at = this.#skip(4);
    return this.#bytes.readUInt32BE(at);
  }

  /** @throws SignalboxError `INVALID_PARAMS` above 2^53-1, which JSON could not carry */
  u64(): number {
    const at = this.#skip(8);
    const value = Number(this.#bytes.readBigUInt64BE(at));
    if (!Number.isSafeInteger(value)) throw this.invalid('a number in it is too large');
    return value;
  }

  /** Text behind its length in two bytes. @throws SignalboxError `INVALID_PARAMS` for bytes that are no UTF-8 */
  text(maxBytes: number): string {
    const length = this.u16();
    if (length > maxBytes) throw this.invalid('a text in it is too long');
    const bytes = this.take(length);
    try {
      return utf8.decode(bytes);
    } catch {
      throw this.invalid('a text in it is not UTF-8');
    }
  }

  /** Bytes not read yet. */
  get rest(): number {
    return this.#bytes.length - this.#at;
  }

  /** @throws SignalboxError `INVALID_PARAMS` when something follows */
  end(): void {
    if (this.rest > 0) throw this.invalid('more follows than belongs to it');
  }

  /** The error for a layout that cannot be right. */
  invalid(why: string): SignalboxError {
    return refusal('INVALID_PARAMS', `The ${this.#what} is not valid: ${why}.`);
  }

  #skip(length: number): number {
    const at = this.#at;
    this.take(length);
    return at;
  }
}

/** `value` as eight bytes, big-endian. */
export function u64(value: number): Uint8Array {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return bytes;
}

/** `value` as four bytes, big-endian. */
export function u32(value: number): Uint8Array {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** UTF-8 behind its length in two bytes. */
export function lengthAndText(text: string): Uint8Array {
  const bytes = Buffer.from(text, 'utf8');
  const head = Buffer.alloc(2);
  head.writeUInt16BE(bytes.length);
  return Buffer.concat([head, bytes]);
}
