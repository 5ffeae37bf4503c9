import { SignalboxError } from '../../../../common/errors.ts';
import type { PeerLimits } from './limits.ts';

export interface PeerDialerOptions {
  /** Connects and proves. @throws SignalboxError why there is no connection */
  readonly dial: (signal: AbortSignal) => Promise<void>;
  readonly isConnected: () => boolean;
  /** An attempt failed. */
  readonly onFailure: (error: SignalboxError) => void;
  readonly limits: Pick<PeerLimits, 'retryFirstMs' | 'retryLongestMs'>;
  /** 0 to 1. */
  readonly random: () => number;
}

/** Dials one broker until there is a connection, and again after it is lost: full jitter, doubling to the longest pause. */
export class PeerDialer {
  readonly #options: PeerDialerOptions;
  readonly #stopped = new AbortController();
  #ceilingMs: number;
  #timer: NodeJS.Timeout | undefined;
  #isBusy = false;

  constructor(options: PeerDialerOptions) {
    this.#options = options;
    this.#ceilingMs = options.limits.retryFirstMs;
  }

  /** Dials after a while, unless there is a connection by then. */
  begin(afterMs: number): void {
    clearTimeout(this.#timer);
    if (!this.#stopped.signal.aborted) this.#timer = setTimeout(() => void this.#run(), afterMs).unref();
  }

  /** There is a connection: the next pause is a short one again. */
  connected(): void {
    this.#ceilingMs = this.#options.limits.retryFirstMs;
  }

  /** The connection was lost. @param leastMs before it is dialled again */
  lost(leastMs: number): void {
    if (!this.#isBusy) this.begin(Math.max(leastMs, this.#nextMs()));
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#stopped.abort();
  }

  async #run(): Promise<void> {
    const { dial, isConnected, onFailure } = this.#options;
    if (this.#isBusy || isConnected()) return;
    this.#isBusy = true;
    try {
      await dial(this.#stopped.signal);
    } catch (error) {
      onFailure(error instanceof SignalboxError ? error : new SignalboxError('INTERNAL', 'Dialling a broker failed.', { cause: error }));
    } finally {
      this.#isBusy = false;
    }
    if (!isConnected()) this.begin(this.#nextMs());
  }

  /** Never none: a broker that refuses must not be asked in a loop. */
  #nextMs(): number {
    const { retryFirstMs, retryLongestMs } = this.#options.limits;
    const waitMs = Math.round(retryFirstMs / 2 + this.#options.random() * (this.#ceilingMs - retryFirstMs / 2));
    this.#ceilingMs = Math.min(this.#ceilingMs * 2, retryLongestMs);
    return waitMs;
  }
}
