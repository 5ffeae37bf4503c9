import { monitorEventLoopDelay } from 'node:perf_hooks';

/** Fine enough for the budget of 20 ms; each wake-up costs, and an idle node should be idle. */
const defaultResolutionMs = 20;

/**
 * How long the event loop kept its timers waiting. Measured by the runtime outside JavaScript, without callbacks.
 *
 * A histogram is blind from its reset to its next tick, and so would always miss what happens right after it is read. Two
 * take turns: each reading covers the time since the reading before the last.
 */
export class EventLoopDelay {
  readonly #resolutionMs: number;
  #current: ReturnType<typeof monitorEventLoopDelay>;
  #other: ReturnType<typeof monitorEventLoopDelay>;

  /** @param resolutionMs how often the loop is probed; shorter delays may go unseen */
  constructor(resolutionMs: number = defaultResolutionMs) {
    this.#resolutionMs = resolutionMs;
    this.#current = monitorEventLoopDelay({ resolution: resolutionMs });
    this.#other = monitorEventLoopDelay({ resolution: resolutionMs });
  }

  start(): void {
    this.#current.enable();
    this.#other.enable();
  }

  stop(): void {
    for (const histogram of [this.#current, this.#other]) {
      histogram.disable();
      histogram.reset();
    }
  }

  /** The 99th percentile in ms; null when nothing was measured. The sampling interval itself is no delay. */
  takeP99Ms(): number | null {
    const histogram = this.#current;
    this.#current = this.#other;
    this.#other = histogram;
    const p99Ms = histogram.percentile(99) / 1e6 - this.#resolutionMs;
    const measured = histogram.count > 0;
    histogram.reset();
    return measured ? Math.max(0, Math.round(p99Ms * 100) / 100) : null;
  }
}
