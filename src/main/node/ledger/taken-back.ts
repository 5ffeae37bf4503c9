/** Blocks of the own chain that come back from other nodes: nobody knows any more up to which record of the audit table they go. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Signer } from '../identity/index.ts';
import type { BroughtBlock } from './chain-store.ts';
import type { FullBlock } from './types.ts';

const tag = Buffer.from('SGBX/taken/v1\0\0\0', 'latin1');
/** Blocks that are signed for before others get their turn. */
const sliceBlocks = 64;

/** What the node signs beside a block that it took back: tag 16 | hash 32. Without it, a block that lost its marks would look like one. */
export function takenSealBytes(hash: Uint8Array): Uint8Array {
  return new Uint8Array(Buffer.concat([tag, hash]));
}

/** Notes with the key of this node that it took the blocks back. */
export async function sealTakenBack(blocks: readonly FullBlock[], signer: Signer): Promise<readonly BroughtBlock[]> {
  const sealed: BroughtBlock[] = [];
  for (const block of blocks) {
    if (sealed.length % sliceBlocks === sliceBlocks - 1) await nextTurn();
    sealed.push({ block: block.block, entries: block.entries, auditSeal: signer.sign(takenSealBytes(block.block.hash)) });
  }
  return sealed;
}
