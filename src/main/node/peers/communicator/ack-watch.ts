import type { CarrierKind } from '../../../../common/contract/nodes.ts';
import type { Batches } from './batches.ts';
import type { SendWindow } from './window.ts';

export interface AckWatchOptions {
  readonly batches: Batches;
  readonly window: SendWindow;
  /** An acknowledgement did not come in time by a way; {@link AckWatch.watch} follows. */
  readonly onOverdue: (way: CarrierKind) => void;
  /** A clock that is never set. */
  readonly monotonicMs: () => number;
}

/** When something on its way counts as lost, and the way that it took. */
interface Due {
  readonly dueMs: number;
  readonly way: CarrierKind;
}

/** Looks whether what is on its way to one peer is acknowledged in time. */
export class AckWatch {
  readonly #options: AckWatchOptions;
  #timer: NodeJS.Timeout | undefined;
  #timerMs = Number.POSITIVE_INFINITY;
  #look: NodeJS.Immediate | undefined;

  constructor(options: AckWatchOptions) {
    this.#options = options;
  }

  /** Something left, was acknowledged or was given up. A timer that ends too early is left alone: it looks again for how long. */
  watch(): void {
    const next = this.#next();
    if (next === undefined) this.stop();
    else if (next.dueMs < this.#timerMs) this.#lookAt(next.dueMs);
  }

  stop(): void {
    clearTimeout(this.#timer);
    clearImmediate(this.#look);
    this.#timerMs = Number.POSITIVE_INFINITY;
  }

  #lookAt(dueMs: number): void {
    this.stop();
    this.#timerMs = dueMs;
    this.#timer = setTimeout(
      () => {
        // When this process stood still, acknowledgements have come meanwhile and are read first.
        this.#look = setImmediate(() => this.#lookNow());
      },
      Math.max(1, dueMs - this.#options.monotonicMs()),
    ).unref();
  }

  #lookNow(): void {
    this.#timerMs = Number.POSITIVE_INFINITY;
    const next = this.#next();
    if (next !== undefined && this.#options.monotonicMs() >= next.dueMs) this.#options.onOverdue(next.way);
    else this.watch();
  }

  /** The first of what is on its way that counts as lost. */
  #next(): Due | undefined {
    const { batches, window } = this.#options;
    let next: Due | undefined;
    for (const { sentMs, repeats, way } of batches.values()) {
      const dueMs = sentMs + window.ackTimeoutMs(repeats);
      if (next === undefined || dueMs < next.dueMs) next = { dueMs, way };
    }
    return next;
  }
}
