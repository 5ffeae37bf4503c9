import { communicatorLimits } from './limits.ts';

const { batchBytes, windowBytes, windowLeastBytes, windowMostBytes, firstAckMs, leastAckMs, mostAckMs } = communicatorLimits;
/** The least round trip counts for so long: routes change. */
const baseMs = 10_000;
/** Delay above the least one that is nothing but chance. */
const jitterMs = 0.5;
const shrinkTo = 0.8;
const leastBatchBytes = 8_192;
/** Times that the wait for an acknowledgement doubles. */
const mostDoubled = 4;

/**
 * How much may be on its way to a peer, and how long its acknowledgement is waited for. What waits in a carrier cannot be overtaken, so the
 * window grows only while messages pass about as quickly as the quickest of them, and the rest waits where Critical goes first.
 */
export class SendWindow {
  readonly #monotonicMs: () => number;
  #sizeBytes: number = windowBytes;
  #smoothMs: number | undefined;
  #spreadMs = 0;
  #base = { ms: Number.POSITIVE_INFINITY, sinceMs: 0 };
  #formerBaseMs = Number.POSITIVE_INFINITY;
  #shrunkMs = Number.NEGATIVE_INFINITY;

  /** @param monotonicMs a clock that is never set */
  constructor(monotonicMs: () => number) {
    this.#monotonicMs = monotonicMs;
  }

  /** Bytes that may be on their way. */
  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  /** The same while the next is of the priority Low: what nobody waits for delays what somebody does by half as much. */
  get lowBytes(): number {
    return Math.max(windowLeastBytes, this.#sizeBytes / 2);
  }

  /** Bytes of one batch: several are on their way at a time, so that the way is never idle while an acknowledgement is awaited. */
  get batchBytes(): number {
    return Math.min(batchBytes, Math.max(leastBatchBytes, this.#sizeBytes / 4));
  }

  /**
   * Milliseconds after which a batch counts as lost (RFC 6298, with bounds of its own): twice as long for each time that it was lost before, for
   * a peer whose handlers take long is not to be blamed again and again for one message.
   *
   * @param repeats how often it was sent before
   */
  ackTimeoutMs(repeats: number): number {
    const onceMs = this.#smoothMs === undefined ? firstAckMs : Math.max(leastAckMs, this.#smoothMs + 4 * this.#spreadMs);
    return Math.min(mostAckMs, onceMs * 2 ** Math.min(repeats, mostDoubled));
  }

  /** Milliseconds in which an acknowledgement usually comes. */
  get usualMs(): number {
    return this.#smoothMs === undefined ? firstAckMs : this.#smoothMs + 2 * this.#spreadMs;
  }

  /** A batch was acknowledged. @param isFull as much was on its way as the window lets through */
  acknowledged(roundTripMs: number, sizeBytes: number, isFull: boolean): void {
    const nowMs = this.#monotonicMs();
    this.#measure(roundTripMs, nowMs);
    const leastMs = Math.min(this.#base.ms, this.#formerBaseMs);
    const isDelayed = roundTripMs > leastMs * 1.5 + jitterMs;
    if (!isDelayed && isFull) this.#sizeBytes = Math.min(windowMostBytes, this.#sizeBytes + sizeBytes);
    else if (isDelayed && nowMs - this.#shrunkMs > roundTripMs) this.#shrink(shrinkTo, nowMs);
  }

  /** A batch was lost and others were not: goes on with less. */
  shrink(): void {
    this.#shrink(0.5, this.#monotonicMs());
  }

  /** Nothing came back in time, or the peer has no room: begins anew with little. */
  collapse(): void {
    this.#shrink(0, this.#monotonicMs());
  }

  #shrink(factor: number, nowMs: number): void {
    this.#shrunkMs = nowMs;
    this.#sizeBytes = Math.max(windowLeastBytes, Math.floor(this.#sizeBytes * factor));
  }

  #measure(roundTripMs: number, nowMs: number): void {
    if (this.#smoothMs === undefined) {
      this.#smoothMs = roundTripMs;
      this.#spreadMs = roundTripMs / 2;
    } else {
      this.#spreadMs += (Math.abs(roundTripMs - this.#smoothMs) - this.#spreadMs) / 4;
      this.#smoothMs += (roundTripMs - this.#smoothMs) / 8;
    }
    if (nowMs - this.#base.sinceMs > baseMs) {
      this.#formerBaseMs = this.#base.ms;
      this.#base = { ms: roundTripMs, sinceMs: nowMs };
      // What is on its way delays what is measured: now and then there is little of it.
      this.#shrink(0, nowMs);
    } else this.#base.ms = Math.min(this.#base.ms, roundTripMs);
  }
}
