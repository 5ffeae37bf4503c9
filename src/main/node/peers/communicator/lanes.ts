import type { PeerPriority } from '../../../../common/contract/peers.ts';
import { peerPriorities } from '../../../../common/contract/peers.ts';
import { TokenBucket } from '../../trust/index.ts';
import { communicatorLimits } from './limits.ts';
import { type ListEntry, MessageList } from './message-list.ts';

/** Something that waits for its turn. */
export interface Queued {
  readonly priority: PeerPriority;
  readonly sizeBytes: number;
}

/** Where something waits: needed to take it out before its turn. */
export interface Place<T> {
  readonly lane: PeerPriority;
  readonly entry: ListEntry<T>;
}

export interface Backlog {
  readonly messages: number;
  readonly sizeBytes: number;
}

type Weighted = Exclude<PeerPriority, 'Critical'>;

/** Shares of what is left beside Critical (seed 3, MessagePriority): Low gets one byte in thirteen while all three wait. */
const weights: Readonly<Record<Weighted, number>> = { High: 8, Medium: 4, Low: 1 };
const weighted: readonly Weighted[] = ['High', 'Medium', 'Low'];
/** What a small message costs beside its bytes. */
const messageCost = 256;

class Lane<T extends Queued> {
  readonly items = new MessageList<T>();
  sizeBytes = 0;
  /** How much of its share it has had: the lane that is furthest behind is next. */
  had = 0;
}

/**
 * What waits in four priorities. Critical goes first, up to its quota a second; the others share what is left by weight, so that none of them
 * ever stands still. Order is kept within a priority.
 */
export class PriorityLanes<T extends Queued> {
  readonly #lanes: Readonly<Record<PeerPriority, Lane<T>>> = {
    Low: new Lane(),
    Medium: new Lane(),
    High: new Lane(),
    Critical: new Lane(),
  };
  readonly #monotonicMs: () => number;
  readonly #urgent: TokenBucket;
  #had = 0;
  #demoted = 0;

  /** @param monotonicMs a clock that is never set */
  constructor(monotonicMs: () => number) {
    this.#monotonicMs = monotonicMs;
    this.#urgent = new TokenBucket(communicatorLimits.criticalPerSecond, communicatorLimits.criticalPerSecond, monotonicMs());
  }

  get size(): number {
    return peerPriorities.reduce((sum, priority) => sum + this.#lanes[priority].items.size, 0);
  }

  get sizeBytes(): number {
    return peerPriorities.reduce((sum, priority) => sum + this.#lanes[priority].sizeBytes, 0);
  }

  /** Urgent ones above the quota. */
  get demoted(): number {
    return this.#demoted;
  }

  backlog(priority: PeerPriority): Backlog {
    const { items, sizeBytes } = this.#lanes[priority];
    return { messages: items.size, sizeBytes };
  }

  /** The one of a priority that waits longest. */
  first(priority: PeerPriority): Place<T> | undefined {
    const entry = this.#lanes[priority].items.first;
    return entry === undefined ? undefined : { lane: priority, entry };
  }

  /** The lane for something new: an urgent one above the quota waits among those of High (security.md row 40). */
  laneFor(priority: PeerPriority): PeerPriority {
    if (priority !== 'Critical' || this.#urgent.take(this.#monotonicMs())) return priority;
    this.#demoted++;
    return 'High';
  }

  /** Appends to a lane, see {@link laneFor}. */
  push(item: T, priority: PeerPriority): Place<T> {
    const lane = this.#entering(priority);
    lane.sizeBytes += item.sizeBytes;
    return { lane: priority, entry: lane.items.push(item) };
  }

  /** Puts something back to the front, for it had its turn in vain. */
  putBack(item: T, priority: PeerPriority): Place<T> {
    const lane = this.#entering(priority);
    lane.sizeBytes += item.sizeBytes;
    return { lane: priority, entry: lane.items.unshift(item) };
  }

  /** Puts something in the place of another, in the same lane. */
  replace({ lane, entry }: Place<T>, item: T): void {
    this.#lanes[lane].sizeBytes += item.sizeBytes - entry.item.sizeBytes;
    entry.item = item;
  }

  /** @returns false: it was not there any more */
  remove({ lane, entry }: Place<T>): boolean {
    if (!entry.isListed) return false;
    this.#lanes[lane].items.remove(entry);
    this.#lanes[lane].sizeBytes -= entry.item.sizeBytes;
    return true;
  }

  /** The next urgent one, without taking it. */
  peekUrgent(): Place<T> | undefined {
    return this.first('Critical');
  }

  /** The next of the others, without taking it. */
  peekShared(): Place<T> | undefined {
    let next: Weighted | undefined;
    for (const priority of weighted) {
      if (this.#lanes[priority].items.size === 0) continue;
      if (next === undefined || this.#lanes[priority].had < this.#lanes[next].had) next = priority;
    }
    return next === undefined ? undefined : this.first(next);
  }

  /** Takes what one of the two above found, and counts it against the share of its lane. */
  take(place: Place<T>): T {
    const { item } = place.entry;
    this.remove(place);
    if (place.lane !== 'Critical') {
      const lane = this.#lanes[place.lane];
      this.#had = lane.had;
      lane.had += (item.sizeBytes + messageCost) / weights[place.lane];
    }
    return item;
  }

  /** Takes the next one of all. */
  next(): T | undefined {
    const place = this.peekUrgent() ?? this.peekShared();
    return place === undefined ? undefined : this.take(place);
  }

  /** Everything that waits in a lane, the oldest first; the lane may be changed meanwhile only by taking out what was just seen. */
  *places(priority: PeerPriority): IterableIterator<Place<T>> {
    let entry = this.#lanes[priority].items.first;
    while (entry !== undefined) {
      const { next } = entry;
      yield { lane: priority, entry };
      entry = next;
    }
  }

  /** A lane that was empty has no claim on what the others had meanwhile. */
  #entering(priority: PeerPriority): Lane<T> {
    const lane = this.#lanes[priority];
    if (lane.items.size === 0) lane.had = Math.max(lane.had, this.#had);
    return lane;
  }
}
