import type { LedgerFault } from '../../../common/contract/ledger.ts';
import type { Startable } from '../startable.ts';
import type { Logger } from '../telemetry/types.ts';
import type { ChainHead, ChainStore } from './chain-store.ts';
import { ledgerLimits } from './limits.ts';

export interface BackgroundCheckOptions {
  readonly store: ChainStore;
  readonly logger: Logger;
  /** True while there is something better to do. */
  readonly isBusy: () => boolean;
  readonly onFault: (fault: LedgerFault) => void;
  /** Told of chains whose state may have changed. */
  readonly onChecked: (chainId: string) => void;
  readonly everyMs?: number;
}

/**
 * Verifies what is kept, a little at a time: first what nobody has checked yet, then everything again from the oldest block on, so that pages
 * that go bad are found though nobody reads them.
 */
export class BackgroundCheck implements Startable {
  readonly #options: BackgroundCheckOptions;
  /** Where the round over all chains stands. */
  #round: { readonly chainId: string; readonly height: number } | undefined;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #checking: { readonly chainId: string; readonly checked: number; readonly total: number } | null = null;

  constructor(options: BackgroundCheckOptions) {
    this.#options = options;
  }

  start(): Promise<void> {
    this.#timer ??= setInterval(() => this.look(), this.#options.everyMs ?? ledgerLimits.checkEveryMs).unref();
    return Promise.resolve();
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#timer = undefined;
    await this.#running;
  }

  /** The chain that is being caught up with; null: all blocks have been checked once. */
  get checking(): { readonly chainId: string; readonly checked: number; readonly total: number } | null {
    return this.#checking;
  }

  /** Checks the next few blocks, unless it still does or the ledger has better to do. */
  look(): void {
    if (this.#running !== undefined || this.#options.isBusy()) return;
    this.#running = this.#check().finally(() => {
      this.#running = undefined;
    });
  }

  async #check(): Promise<void> {
    const { store, logger, onFault, onChecked } = this.#options;
    try {
      const chains = (await store.chains()).filter(({ height }) => height >= 0);
      const next = this.#unchecked(chains) ?? this.#nextOfRound(chains);
      if (next === undefined) return;
      const toHeight = next.fromHeight + ledgerLimits.checkBlocks - 1;
      const { fault } = await store.verify(next.chainId, { fromHeight: next.fromHeight, toHeight });
      if (fault !== null) onFault(fault);
      onChecked(next.chainId);
    } catch (error) {
      logger.warn('ledger.notChecked', 'What is kept of the ledger could not be checked.', { error });
    }
  }

  #unchecked(chains: readonly ChainHead[]): { readonly chainId: string; readonly fromHeight: number } | undefined {
    const behind = chains.find(({ verifiedHeight, height, fault }) => fault === null && verifiedHeight < height);
    if (behind === undefined) {
      this.#checking = null;
      return undefined;
    }
    const { chainId, firstHeight, verifiedHeight, height } = behind;
    const fromHeight = Math.max(firstHeight, verifiedHeight + 1);
    this.#checking = { chainId, checked: fromHeight - firstHeight, total: height - firstHeight + 1 };
    return { chainId, fromHeight };
  }

  #nextOfRound(chains: readonly ChainHead[]): { readonly chainId: string; readonly fromHeight: number } | undefined {
    const sorted = chains.toSorted((a, b) => (a.chainId < b.chainId ? -1 : 1));
    const at = this.#round;
    const current = sorted.find(({ chainId, height }) => chainId === at?.chainId && (at?.height ?? 0) <= height);
    const chain = current ?? sorted.find(({ chainId }) => chainId > (at?.chainId ?? '')) ?? sorted[0];
    if (chain === undefined) return undefined;
    const fromHeight = current === undefined ? chain.firstHeight : Math.max(at?.height ?? 0, chain.firstHeight);
    this.#round = { chainId: chain.chainId, height: fromHeight + ledgerLimits.checkBlocks };
    return { chainId: chain.chainId, fromHeight };
  }
}
