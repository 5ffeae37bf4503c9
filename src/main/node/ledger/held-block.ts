/** What stands in a file, as against what was signed. */
import { importPublicKey, isSignedBy, sameBytes } from '../identity/index.ts';
import { sha256, toHex } from '../trust/digest.ts';
import { encodeHead } from './block.ts';
import { merkleRoot } from './merkle.ts';
import type { FullBlock } from './types.ts';

/** Hash of a block with the entries that really stand in it, hex: another than that of its head when one of them was changed. */
export function heldHash({ block, entries }: FullBlock): string {
  return toHex(sha256(encodeHead({ ...block, count: entries.length, entriesRoot: merkleRoot(entries) })));
}

/** True when a block bears the signature of its author, and its entries are those that were signed. @throws SignalboxError `KEY_WEAK` */
export function isWhole({ block, entries }: FullBlock): boolean {
  return (
    entries.length === block.count &&
    sameBytes(merkleRoot(entries), block.entriesRoot) &&
    isSignedBy(importPublicKey(block.author), encodeHead(block), block.signature)
  );
}
