const textFrame = 0x81;

/** Bytes of the header of an unmasked frame (RFC 6455 section 5.2) with so much payload. */
export function headerBytes(payloadBytes: number): number {
  if (payloadBytes < 126) return 2;
  return payloadBytes < 65_536 ? 4 : 10;
}

/** Writes the header of a whole, unmasked text frame; returns where the payload begins. */
export function writeTextHeader(target: Buffer, offset: number, payloadBytes: number): number {
  target[offset] = textFrame;
  if (payloadBytes < 126) {
    target[offset + 1] = payloadBytes;
    return offset + 2;
  }
  if (payloadBytes < 65_536) {
    target[offset + 1] = 126;
    target.writeUInt16BE(payloadBytes, offset + 2);
    return offset + 4;
  }
  target[offset + 1] = 127;
  target.writeBigUInt64BE(BigInt(payloadBytes), offset + 2);
  return offset + 10;
}

/** The frame of one text: most answers go out alone. */
export function encodeTextFrame(text: string): Buffer {
  const bytes = Buffer.byteLength(text);
  const target = Buffer.allocUnsafe(headerBytes(bytes) + bytes);
  target.write(text, writeTextHeader(target, 0, bytes), 'utf8');
  return target;
}

/** The frames of some texts, one after the other in one buffer: one write for all. */
export function encodeTextFrames(texts: readonly string[]): Buffer {
  if (texts.length === 1) return encodeTextFrame(texts[0] as string);
  let total = 0;
  const sizes = texts.map((text) => {
    const bytes = Buffer.byteLength(text);
    total += headerBytes(bytes) + bytes;
    return bytes;
  });
  const target = Buffer.allocUnsafe(total);
  let offset = 0;
  texts.forEach((text, index) => {
    offset = writeTextHeader(target, offset, sizes[index] as number);
    offset += target.write(text, offset, 'utf8');
  });
  return target;
}
