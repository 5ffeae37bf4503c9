export interface AdmissionOptions {
  readonly perSecond: number;
  /** Of a clock that is never set, milliseconds. */
  readonly nowMs: () => number;
}

/** What anybody is told at most. */
const longestWaitSeconds = 30;

/**
 * How many agents may begin to sign in: after a restart of the gateway all of them come back, and each handshake costs work that others
 * wait for (tunnel.md, advice 8). A token bucket of one second's worth; those who are told to wait are told different times, so that they do
 * not all come back at once.
 */
export class Admission {
  readonly #options: AdmissionOptions;
  #tokens: number;
  #filledAt: number;
  /** Told to wait and not due yet. */
  #waiting = 0;
  #refused = 0;

  constructor(options: AdmissionOptions) {
    this.#options = options;
    this.#tokens = options.perSecond;
    this.#filledAt = options.nowMs();
  }

  /** Told to wait, since the start. */
  get refused(): number {
    return this.#refused;
  }

  /** @returns undefined: come in; else whole seconds to wait */
  enter(): number | undefined {
    const { perSecond, nowMs } = this.#options;
    const now = nowMs();
    const due = ((now - this.#filledAt) / 1_000) * perSecond;
    this.#tokens = Math.min(perSecond, this.#tokens + due);
    this.#waiting = Math.max(0, this.#waiting - due);
    this.#filledAt = now;
    if (this.#tokens < 1) {
      this.#refused += 1;
      this.#waiting += 1;
      return Math.min(longestWaitSeconds, Math.ceil(this.#waiting / perSecond));
    }
    this.#tokens -= 1;
    return undefined;
  }
}
