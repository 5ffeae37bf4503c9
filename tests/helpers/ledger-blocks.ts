/** Blocks of a made-up chain, signed with a key of its own. */
import { createHash } from 'node:crypto';
import { nodeIdOf, type Signer, signerFromSeed } from '../../src/main/node/identity/index.ts';
import { noHash, signBlock } from '../../src/main/node/ledger/block.ts';
import { type EntryDetails, type EntryDraft, encodeEntry, toEntry } from '../../src/main/node/ledger/entry.ts';
import { merkleRoot } from '../../src/main/node/ledger/merkle.ts';
import type { FullBlock, SignedBlock } from '../../src/main/node/ledger/types.ts';

export interface MadeBlock extends FullBlock {
  readonly details: readonly EntryDetails[];
}

/** The same key for the same name. */
export function signerNamed(name: string): Signer & { readonly nodeId: string } {
  const signer = signerFromSeed(createHash('sha256').update(name).digest());
  return { ...signer, nodeId: nodeIdOf(signer.publicKey) };
}

/** An act as the audit table would tell it. */
export function actDraft(values: Partial<EntryDraft> = {}): EntryDraft {
  return {
    at: 1_700_000_000_000,
    kind: 'act',
    actor: 'ada@n1',
    roles: ['admin'],
    via: 'cli',
    act: 'queues.create',
    target: 'orders "ä"',
    outcome: 'done',
    code: null,
    text: null,
    params: { name: 'orders', replicas: 3 },
    ...values,
  };
}

/**
 * Makes blocks that follow each other.
 *
 * @param sizes entries of each
 * @param before what the first one follows; without: the chain begins
 */
export function makeBlocks(signer: Signer, sizes: readonly number[], before?: SignedBlock, draft = actDraft()): MadeBlock[] {
  const blocks: MadeBlock[] = [];
  for (const size of sizes) {
    const last = blocks.at(-1)?.block ?? before;
    const firstNumber = last === undefined ? 1 : last.firstNumber + last.count;
    const height = last === undefined ? 0 : last.height + 1;
    const at = Math.max(draft.at + height * 1_000, last?.at ?? 0);
    const made = Array.from({ length: size }, (_, index) => {
      const number = firstNumber + index;
      return toEntry({ ...draft, at }, number, createHash('sha256').update(String(number)).digest().subarray(0, 16));
    });
    const entries = made.map(({ entry }) => encodeEntry(entry));
    const head = { height, prevHash: last?.hash ?? noHash, at, firstNumber, count: size, entriesRoot: merkleRoot(entries) };
    blocks.push({ block: signBlock(head, signer), entries, details: made.flatMap(({ details }) => (details === null ? [] : [details])) });
  }
  return blocks;
}
