import type { BudgetMember, FeedBudget } from './feed-budget.ts';
import type { FollowedTopic } from './followed-topic.ts';
import type { SharedEvent } from './shared-event.ts';

export interface FeedItem {
  readonly id: number;
  readonly event: SharedEvent;
  /** The first of the feed's topics that matches. */
  readonly followed: FollowedTopic;
  readonly sizeBytes: number;
}

/**
 * The latest events of a feed by id, bounded by count, and in bytes together with the client's other feeds; cost does not
 * depend on how many it holds.
 */
export class FeedRing implements BudgetMember {
  readonly #maxItems: number;
  readonly #budget: FeedBudget;
  readonly #items: (FeedItem | undefined)[] = [];
  #oldestId = 1;
  #nextId = 1;
  #bytes = 0;
  #evicted = 0;

  constructor(maxItems: number, budget: FeedBudget) {
    this.#maxItems = maxItems;
    this.#budget = budget;
    budget.join(this);
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

  push(event: SharedEvent, followed: FollowedTopic): void {
    const { sizeBytes } = event;
    if (this.size >= this.#maxItems) this.evictOldest();
    this.#budget.makeRoom(sizeBytes);
    const id = this.#nextId++;
    this.#items[id % this.#maxItems] = { id, event, followed, sizeBytes };
    followed.kept++;
    followed.keptBytes += sizeBytes;
    this.#bytes += sizeBytes;
  }

  get(id: number): FeedItem | undefined {
    return id < this.#oldestId || id >= this.#nextId ? undefined : this.#items[id % this.#maxItems];
  }

  /** Ends the part of the budget that it holds. */
  close(): void {
    this.#budget.leave(this);
  }

  evictOldest(): void {
    const slot = this.#oldestId++ % this.#maxItems;
    const item = this.#items[slot];
    if (item !== undefined) {
      this.#bytes -= item.sizeBytes;
      item.followed.kept--;
      item.followed.keptBytes -= item.sizeBytes;
    }
    this.#items[slot] = undefined;
    this.#evicted++;
  }
}
