import { nodeIdOf, type Signer, signerFromSeed } from '../../src/main/node/identity/index.ts';
import { noHash, signBlock } from '../../src/main/node/ledger/block.ts';
import type { OwnBlock } from '../../src/main/node/ledger/chain-store.ts';
import { auditSealBytes, placeOf } from '../../src/main/node/ledger/check-block.ts';
import { type EntryDraft, encodeEntry, toEntry } from '../../src/main/node/ledger/entry.ts';
import { merkleRoot } from '../../src/main/node/ledger/merkle.ts';

/** An act as tests write it down. */
export function actDraft(over: Partial<EntryDraft> = {}): EntryDraft {
  return {
    at: 1_732_147_200_000,
    kind: 'act',
    actor: 'anna',
    roles: ['admin'],
    via: 'console',
    act: 'queues.create',
    target: null,
    outcome: 'done',
    code: null,
    text: null,
    ...over,
  };
}

/** A node that writes a chain of its own, without a store. */
export class ChainWriter {
  readonly signer: Signer;
  readonly chainId: string;
  readonly blocks: OwnBlock[] = [];
  readonly #seed: number;

  /** @param seed one byte, repeated */
  constructor(seed = 1) {
    this.#seed = seed;
    this.signer = signerFromSeed(new Uint8Array(32).fill(seed));
    this.chainId = nodeIdOf(this.signer.publicKey);
  }

  /** A writer with the same key and the same past, whose next block may be another. */
  twin(): ChainWriter {
    const twin = new ChainWriter(this.#seed);
    twin.blocks.push(...this.blocks);
    return twin;
  }

  /** @param at milliseconds since the epoch */
  write(drafts: readonly EntryDraft[] = [actDraft({ params: { name: `queue-${this.blocks.length}` } })], at?: number): OwnBlock {
    const last = this.blocks.at(-1);
    const before = last === undefined ? undefined : placeOf(last.block);
    const firstNumber = (before?.lastNumber ?? 0) + 1;
    const made = drafts.map((draft, index) => toEntry(draft, firstNumber + index));
    const entries = made.map(({ entry }) => encodeEntry(entry));
    const block = signBlock(
      {
        height: (before?.height ?? -1) + 1,
        prevHash: before?.hash ?? noHash,
        at: at ?? (before?.at ?? 1_732_147_200_000) + 1_000,
        firstNumber,
        count: entries.length,
        entriesRoot: merkleRoot(entries),
      },
      this.signer,
    );
    const auditId = firstNumber + entries.length - 1;
    const own: OwnBlock = {
      block,
      entries,
      details: made.flatMap(({ details }) => (details === null ? [] : [details])),
      auditId,
      auditSeal: this.signer.sign(auditSealBytes(block.hash, auditId)),
    };
    this.blocks.push(own);
    return own;
  }

  /** So many blocks of one entry each. */
  writeMany(count: number): readonly OwnBlock[] {
    return Array.from({ length: count }, () => this.write());
  }
}
