import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** A token of 32 random bytes, base64url: 43 characters. */
export function newToken(bytes: number = 32): string {
  return randomBytes(bytes).toString('base64url');
}

/** What is kept of a token: SHA-256, hex. A token has full entropy, so a fast hash is enough. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token, 'utf8').digest('hex');
}

/** Compares two hashes of {@link hashToken} in constant time. */
export function sameHash(a: string, b: string): boolean {
  const left = Buffer.from(a, 'hex');
  const right = Buffer.from(b, 'hex');
  return left.length === right.length && timingSafeEqual(left, right);
}
