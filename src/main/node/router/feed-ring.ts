import type { SharedEvent } from './shared-event.ts';

export interface FeedItem {
  readonly id: number;
  readonly event: SharedEvent;
  /** Index of the first of the feed's topics that matches. */
  readonly filter: number;
  readonly sizeBytes: number;
}

/** The latest events of a feed by id, bounded by count and bytes; cost does not depend on how many it holds. */
export class FeedRing {
  readonly #maxItems: number;
  readonly #maxBytes: number;
  readonly #items: (FeedItem | undefined)[] = [];
  #oldestId = 1;
  #nextId = 1;
  #bytes = 0;
  #evicted = 0;

  constructor(maxItems: number, maxBytes: number) {
    this.#maxItems = maxItems;
    this.#maxBytes = maxBytes;
  }

  get oldestId(): number {
    return this.#oldestId;
  }

  /** Id of the newest event; one less than the oldest when there is none. */
  get newestId(): number {
    return this.#nextId - 1;
  }

  get size(): number {
    return this.#nextId - this.#oldestId;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get evicted(): number {
    return this.#evicted;
  }

  push(event: SharedEvent, filter: number): void {
    const { sizeBytes } = event;
    while (this.size > 0 && (this.size >= this.#maxItems || this.#bytes + sizeBytes > this.#maxBytes)) this.#evict();
    const id = this.#nextId++;
    this.#items[id % this.#maxItems] = { id, event, filter, sizeBytes };
    this.#bytes += sizeBytes;
  }

  get(id: number): FeedItem | undefined {
    return id < this.#oldestId || id >= this.#nextId ? undefined : this.#items[id % this.#maxItems];
  }

  #evict(): void {
    const slot = this.#oldestId++ % this.#maxItems;
    this.#bytes -= this.#items[slot]?.sizeBytes ?? 0;
    this.#items[slot] = undefined;
    this.#evicted++;
  }
}
