/** Room for small pieces of bytes: memory of its own for each costs more than all that is written into it. */

const slabBytes = 65_536;
/** What is larger gets memory of its own. */
const largestPiece = 8_192;
/** No character of UTF-16 needs more bytes in UTF-8. */
const mostBytesACharacter = 3;

let slab = new Uint8Array(slabBytes);
let used = 0;
const utf8 = new TextEncoder();

/** Bytes whose content is not defined. */
export function room(sizeBytes: number): Uint8Array {
  if (sizeBytes > largestPiece) return new Uint8Array(sizeBytes);
  if (used + sizeBytes > slabBytes) {
    slab = new Uint8Array(slabBytes);
    used = 0;
  }
  used += sizeBytes;
  return slab.subarray(used - sizeBytes, used);
}

/** Text in UTF-8, behind bytes that the caller fills. */
export function textBehind(headBytes: number, text: string): Uint8Array {
  const most = headBytes + text.length * mostBytesACharacter;
  if (most > largestPiece) {
    const encoded = utf8.encode(text);
    const whole = new Uint8Array(headBytes + encoded.byteLength);
    whole.set(encoded, headBytes);
    return whole;
  }
  const piece = room(most);
  const { written } = utf8.encodeInto(text, piece.subarray(headBytes));
  used -= most - headBytes - written;
  return piece.subarray(0, headBytes + written);
}

/** Pieces as one. */
export function joinBytes(pieces: readonly Uint8Array[]): Uint8Array {
  const joined = room(pieces.reduce((sum, { byteLength }) => sum + byteLength, 0));
  let at = 0;
  for (const piece of pieces) {
    joined.set(piece, at);
    at += piece.byteLength;
  }
  return joined;
}

export function putU16(target: Uint8Array, at: number, value: number): void {
  target[at] = value >>> 8;
  target[at + 1] = value;
}

export function putU32(target: Uint8Array, at: number, value: number): void {
  target[at] = value >>> 24;
  target[at + 1] = value >>> 16;
  target[at + 2] = value >>> 8;
  target[at + 3] = value;
}
