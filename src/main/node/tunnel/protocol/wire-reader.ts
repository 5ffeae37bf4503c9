import { isAscii, isUtf8 } from 'node:buffer';
import { SignalboxError } from '../../../../common/errors.ts';
import { wireTypes } from './wire-writer.ts';

/** Up to this, the texts of a list are made in one. */
const joinedBytes = 16_384;

/** A frame that is none of the protocol. Its code is `INVALID_PARAMS`. */
export class UnreadableFrameError extends SignalboxError {
  /** @param detail what is wrong with it, as the end of a sentence */
  constructor(detail: string) {
    super('INVALID_PARAMS', `The frame is not one of the tunnel protocol: ${detail}.`);
    this.name = 'UnreadableFrameError';
  }
}

/** {@link UnreadableFrameError} */
export function unreadable(detail: string): UnreadableFrameError {
  return new UnreadableFrameError(detail);
}

/** Reads protobuf fields of one frame. Every length is checked against what is there before anything is made of it. */
export class WireReader {
  readonly bytes: Buffer;
  position = 0;
  /** Where the message that is being read ends. */
  end: number;
  /** Of the field that {@link next} went to. */
  field = 0;
  #type = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.end = bytes.length;
  }

  /** Goes to the next field of the message. @returns false at its end */
  next(): boolean {
    if (this.position >= this.end) return false;
    const tag = this.#varint();
    this.field = Math.floor(tag / 8);
    this.#type = tag % 8;
    if (this.field === 0 || tag > 0xffff_ffff) throw unreadable('a field has no number');
    return true;
  }

  /** Enters a message within the message. @returns what {@link leave} wants */
  enter(): number {
    const length = this.#length();
    const outer = this.end;
    this.end = this.position + length;
    return outer;
  }

  /** @param outer from {@link enter} */
  leave(outer: number): void {
    this.position = this.end;
    this.end = outer;
  }

  /** Passes over a field that this version does not know. */
  skip(): void {
    if (this.#type === wireTypes.varint) this.#varint();
    else if (this.#type === wireTypes.bytes) this.#advance(this.#length());
    else if (this.#type === wireTypes.fixed64) this.#advance(8);
    else if (this.#type === wireTypes.fixed32) this.#advance(4);
    else throw unreadable('it has a kind of field that nobody writes');
  }

  number(): number {
    if (this.#type !== wireTypes.varint) throw unreadable('a number is none');
    return this.#varint();
  }

  /** A number that must not be above `most`. */
  numberUpTo(most: number): number {
    const value = this.number();
    if (value > most) throw unreadable('a number is too large');
    return value;
  }

  /** @param mostBytes of the text */
  text(mostBytes: number): string {
    const length = this.#length();
    if (length > mostBytes) throw unreadable('a text is too long');
    const start = this.position;
    const end = start + length;
    this.position = end;
    return this.#asciiBetween(start, end) ? this.bytes.toString('latin1', start, end) : this.#utf8(start, end);
  }

  /**
   * The texts of a list from this field on, as far as they follow one another. One call out of JavaScript makes them all: a head has many.
   *
   * @param mostItems that `texts` may hold
   */
  texts(texts: string[], mostItems: number, mostBytes: number): void {
    const { bytes, field, end } = this;
    const from = this.position;
    // Whatever comes after the list makes no difference: a character is a byte in latin1. Lists that begin again and again cost no more than this each.
    const joined = end - from <= joinedBytes ? bytes.toString('latin1', from, end) : undefined;
    const ascii = joined !== undefined && isAscii(bytes.subarray(from, end));
    for (;;) {
      if (texts.length >= mostItems) throw unreadable('it has too many headers');
      const length = this.#length();
      if (length > mostBytes) throw unreadable('a text is too long');
      const start = this.position;
      this.position = start + length;
      if (!ascii && !this.#asciiBetween(start, this.position)) texts.push(this.#utf8(start, this.position));
      else texts.push(joined?.slice(start - from, this.position - from) ?? bytes.toString('latin1', start, this.position));
      const before = this.position;
      if (!this.next()) return;
      if (this.field !== field) {
        this.position = before;
        return;
      }
    }
  }

  /** A view of the frame, not a copy. */
  block(mostBytes: number): Uint8Array {
    const length = this.#length();
    if (length > mostBytes) throw unreadable('a block of bytes is too long');
    const start = this.position;
    this.position = start + length;
    return this.bytes.subarray(start, this.position);
  }

  #asciiBetween(start: number, end: number): boolean {
    const { bytes } = this;
    for (let index = start; index < end; index++) {
      if ((bytes[index] as number) >= 0x80) return false;
    }
    return true;
  }

  #utf8(start: number, end: number): string {
    if (!isUtf8(this.bytes.subarray(start, end))) throw unreadable('a text is not UTF-8');
    return this.bytes.toString('utf8', start, end);
  }

  #advance(count: number): void {
    if (count > this.end - this.position) throw unreadable('it ends too early');
    this.position += count;
  }

  #length(): number {
    if (this.#type !== wireTypes.bytes) throw unreadable('a field is of another kind');
    const length = this.#varint();
    if (length > this.end - this.position) throw unreadable('it ends too early');
    return length;
  }

  /** Up to 2^53 - 1: no number of the protocol is larger, or negative. */
  #varint(): number {
    const { bytes, end } = this;
    let position = this.position;
    let value = 0;
    let scale = 1;
    for (let count = 0; count < 10; count++) {
      if (position >= end) throw unreadable('it ends too early');
      const byte = bytes[position++] as number;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) {
        if (value > Number.MAX_SAFE_INTEGER) throw unreadable('a number is out of range');
        this.position = position;
        return value;
      }
      scale *= 0x80;
    }
    throw unreadable('a number has no end');
  }
}
