import { monitorEventLoopDelay } from 'node:perf_hooks';

const resolutionMs = 20;

/** How long the event loop kept its timers waiting. Measured by the runtime outside JavaScript: 50 wake-ups a second, no callbacks. */
export class EventLoopDelay {
  readonly #histogram = monitorEventLoopDelay({ resolution: resolutionMs });

  start(): void {
    this.#histogram.enable();
  }

  stop(): void {
    this.#histogram.disable();
  }

  /** The 99th percentile in ms since the last call; null when nothing was measured. The sampling interval itself is no delay. */
  takeP99Ms(): number | null {
    const measured = this.#histogram.count > 0;
    const p99Ms = this.#histogram.percentile(99) / 1e6 - resolutionMs;
    this.#histogram.reset();
    return measured ? Math.max(0, Math.round(p99Ms * 100) / 100) : null;
  }
}
