/** Counts over the last whole seconds, for rates that people read. */
export class RateWindow {
  readonly #buckets: number[];
  #second = 0;

  /** @param seconds length of the window */
  constructor(seconds: number) {
    // One bucket more: the second that is under way is not yet a rate.
    this.#buckets = new Array<number>(seconds + 1).fill(0);
  }

  add(nowMs: number, count = 1): void {
    this.#advance(nowMs);
    const index = this.#second % this.#buckets.length;
    this.#buckets[index] = (this.#buckets[index] as number) + count;
  }

  /** Events a second, averaged over the window, to two decimals. */
  perSecond(nowMs: number): number {
    this.#advance(nowMs);
    const current = this.#second % this.#buckets.length;
    let total = 0;
    this.#buckets.forEach((count, index) => {
      if (index !== current) total += count;
    });
    return Math.round((total / (this.#buckets.length - 1)) * 100) / 100;
  }

  /** True when nothing was counted in the window, the second under way included. */
  isIdle(nowMs: number): boolean {
    this.#advance(nowMs);
    return this.#buckets.every((count) => count === 0);
  }

  #advance(nowMs: number): void {
    const second = Math.floor(nowMs / 1_000);
    const size = this.#buckets.length;
    // A clock that was set back by more than the window begins anew: its counts would stand until the clock is there again.
    const steps = second < this.#second - size ? size : Math.min(Math.max(second - this.#second, 0), size);
    if (steps === 0) return;
    for (let step = 1; step <= steps; step++) this.#buckets[(second - steps + step) % size] = 0;
    this.#second = second;
  }
}
