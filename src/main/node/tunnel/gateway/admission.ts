export interface AdmissionOptions {
  readonly perSecond: number;
  /** Of a clock that is never set, milliseconds. */
  readonly nowMs: () => number;
}

/**
 * How many agents may begin to sign in: after a restart of the gateway all of them come back, and each handshake costs work that others
 * wait for (tunnel.md, advice 8). A token bucket of one second's worth.
 */
export class Admission {
  readonly #options: AdmissionOptions;
  #tokens: number;
  #filledAt: number;
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
    this.#tokens = Math.min(perSecond, this.#tokens + ((now - this.#filledAt) / 1_000) * perSecond);
    this.#filledAt = now;
    if (this.#tokens < 1) {
      this.#refused += 1;
      return 1;
    }
    this.#tokens -= 1;
    return undefined;
  }
}
