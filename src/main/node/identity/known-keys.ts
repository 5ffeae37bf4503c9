import type { KeyObject } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { importPublicKey, isSignedBy } from './ed25519.ts';

const mostKeys = 1_000;

/** Public keys of others, checked and imported once: an import costs about as much as a signature. */
export class KnownKeys {
  readonly #keys = new LRUCache<string, KeyObject>({ max: mostKeys });

  /**
   * @param raw 32 bytes
   * @throws SignalboxError `KEY_WEAK`
   */
  keyOf(raw: Uint8Array): KeyObject {
    const name = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength).toString('latin1');
    const known = this.#keys.get(name);
    if (known !== undefined) return known;
    const key = importPublicKey(raw);
    this.#keys.set(name, key);
    return key;
  }

  /**
   * True when `signature` over exactly these bytes is of this key.
   *
   * @throws SignalboxError `KEY_WEAK`
   */
  isSigned(raw: Uint8Array, bytes: Uint8Array, signature: Uint8Array): boolean {
    return isSignedBy(this.keyOf(raw), bytes, signature);
  }
}
