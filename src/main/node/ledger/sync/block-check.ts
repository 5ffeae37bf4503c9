import { importPublicKey, isSignedBy, sameBytes } from '../../identity/index.ts';
import { sha256, toHex } from '../../trust/digest.ts';
import { encodeHead } from '../block.ts';
import type { ChainStore } from '../chain-store.ts';
import { merkleRoot } from '../merkle.ts';
import type { FullBlock } from '../types.ts';

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

/**
 * {@link heldHash} of blocks at some heights, read in as few pages as they lie together; a height that cannot be read is left out.
 *
 * @param heights ascending
 * @throws SignalboxError what the store throws
 */
export async function heldHashes(
  store: Pick<ChainStore, 'blocks'>,
  chainId: string,
  heights: readonly number[],
): Promise<ReadonlyMap<number, string>> {
  const wanted = new Set(heights);
  const hashes = new Map<number, string>();
  let next = 0;
  while (next < heights.length) {
    const from = heights[next] ?? 0;
    const { blocks } = await store.blocks(chainId, from, { blocks: runLength(heights, next) });
    for (const block of blocks) if (wanted.has(block.block.height)) hashes.set(block.block.height, heldHash(block));
    const reached = blocks.at(-1)?.block.height ?? from;
    // At least one further, so that a place that cannot be read does not hold up the others.
    next++;
    while (next < heights.length && (heights[next] ?? 0) <= reached) next++;
  }
  return hashes;
}

/** How many of the heights follow each other without a gap. */
function runLength(heights: readonly number[], start: number): number {
  let end = start + 1;
  while (end < heights.length && heights[end] === (heights[end - 1] ?? 0) + 1) end++;
  return end - start;
}
