/** Bytes of one line: fits an inspector at its usual width. */
export const hexBytesPerLine = 8;

/**
 * Line `index` of a hex dump: offset, bytes, and the characters that can be printed.
 *
 * @param bytesPerLine how many bytes a line shows; the same for {@link hexLineCount}
 */
export function hexLine(bytes: Uint8Array, index: number, bytesPerLine = hexBytesPerLine): string {
  const start = index * bytesPerLine;
  const part = bytes.subarray(start, start + bytesPerLine);
  const codes = Array.from(part, (byte) => byte.toString(16).padStart(2, '0')).join(' ');
  const characters = Array.from(part, (byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')).join('');
  return `${start.toString(16).padStart(6, '0')}  ${codes.padEnd(bytesPerLine * 3 - 1)}  ${characters}`;
}

/** How many lines a dump has. */
export function hexLineCount(bytes: Uint8Array, bytesPerLine = hexBytesPerLine): number {
  return Math.ceil(bytes.length / bytesPerLine);
}
