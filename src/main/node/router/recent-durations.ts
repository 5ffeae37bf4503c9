import { LatencyHistogram } from './latency-histogram.ts';

const windowMs = 10_000;

/** Durations of the last ten to twenty seconds, for figures that say how it is now. */
export class RecentDurations {
  #current = new LatencyHistogram();
  #previous = new LatencyHistogram();
  #currentSinceMs = 0;

  add(nowMs: number, durationMs: number): void {
    this.#rotate(nowMs);
    this.#current.add(durationMs);
  }

  /** A histogram of its own: what is added later is not in it. */
  histogram(nowMs: number): LatencyHistogram {
    this.#rotate(nowMs);
    const both = new LatencyHistogram();
    both.merge(this.#previous);
    both.merge(this.#current);
    return both;
  }

  #rotate(nowMs: number): void {
    const ageMs = nowMs - this.#currentSinceMs;
    if (ageMs >= 0 && ageMs < windowMs) return;
    this.#previous = ageMs < 2 * windowMs ? this.#current : new LatencyHistogram();
    this.#current = new LatencyHistogram();
    this.#currentSinceMs = nowMs;
  }
}
