/** Kinds of fields in protobuf that are written here. */
export const wireTypes = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;

/** Room left before the fields of a message until their length is known: tag and length, for the envelope and for the message in it. */
const prefixRoom = 12;

/** Bytes of `value` as a varint. */
export function varintBytes(value: number): number {
  let bytes = 1;
  for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes++;
  return bytes;
}

/**
 * Writes envelopes one behind the other, each as an item of a Batch, into bytes whose room the caller has made sure of.
 *
 * The bytes are those of any protobuf encoder. That this is our own code is for its price: a library's is paid twice for each request at each
 * end, and copies each chunk once more (tunnel.md, codec table).
 */
export class WireWriter {
  readonly bytes: Buffer;
  position: number;

  /** @param bytes is written from `position` on */
  constructor(bytes: Buffer, position: number) {
    this.bytes = bytes;
    this.position = position;
  }

  /** Begins an envelope of a message whose length is not known yet. @returns what {@link endEnvelope} wants */
  beginEnvelope(): number {
    const start = this.position;
    this.position = start + prefixRoom;
    return start;
  }

  /**
   * Writes tags and lengths before the fields that were written since {@link beginEnvelope}.
   *
   * @param field number of the message in the Envelope
   * @returns where the envelope begins when it is alone, not in a Batch
   */
  endEnvelope(start: number, field: number): number {
    const fieldsStart = start + prefixRoom;
    const fieldsEnd = this.position;
    const alone = this.writeEnvelopePrefix(start, field, fieldsEnd - fieldsStart);
    const gap = fieldsStart - this.position;
    this.bytes.copyWithin(this.position, fieldsStart, fieldsEnd);
    this.position = fieldsEnd - gap;
    return alone;
  }

  /**
   * Writes what comes before the fields of a message of `fieldsBytes`.
   *
   * @returns where the envelope begins when it is alone, not in a Batch
   */
  writeEnvelopePrefix(start: number, field: number, fieldsBytes: number): number {
    this.position = start;
    this.tag(1, wireTypes.bytes);
    this.varint(1 + varintBytes(fieldsBytes) + fieldsBytes);
    const alone = this.position;
    this.tag(field, wireTypes.bytes);
    this.varint(fieldsBytes);
    return alone;
  }

  /** @param field 1 to 15: one byte */
  tag(field: number, type: number): void {
    this.bytes[this.position++] = (field << 3) | type;
  }

  /** @param value a whole number from 0 to 2^53 - 1 */
  varint(value: number): void {
    let rest = value;
    while (rest >= 0x80) {
      // The sign bit of 32-bit arithmetic is lost in the byte; division keeps what is above it.
      this.bytes[this.position++] = (rest & 0x7f) | 0x80;
      rest = rest < 0x80000000 ? rest >>> 7 : Math.floor(rest / 0x80);
    }
    this.bytes[this.position++] = rest;
  }

  /** A number that is left out when it is 0, as protobuf does. */
  number(field: number, value: number): void {
    if (value === 0) return;
    this.tag(field, wireTypes.varint);
    this.varint(value);
  }

  flag(field: number, value: boolean): void {
    if (value) this.number(field, 1);
  }

  /** A text that is left out when it is empty. */
  text(field: number, value: string): void {
    if (value !== '') this.item(field, value);
  }

  /** A text that is written when it is empty too: an item of a list. */
  item(field: number, value: string): void {
    this.tag(field, wireTypes.bytes);
    const start = this.position;
    if (value.length < 128 && this.#ascii(value)) return;
    this.position = start;
    const sizeBytes = Buffer.byteLength(value);
    this.varint(sizeBytes);
    this.bytes.write(value, this.position, sizeBytes, 'utf8');
    this.position += sizeBytes;
  }

  items(field: number, values: readonly string[]): void {
    for (const value of values) this.item(field, value);
  }

  /** Bytes that are left out when there are none. */
  block(field: number, value: Uint8Array): void {
    if (value.length === 0) return;
    this.tag(field, wireTypes.bytes);
    this.varint(value.length);
    this.bytes.set(value, this.position);
    this.position += value.length;
  }

  /** Faster than a call out of JavaScript for what is short, as nearly all header names and values are. */
  #ascii(value: string): boolean {
    const { bytes } = this;
    let position = this.position;
    bytes[position++] = value.length;
    for (let index = 0; index < value.length; index++) {
      const code = value.charCodeAt(index);
      if (code >= 0x80) return false;
      bytes[position++] = code;
    }
    this.position = position;
    return true;
  }
}
