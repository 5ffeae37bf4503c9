/** What proves an entry, step by step, in words that can be followed by hand. */
import type { ResultOf } from '../../../../common/contract/index.ts';
import type { LedgerEntry } from '../../../../common/contract/ledger.ts';

export type EntryDetail = ResultOf<'ledger.get'>;

/** One step from an entry to the root of its block. */
export interface ProofStep {
  /** From 1 on. */
  readonly step: number;
  /** Where the other hash stands beside what was reckoned so far. */
  readonly side: 'left' | 'right';
  readonly hash: string;
}

export function proofSteps({ proof }: Pick<EntryDetail, 'proof'>): readonly ProofStep[] {
  return proof.map(({ side, hash }, index) => ({ step: index + 1, side, hash }));
}

/** Why what was passed to an act is not shown, or `shown`. */
export type DetailsState = 'shown' | 'nonePassed' | 'atOtherNode' | 'needsRole' | 'notKept';

/**
 * @param isOwn the entry is of the chain of the node that is asked
 * @param isAdmin the person may read what was passed
 */
export function detailsState({ entry, details }: Pick<EntryDetail, 'entry' | 'details'>, isOwn: boolean, isAdmin: boolean): DetailsState {
  if (details !== null) return 'shown';
  if (entry.detailsDigest === null) return 'nonePassed';
  if (!isOwn) return 'atOtherNode';
  return isAdmin ? 'notKept' : 'needsRole';
}

/** What an entry says, where that is not a sentence: an object of the entries that the ledger writes of itself, as lines of JSON. */
export function saidAsJson({ kind, text }: Pick<LedgerEntry, 'kind' | 'text'>): string | undefined {
  if (text === null || kind === 'note' || kind === 'act' || kind === 'refusal') return undefined;
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    // A sentence after all: it is shown as one.
    return undefined;
  }
}
