/** First and longest pause. */
export interface RetryPauses {
  readonly firstMs: number;
  readonly longestMs: number;
}

const usualPauses: RetryPauses = { firstMs: 250, longestMs: 30_000 };

/** Pauses between attempts: full jitter, doubling from 250 ms to 30 s unless told otherwise (security.md 2.7, transient network). */
export class RetryDelay {
  readonly #random: () => number;
  readonly #pauses: RetryPauses;
  #ceilingMs: number;

  /** @param random for tests; 0 to 1 */
  constructor(random: () => number = Math.random, pauses: RetryPauses = usualPauses) {
    this.#random = random;
    this.#pauses = pauses;
    this.#ceilingMs = pauses.firstMs;
  }

  /** Milliseconds to wait now. Never none: a broken peer must not be asked in a loop. */
  nextMs(): number {
    const { firstMs, longestMs } = this.#pauses;
    const waitMs = Math.round(firstMs / 2 + this.#random() * (this.#ceilingMs - firstMs / 2));
    this.#ceilingMs = Math.min(this.#ceilingMs * 2, longestMs);
    return waitMs;
  }

  /** It worked: the next pause is a short one again. */
  reset(): void {
    this.#ceilingMs = this.#pauses.firstMs;
  }
}
