import { randomInt } from 'node:crypto';

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';

/** A name such as `T-AB12CD34`: a prefix and eight of A to Z and 0 to 9, by chance. */
export function randomId(prefix: string): string {
  return prefix + Array.from({ length: 8 }, () => letters[randomInt(letters.length)]).join('');
}
