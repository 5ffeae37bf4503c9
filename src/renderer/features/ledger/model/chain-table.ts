/** The chains of a ledger: their order, and what of them needs a person. */
import type { LedgerChain, LedgerFork } from '../../../../common/contract/ledger.ts';
import type { StateKind } from '../../../design/icons/index.ts';
import { orderRows, type TableColumn, type TableModel, type TableOrder } from '../../shared/table/table-model.ts';

export type ChainState = LedgerChain['state'];

export const chainShapes: Readonly<Record<ChainState, StateKind>> = {
  whole: 'valid',
  behind: 'lagging',
  overShare: 'warn',
  unconfirmed: 'unknown',
  forked: 'warn',
  damaged: 'invalid',
  empty: 'unknown',
};

const urgency: Readonly<Record<ChainState, number>> = {
  damaged: 0,
  forked: 1,
  overShare: 2,
  behind: 3,
  unconfirmed: 4,
  empty: 5,
  whole: 6,
};

export type ChainColumnId = 'name' | 'state' | 'height' | 'entries' | 'verified' | 'headAt' | 'headHash' | 'size';
export type ChainColumn = TableColumn<LedgerChain, ChainColumnId>;

const number = { right: true, largestFirst: true } as const;

export const chainTable: TableModel<LedgerChain, ChainColumnId> = {
  keyOf: ({ chainId }) => chainId,
  nameOf: ({ name }) => name,
  columns: [
    { id: 'name', minPx: 96, share: 1.2, leaves: 0, by: ({ name }) => name },
    // What needs a person first; of equals the own chain, then by name.
    { id: 'state', minPx: 160, share: 1.2, leaves: 0, by: ({ state, self }) => urgency[state] + (self ? 0 : 0.5) },
    { id: 'height', minPx: 76, leaves: 0, by: ({ height }) => (height < 0 ? null : height), ...number },
    { id: 'entries', minPx: 76, leaves: 2, by: ({ entries }) => entries, ...number },
    { id: 'verified', minPx: 92, leaves: 1, by: ({ verifiedHeight }) => (verifiedHeight < 0 ? null : verifiedHeight), ...number },
    { id: 'headAt', minPx: 132, leaves: 3, by: ({ headAt }) => headAt, largestFirst: true },
    { id: 'headHash', minPx: 84, leaves: 5, by: ({ headHash }) => headHash },
    { id: 'size', minPx: 72, leaves: 4, by: ({ sizeBytes }) => sizeBytes, ...number },
  ],
};

/** What needs a person first. */
export const usualChainOrder: TableOrder<ChainColumnId> = { column: 'state', descending: false };

/** A chain by the id or the name of its node; of two nodes of one name, the one that is asked. */
export function findChain(chains: readonly LedgerChain[], chain: string | undefined): LedgerChain | undefined {
  if (chain === undefined) return chains.find(({ self }) => self);
  return chains.find(({ chainId }) => chainId === chain) ?? chains.find(({ name }) => name === chain);
}

/** Blocks that a copy lacks, as far as anybody told. */
export function missingBlocks({ height, announcedHeight }: LedgerChain): number {
  return announcedHeight === null ? 0 : Math.max(0, announcedHeight - height);
}

/** What the top strip tells: the worst of all chains. */
export type Standing =
  | { readonly kind: 'damaged' | 'behind'; readonly chain: LedgerChain; readonly more: number }
  | { readonly kind: 'forked'; readonly chain: LedgerChain; readonly fork: LedgerFork | undefined; readonly more: number }
  | { readonly kind: 'verified' | 'partly' | 'unverified'; readonly chain: LedgerChain };

/**
 * How the ledger stands: damage before forks, forks before copies that are behind, then how far the own chain is checked.
 *
 * @returns undefined while no chain is held
 */
export function standingOf(chains: readonly LedgerChain[], forks: readonly LedgerFork[]): Standing | undefined {
  const inState = (state: ChainState) => orderRows(chainTable, chains, usualChainOrder).filter((chain) => chain.state === state);
  const [damaged, ...moreDamaged] = inState('damaged');
  if (damaged !== undefined) return { kind: 'damaged', chain: damaged, more: moreDamaged.length };
  const [forked, ...moreForked] = inState('forked');
  if (forked !== undefined) {
    const fork = forks.find(({ chainId }) => chainId === forked.chainId);
    return { kind: 'forked', chain: forked, fork, more: moreForked.length };
  }
  const [behind, ...moreBehind] = inState('behind');
  if (behind !== undefined) return { kind: 'behind', chain: behind, more: moreBehind.length };
  const own = findChain(chains, undefined) ?? chains[0];
  if (own === undefined) return undefined;
  if (own.verifiedHeight < 0) return { kind: 'unverified', chain: own };
  return { kind: own.verifiedHeight >= own.height ? 'verified' : 'partly', chain: own };
}
