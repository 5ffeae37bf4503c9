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

/** The frames of some texts, one after the other in one buffer: one write for all. */
export function encodeTextFrames(texts: readonly string[]): Buffer {
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
