/** The chains of a ledger: their order, and what of them needs a person. */
import type { LedgerChain, LedgerFork } from '../../../../common/contract/ledger.ts';
import type { StateKind } from '../../../design/icons/index.ts';

export type ChainState = LedgerChain['state'];

export const chainShapes: Readonly<Record<ChainState, StateKind>> = {
  whole: 'valid',
  behind: 'lagging',
  forked: 'warn',
  damaged: 'invalid',
  empty: 'unknown',
};

const urgency: Readonly<Record<ChainState, number>> = { damaged: 0, forked: 1, behind: 2, empty: 3, whole: 4 };

export type ChainColumn = 'name' | 'state' | 'height' | 'entries' | 'verified' | 'headAt' | 'headHash' | 'size';

export interface ChainSort {
  readonly column: ChainColumn;
  readonly descending: boolean;
}

/** What needs a person first, then the own chain, then by name. */
export const usualChainSort: ChainSort = { column: 'state', descending: false };

/** The chains in an order; equal ones by name. */
export function sortChains(chains: readonly LedgerChain[], { column, descending }: ChainSort): readonly LedgerChain[] {
  const sign = descending ? -1 : 1;
  return [...chains].sort((a, b) => sign * compare(a, b, column) || Number(b.self) - Number(a.self) || a.name.localeCompare(b.name));
}

function compare(a: LedgerChain, b: LedgerChain, column: ChainColumn): number {
  switch (column) {
    case 'name':
      return a.name.localeCompare(b.name);
    case 'state':
      return urgency[a.state] - urgency[b.state];
    case 'height':
      return a.height - b.height;
    case 'entries':
      return a.entries - b.entries;
    case 'verified':
      return a.verifiedHeight - b.verifiedHeight;
    case 'headAt':
      return (a.headAt ?? 0) - (b.headAt ?? 0);
    case 'headHash':
      return (a.headHash ?? '').localeCompare(b.headHash ?? '');
    case 'size':
      return a.sizeBytes - b.sizeBytes;
  }
}

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
  const inState = (state: ChainState) => sortChains(chains, usualChainSort).filter((chain) => chain.state === state);
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
