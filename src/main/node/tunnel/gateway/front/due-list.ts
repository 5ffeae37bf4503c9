import { Roll } from './roll.ts';

/** Something that is given up when it has not got on for a time. */
export interface Due {
  /** When it got on last, on the monotonic clock, milliseconds. Moving it on is all that is needed to put it off. */
  progressAtMs: number;
}

/** Who waits, all with one limit: a coarse beat looks through them, in place of a timer for each (tunnel.md "Where the CPU goes"). */
export class DueList<T extends Due> {
  readonly #waiting = new Roll<T>();
  readonly #limitMs: number;
  readonly #onDue: (item: T) => void;

  constructor(limitMs: number, onDue: (item: T) => void) {
    this.#limitMs = limitMs;
    this.#onDue = onDue;
  }

  /** @param item its `progressAtMs` is now */
  add(item: T): void {
    this.#waiting.add(item);
  }

  delete(item: T): void {
    this.#waiting.delete(item);
  }

  /** Gives up those whose time is over. */
  sweep(nowMs: number): void {
    for (const item of this.#waiting) {
      if (item.progressAtMs + this.#limitMs > nowMs) continue;
      if (this.#waiting.delete(item)) this.#onDue(item);
    }
  }
}
