import { randomFillSync } from 'node:crypto';

/** Chance for so many ids is asked for at once: asked for one by one it costs more than the message. */
const idsAtOnce = 256;
/** Of each: 74 bits are used (RFC 9562, 5.7). */
const chanceBytes = 10;
const hexDigits = Buffer.from('0123456789abcdef');
/** Where in the text the digits of time and of chance stand. */
const timeDigits = [0, 1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12] as const;
const chanceDigits = [15, 16, 17, 20, 21, 22, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35] as const;
const variantDigit = 19;

const text = Buffer.from('00000000-0000-7000-8000-000000000000');
const chance = Buffer.alloc(idsAtOnce * chanceBytes);
let used = chance.length;
let writtenMs = 0;

/**
 * A UUIDv7: 48 bits of time, then chance, so that a restored data folder never makes an id twice (security.md row 39). Written into one piece of
 * memory: joined from parts each would leave several behind, and they are made for every message.
 *
 * @param nowMs milliseconds since the epoch
 */
export function newMessageId(nowMs: number): string {
  if (nowMs !== writtenMs) writeTime(nowMs);
  if (used === chance.length) {
    randomFillSync(chance);
    used = 0;
  }
  for (let index = 0; index < chanceDigits.length; index++) {
    const byte = chance[used + (index >> 1)] ?? 0;
    text[chanceDigits[index] ?? 0] = digit(index % 2 === 0 ? byte >> 4 : byte);
  }
  text[variantDigit] = digit(8 | ((chance[used + chanceBytes - 1] ?? 0) & 3));
  used += chanceBytes;
  return text.toString('latin1');
}

function writeTime(nowMs: number): void {
  writtenMs = nowMs;
  let rest = Math.max(0, Math.floor(nowMs));
  for (const at of timeDigits.toReversed()) {
    text[at] = digit(rest % 16);
    rest = Math.floor(rest / 16);
  }
}

function digit(value: number): number {
  return hexDigits[value & 15] ?? 0;
}
