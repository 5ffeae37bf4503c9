import type { ResultOf } from '../../../../common/contract/index.ts';
import { SignalboxError } from '../../../../common/errors.ts';
import type { ChainStore, VerifyProgress, VerifyResult } from '../../ledger/chain-store.ts';

/** Verifications that may run at once; each reads a whole chain. */
const mostRuns = 4;

/** The verifications that run now, for the status and its topic. */
export class VerifyRuns {
  readonly #store: Pick<ChainStore, 'verify'>;
  readonly #onProgress: () => void;
  readonly #running = new Map<object, { readonly chainId: string; progress: VerifyProgress }>();

  /** @param onProgress told when a run has come further, begun or ended */
  constructor(store: Pick<ChainStore, 'verify'>, onProgress: () => void) {
    this.#store = store;
    this.#onProgress = onProgress;
  }

  /** The run that began first; null: none. */
  get current(): ResultOf<'ledger.status'>['verifying'] {
    const [run] = this.#running.values();
    return run === undefined ? null : { chainId: run.chainId, checked: run.progress.checked, total: run.progress.total };
  }

  /** @throws SignalboxError `OVERLOADED`, `NOT_FOUND`, `CANCELLED`, what the store throws */
  async run(
    chainId: string,
    range: { readonly fromHeight?: number | undefined; readonly toHeight?: number | undefined },
    signal: AbortSignal,
    onProgress: (progress: VerifyProgress) => void,
  ): Promise<VerifyResult> {
    if (this.#running.size >= mostRuns)
      throw new SignalboxError('OVERLOADED', `${mostRuns} chains are being verified at this node already. Wait for one to end.`, {
        executed: 'no',
      });
    const key = {};
    const run = { chainId, progress: { checked: 0, total: 0 } };
    this.#running.set(key, run);
    try {
      return await this.#store.verify(chainId, range, {
        signal,
        onProgress: (progress) => {
          run.progress = progress;
          onProgress(progress);
          this.#onProgress();
        },
      });
    } finally {
      this.#running.delete(key);
      this.#onProgress();
    }
  }
}
