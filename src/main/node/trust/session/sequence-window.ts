import { trustLimits } from '../limits.ts';

const size = trustLimits.replayWindow;

/** Which of the latest counters of a session have come. A lower one than the window holds counts as used. */
export class SequenceWindow {
  /** Counter n is at n modulo the size. */
  readonly #came = new Uint8Array(size);
  #highest = 0;

  has(counter: number): boolean {
    if (counter > this.#highest) return false;
    return counter <= this.#highest - size || this.#came[counter % size] === 1;
  }

  /** Notes a counter, from 1, that is not there yet. */
  add(counter: number): void {
    const skipped = Math.min(size, counter - this.#highest - 1);
    for (let back = 1; back <= skipped; back++) this.#came[(counter - back) % size] = 0;
    this.#came[counter % size] = 1;
    this.#highest = Math.max(this.#highest, counter);
  }
}
