import { communicatorLimits } from './limits.ts';

const { sentPerSecond, sentBurst } = communicatorLimits;
const burstMs = (sentBurst / sentPerSecond) * 1_000;

/**
 * How many messages a second leave for one peer: fewer than it looks at. What it refuses for their number it refuses unread, and a sender that
 * hears nothing takes the way for broken.
 */
export class Pace {
  readonly #monotonicMs: () => number;
  /** When what was sent so far would all have left at the steady rate. */
  #evenMs = Number.NEGATIVE_INFINITY;

  /** @param monotonicMs a clock that is never set */
  constructor(monotonicMs: () => number) {
    this.#monotonicMs = monotonicMs;
  }

  /** Milliseconds until more may leave; 0: it may now. */
  get waitMs(): number {
    return Math.max(0, this.#evenMs - burstMs - this.#monotonicMs());
  }

  /** So many messages leave. */
  sent(messages: number): void {
    this.#evenMs = Math.max(this.#evenMs, this.#monotonicMs()) + (messages / sentPerSecond) * 1_000;
  }
}
