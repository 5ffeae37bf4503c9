/** One timer that is set anew only when it would come too late: a core puts its time off with almost every step. */
export class WakeTimer {
  readonly #nowMs: () => number;
  readonly #onWake: () => void;
  #timer: NodeJS.Timeout | undefined;
  #setForMs = Number.POSITIVE_INFINITY;
  #wakeAtMs = Number.POSITIVE_INFINITY;

  /** @param nowMs monotonic, milliseconds */
  constructor(nowMs: () => number, onWake: () => void) {
    this.#nowMs = nowMs;
    this.#onWake = onWake;
  }

  /** The last time said counts. */
  wakeAt(atMs: number): void {
    this.#wakeAtMs = atMs;
    if (this.#setForMs <= atMs) return;
    clearTimeout(this.#timer);
    this.#setForMs = atMs;
    this.#timer = setTimeout(() => this.#wake(), Math.max(0, Math.ceil(atMs - this.#nowMs())));
  }

  stop(): void {
    clearTimeout(this.#timer);
    // Nothing comes before it, so nothing is set any more.
    this.#setForMs = Number.NEGATIVE_INFINITY;
  }

  #wake(): void {
    this.#setForMs = Number.POSITIVE_INFINITY;
    if (this.#wakeAtMs <= this.#nowMs()) this.#onWake();
    else this.wakeAt(this.#wakeAtMs);
  }
}
