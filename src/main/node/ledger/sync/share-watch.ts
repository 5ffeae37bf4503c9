import type { ChainHead } from '../chain-store.ts';
import type { HeldChains } from './held-chains.ts';
import type { SyncContext } from './sync-context.ts';

const problemId = 'ledger.overShare';

/** Says of which nodes no more is kept because their chains are over their share, and what to do. */
export class ShareWatch {
  readonly #context: Pick<SyncContext, 'problems' | 'members'>;
  readonly #held: Pick<HeldChains, 'all'>;
  #told = '';

  constructor(context: Pick<SyncContext, 'problems' | 'members'>, held: Pick<HeldChains, 'all'>) {
    this.#context = context;
    this.#held = held;
  }

  /** Copies that are over their share. */
  get over(): readonly ChainHead[] {
    return this.#held.all().filter(({ overShare }) => overShare !== null);
  }

  /**
   * Raises the problem or clears it, when other chains are over their share than before. That of a node that is no member any more ends where
   * it does: there is nothing left to do about it.
   */
  look(): void {
    const over = this.over.filter(({ chainId }) => this.#context.members.standing(chainId) === 'member');
    const key = over.map(({ chainId, height, overShare }) => `${chainId} ${height} ${overShare?.share}`).join();
    if (key === this.#told) return;
    this.#told = key;
    const [first] = over;
    if (first?.overShare == null) this.#context.problems.clear(problemId);
    else this.#raise(over, first, first.overShare);
  }

  #raise(over: readonly ChainHead[], { chainId, height }: ChainHead, { share }: NonNullable<ChainHead['overShare']>): void {
    const names = over.map((head) => this.#context.members.nameOf(head.chainId));
    const name = this.#context.members.nameOf(chainId);
    const [what, then] =
      share === 'day'
        ? [
            'in 24 hours',
            'The rest is fetched as the share of a day comes back, or when ledger.copyDayMegabytes or ledger.copyDayEntries allow more.',
          ]
        : ['altogether', 'The rest is fetched when ledger.copyMegabytes or ledger.copyEntries allow more.'];
    this.#context.problems.raise({
      id: problemId,
      severity: 'warn',
      title:
        names.length === 1
          ? `The copy of the ledger of ${name} is over its share`
          : `The copies of the ledgers of ${names.length} nodes are over their share`,
      detail: `${names.join(', ')} wrote more than this node keeps of another node ${what}: the copy of ${name} ends at block ${height}. Whether ${name} signs two pasts is still watched. Find out what writes so much there; revoke the node if nobody knows. ${then}`,
      view: '/ledger',
    });
  }
}
