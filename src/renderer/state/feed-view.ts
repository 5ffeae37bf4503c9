import type { FeedRing } from './feed-ring.ts';

/** True for a row of the ring that is to be shown. */
export type RowPredicate = (sequence: number) => boolean;

/**
 * The rows of a ring that pass a predicate, by position. Without one it is the ring itself and costs nothing; with one
 * each row is looked at once when it comes, and all of them again only when the predicate changes.
 */
export class FeedView {
  readonly #ring: FeedRing;
  /** A ring of sequence numbers, as large as the ring of rows can become. */
  readonly #sequences: Float64Array;
  #predicate: RowPredicate | undefined;
  #head = 0;
  #count = 0;
  #scanned = 0;
  #dropped = 0;

  constructor(ring: FeedRing) {
    this.#ring = ring;
    this.#sequences = new Float64Array(ring.maxItems);
  }

  /** How many rows are shown. */
  get count(): number {
    return this.#predicate === undefined ? this.#ring.count : this.#count;
  }

  /** How many shown rows have left at the front since the predicate was set: what a reader who scrolled up moves by. */
  get dropped(): number {
    return this.#predicate === undefined ? this.#ring.first : this.#dropped;
  }

  sequenceAt(index: number): number {
    if (this.#predicate === undefined) return this.#ring.first + index;
    return this.#sequences[(this.#head + index) % this.#sequences.length] ?? -1;
  }

  /** Position of a row, or -1 when it is not shown. */
  indexOf(sequence: number): number {
    let low = 0;
    let high = this.count - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const found = this.sequenceAt(middle);
      if (found === sequence) return middle;
      if (found < sequence) low = middle + 1;
      else high = middle - 1;
    }
    return -1;
  }

  /** Shows other rows from now on. */
  setPredicate(predicate: RowPredicate | undefined): void {
    this.#predicate = predicate;
    this.#head = 0;
    this.#count = 0;
    this.#dropped = 0;
    this.#scanned = this.#ring.first;
    this.refresh();
  }

  /** Takes over what the ring gained and lost since the last time. */
  refresh(): void {
    const predicate = this.#predicate;
    if (predicate === undefined) return;
    while (this.#count > 0 && this.sequenceAt(0) < this.#ring.first) {
      this.#head = (this.#head + 1) % this.#sequences.length;
      this.#count--;
      this.#dropped++;
    }
    for (let sequence = Math.max(this.#scanned, this.#ring.first); sequence < this.#ring.end; sequence++) {
      if (!predicate(sequence)) continue;
      this.#sequences[(this.#head + this.#count) % this.#sequences.length] = sequence;
      this.#count++;
    }
    this.#scanned = this.#ring.end;
  }
}
