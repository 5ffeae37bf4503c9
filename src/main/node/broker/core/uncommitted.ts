import { Fifo } from './fifo.ts';

/** What a leader has taken in its term and not yet committed: bounded, for it is held in memory by all. */
export class Uncommitted {
  readonly #sizes = new Fifo<{ readonly index: number; readonly bytes: number }>();
  #bytes = 0;

  get entries(): number {
    return this.#sizes.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  add(index: number, bytes: number): void {
    this.#sizes.push({ index, bytes });
    this.#bytes += bytes;
  }

  committed(upTo: number): void {
    for (let first = this.#sizes.first; first !== undefined && first.index <= upTo; first = this.#sizes.first) {
      this.#bytes -= first.bytes;
      this.#sizes.shift();
    }
  }
}
