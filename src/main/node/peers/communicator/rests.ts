import { communicatorLimits } from './limits.ts';

const { busyMs, busyAtMostMs } = communicatorLimits;

export interface RestsOptions {
  /** A rest is over. */
  readonly onOver: () => void;
  /** A clock that is never set. */
  readonly monotonicMs: () => number;
}

/** When nothing is sent to a peer, or nothing but what is urgent: after errors, and while it has no room. */
export class Rests {
  readonly #options: RestsOptions;
  #allUntilMs = Number.NEGATIVE_INFINITY;
  #sharedUntilMs = Number.NEGATIVE_INFINITY;
  #busyMs: number = busyMs;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: RestsOptions) {
    this.#options = options;
  }

  isResting(isUrgent: boolean): boolean {
    const untilMs = isUrgent ? this.#allUntilMs : Math.max(this.#allUntilMs, this.#sharedUntilMs);
    return this.#options.monotonicMs() < untilMs;
  }

  /** Nothing is sent for a while. @param alsoUrgent nor what is urgent */
  rest(forMs: number, alsoUrgent: boolean): void {
    const nowMs = this.#options.monotonicMs();
    if (alsoUrgent) this.#allUntilMs = Math.max(this.#allUntilMs, nowMs + forMs);
    else this.#sharedUntilMs = Math.max(this.#sharedUntilMs, nowMs + forMs);
    clearTimeout(this.#timer);
    const leftMs = Math.max(this.#allUntilMs, this.#sharedUntilMs) - nowMs;
    this.#timer = setTimeout(this.#options.onOver, leftMs + 1).unref();
  }

  /** The peer has no room: each time that it says so, the pause is twice as long. */
  busy(): void {
    this.rest(this.#busyMs, false);
    this.#busyMs = Math.min(busyAtMostMs, this.#busyMs * 2);
  }

  /** The peer takes what it is sent. */
  accepted(): void {
    this.#busyMs = busyMs;
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}
