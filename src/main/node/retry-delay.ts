const firstMs = 250;
const longestMs = 30_000;

/** Pauses between attempts: full jitter, doubling from 250 ms to 30 s (security.md 2.7, transient network). */
export class RetryDelay {
  readonly #random: () => number;
  #ceilingMs = firstMs;

  /** @param random for tests; 0 to 1 */
  constructor(random: () => number = Math.random) {
    this.#random = random;
  }

  /** Milliseconds to wait now. Never none: a broken peer must not be asked in a loop. */
  nextMs(): number {
    const waitMs = Math.round(firstMs / 2 + this.#random() * (this.#ceilingMs - firstMs / 2));
    this.#ceilingMs = Math.min(this.#ceilingMs * 2, longestMs);
    return waitMs;
  }

  /** It worked: the next pause is a short one again. */
  reset(): void {
    this.#ceilingMs = firstMs;
  }
}
