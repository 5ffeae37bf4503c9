import { carrierLimits } from './limits.ts';

/** `halfOpen`: one call is let through to see whether the node answers again. */
export type CircuitState = 'closed' | 'open' | 'halfOpen';

/** Calls of a part of the window. */
interface Slice {
  readonly number: number;
  answered: number;
  failed: number;
}

const slices = 6;
const sliceMs = carrierLimits.circuitWindowMs / slices;

/**
 * Leaves a node alone for a while that does not answer (security.md 2.7): after five calls in a row, or half of at least ten in half a
 * minute. Then one call is let through; the next rest is twice as long when that is not answered either. On a clock that is never set: with
 * the time of day a node would be left alone for a day when somebody sets the clock back (row 72), which is why no package does it here.
 */
export class CircuitBreaker {
  readonly #monotonicMs: () => number;
  #inARow = 0;
  #slices: Slice[] = [];
  #restMs: number = carrierLimits.circuitRestMs;
  /** When the rest ends; undefined while calls pass. */
  #untilMs: number | undefined;
  #probing = false;

  constructor(monotonicMs: () => number) {
    this.#monotonicMs = monotonicMs;
  }

  get state(): CircuitState {
    if (this.#untilMs === undefined) return 'closed';
    return this.#monotonicMs() < this.#untilMs && !this.#probing ? 'open' : 'halfOpen';
  }

  /** Failures in a row, since something was answered or the rest began. */
  get failures(): number {
    return this.#inARow;
  }

  /** Milliseconds until a call is let through; 0 while it is. */
  get restMs(): number {
    return this.state === 'open' ? (this.#untilMs ?? 0) - this.#monotonicMs() : 0;
  }

  /** Asked before each call. False: it must not be sent. The one that passes while half open must end with one of the calls below. */
  admit(): boolean {
    const { state } = this;
    if (state === 'closed') return true;
    if (state === 'open' || this.#probing) return false;
    this.#probing = true;
    return true;
  }

  /** Lets one through at once, before the rest is over: somebody asks for it. It must end as one of {@link admit}. */
  probeNow(): void {
    if (this.#untilMs !== undefined) this.#probing = true;
  }

  /** The node has answered, whatever it said. @returns whether calls pass again that did not */
  answered(): boolean {
    const wasOpen = this.#untilMs !== undefined;
    this.#inARow = 0;
    if (wasOpen) this.reset();
    else this.#slice().answered++;
    return wasOpen;
  }

  /** No answer came in time. @returns whether the node is left alone from now on */
  failed(): boolean {
    if (this.#untilMs !== undefined) {
      if (!this.#probing) return false;
      this.#restMs = Math.min(carrierLimits.circuitRestAtMostMs, this.#restMs * 2);
      this.#open();
      return true;
    }
    this.#inARow++;
    this.#slice().failed++;
    if (this.#inARow < carrierLimits.circuitFailures && !this.#isMostlyFailing()) return false;
    this.#open();
    return true;
  }

  /** The call that was let through ended without telling anything, as when somebody cancelled it: the next one tries. */
  undecided(): void {
    this.#probing = false;
  }

  /** The node is there anew: nothing of before counts. */
  reset(): void {
    this.#untilMs = undefined;
    this.#probing = false;
    this.#inARow = 0;
    this.#slices = [];
    this.#restMs = carrierLimits.circuitRestMs;
  }

  #open(): void {
    this.#untilMs = this.#monotonicMs() + this.#restMs;
    this.#probing = false;
    this.#inARow = 0;
    this.#slices = [];
  }

  #slice(): Slice {
    const number = Math.floor(this.#monotonicMs() / sliceMs);
    const last = this.#slices.at(-1);
    if (last?.number === number) return last;
    const slice = { number, answered: 0, failed: 0 };
    this.#slices = [...this.#slices.filter((known) => known.number > number - slices), slice];
    return slice;
  }

  #isMostlyFailing(): boolean {
    const failed = this.#slices.reduce((sum, slice) => sum + slice.failed, 0);
    const all = this.#slices.reduce((sum, slice) => sum + slice.failed + slice.answered, 0);
    return all >= carrierLimits.circuitLeastCalls && failed >= all * carrierLimits.circuitFailureShare;
  }
}
