import { base32, fromBase32 } from './base32.ts';
import { checkPublicKey } from './ed25519.ts';
import { badEncoding } from './encoding.ts';

const prefix = 'n1';

/** `n1` and the base32 of the public key: 54 characters (security.md 2.3). */
export function nodeIdOf(publicKey: Uint8Array): string {
  return `${prefix}${base32(publicKey)}`;
}

/**
 * The public key that a node id is made of.
 *
 * @throws SignalboxError `INVALID_PARAMS` for text that is no node id, `KEY_WEAK` for one of a key that anybody can sign for
 */
export function publicKeyOf(nodeId: string): Uint8Array {
  const raw = nodeId.startsWith(prefix) ? fromBase32(nodeId.slice(prefix.length)) : undefined;
  if (raw?.length !== 32) throw badEncoding('node id', `it is not ${prefix} and 52 characters`);
  checkPublicKey(raw);
  return raw;
}
