import { monitorEventLoopDelay } from 'node:perf_hooks';

const resolutionMs = 20;

/**
 * How long the event loop kept its timers waiting. Measured by the runtime outside JavaScript, without callbacks.
 *
 * A histogram is blind from its reset to its next tick, and so would always miss what happens right after it is read. Two
 * take turns: each reading covers the time since the reading before the last.
 */
export class EventLoopDelay {
  #current = monitorEventLoopDelay({ resolution: resolutionMs });
  #other = monitorEventLoopDelay({ resolution: resolutionMs });

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
    const p99Ms = histogram.percentile(99) / 1e6 - resolutionMs;
    const measured = histogram.count > 0;
    histogram.reset();
    return measured ? Math.max(0, Math.round(p99Ms * 100) / 100) : null;
  }
}
