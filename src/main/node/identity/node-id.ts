import { base32 } from './base32.ts';

/** `n1` and the base32 of the public key: 54 characters (security.md 2.3). */
export function nodeIdOf(publicKey: Uint8Array): string {
  return `n1${base32(publicKey)}`;
}
