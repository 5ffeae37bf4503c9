import { LRUCache } from 'lru-cache';
import { publicKeyOf } from '../../identity/index.ts';

const mostNodes = 2_000;
const keys = new LRUCache<string, Uint8Array>({ max: mostNodes });

/**
 * The public key of a node id, decoded and checked once: every call of another member asks for it.
 *
 * @throws SignalboxError `INVALID_PARAMS` for text that is no node id, `KEY_WEAK`
 */
export function keyOfNode(nodeId: string): Uint8Array {
  const known = keys.get(nodeId);
  if (known !== undefined) return known;
  const key = publicKeyOf(nodeId);
  keys.set(nodeId, key);
  return key;
}
