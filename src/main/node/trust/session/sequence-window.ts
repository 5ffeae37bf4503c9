import { trustLimits } from '../limits.ts';

const size = trustLimits.replayWindow;

/** Which of the latest counters of a session have come. A lower one than the window holds counts as used. */
export class SequenceWindow {
  readonly #bits = new Uint8Array(size / 8);
  #highest = 0;

  has(counter: number): boolean {
    if (counter > this.#highest) return false;
    return counter <= this.#highest - size || ((this.#bits[(counter % size) >> 3] ?? 0) & (1 << (counter & 7))) !== 0;
  }

  /** Notes a counter, from 1, that is not there yet. */
  add(counter: number): void {
    if (counter - this.#highest >= size) this.#bits.fill(0);
    else
      for (let passed = this.#highest + 1; passed < counter; passed++)
        this.#bits[(passed % size) >> 3] = (this.#bits[(passed % size) >> 3] ?? 0) & ~(1 << (passed & 7));
    if (counter > this.#highest) this.#highest = counter;
    this.#bits[(counter % size) >> 3] = (this.#bits[(counter % size) >> 3] ?? 0) | (1 << (counter & 7));
  }
}
