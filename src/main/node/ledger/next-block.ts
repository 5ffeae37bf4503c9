/** Makes the next block of the own chain of what waits. */
import type { Signer } from '../identity/index.ts';
import { noHash, signBlock } from './block.ts';
import type { ChainPlace, OwnBlock } from './chain-store.ts';
import { auditSealBytes } from './check-block.ts';
import { type EntryDetails, type EntryDraft, encodeEntry, toEntry } from './entry.ts';
import { ledgerLimits } from './limits.ts';
import { merkleRoot } from './merkle.ts';

export interface MadeBlock {
  readonly own: OwnBlock;
  /** Drafts that are in it; the rest is for the next one. */
  readonly taken: number;
}

/**
 * Signs a block of as many drafts as fit, at least one.
 *
 * @param before undefined: it is the first block
 * @param auditIdOf newest record of the audit table once so many drafts are taken
 * @param nowMs milliseconds since the epoch; a clock that was set back gives the block the time of the one before it
 */
export function makeBlock(
  drafts: readonly EntryDraft[],
  {
    before,
    auditIdOf,
    nowMs,
    signer,
  }: {
    readonly before: ChainPlace | undefined;
    readonly auditIdOf: (taken: number) => number;
    readonly nowMs: number;
    readonly signer: Signer;
  },
): MadeBlock {
  const firstNumber = (before?.lastNumber ?? 0) + 1;
  const entries: Uint8Array[] = [];
  const details: EntryDetails[] = [];
  let sizeBytes = 0;
  for (const draft of drafts.slice(0, ledgerLimits.blockEntries)) {
    const made = toEntry(draft, firstNumber + entries.length);
    const bytes = encodeEntry(made.entry);
    if (entries.length > 0 && sizeBytes + bytes.length > ledgerLimits.blockBytes) break;
    sizeBytes += bytes.length;
    entries.push(bytes);
    if (made.details !== null) details.push(made.details);
  }
  const block = signBlock(
    {
      height: (before?.height ?? -1) + 1,
      prevHash: before?.hash ?? noHash,
      at: Math.max(Math.round(nowMs), before?.at ?? 0),
      firstNumber,
      count: entries.length,
      entriesRoot: merkleRoot(entries),
    },
    signer,
  );
  const auditId = auditIdOf(entries.length);
  return {
    own: { block, entries, details, auditId, auditSeal: signer.sign(auditSealBytes(block.hash, auditId)) },
    taken: entries.length,
  };
}
