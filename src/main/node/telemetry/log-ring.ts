import type { LogEntry } from '../../../common/contract/logs.ts';

interface Slot {
  readonly entry: LogEntry;
  readonly sizeBytes: number;
}

/** The last lines of one log, bounded by items and bytes. */
export class LogRing {
  readonly #maxEntries: number;
  readonly #maxBytes: number;
  #slots: Slot[] = [];
  /** Slots before this index are gone; the array is shortened now and then, so that a push costs no shift. */
  #first = 0;
  #bytes = 0;
  #dropped = 0;

  constructor(maxEntries: number, maxBytes: number) {
    this.#maxEntries = maxEntries;
    this.#maxBytes = maxBytes;
  }

  get size(): number {
    return this.#slots.length - this.#first;
  }

  /** Lines pushed out by newer ones since the start. */
  get dropped(): number {
    return this.#dropped;
  }

  push(entry: LogEntry, sizeBytes: number): void {
    this.#slots.push({ entry, sizeBytes });
    this.#bytes += sizeBytes;
    while (this.size > this.#maxEntries || (this.#bytes > this.#maxBytes && this.size > 1)) {
      this.#bytes -= this.#slots[this.#first]?.sizeBytes ?? 0;
      this.#first++;
      this.#dropped++;
    }
    if (this.#first > this.#maxEntries) {
      this.#slots = this.#slots.slice(this.#first);
      this.#first = 0;
    }
  }

  /** The newest `count` entries that `wanted` lets through, oldest of them first. */
  tail(count: number, wanted: (entry: LogEntry) => boolean): LogEntry[] {
    const found: LogEntry[] = [];
    for (let index = this.#slots.length - 1; index >= this.#first && found.length < count; index--) {
      const entry = this.#slots[index]?.entry;
      if (entry !== undefined && wanted(entry)) found.push(entry);
    }
    return found.reverse();
  }
}
