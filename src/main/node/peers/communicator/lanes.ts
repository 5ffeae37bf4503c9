import type { PeerPriority } from '../../../../common/contract/peers.ts';
import { peerPriorities } from '../../../../common/contract/peers.ts';
import { TokenBucket } from '../../trust/index.ts';
import { communicatorLimits } from './limits.ts';
import { type Listed, MessageList } from './message-list.ts';

/** Something that waits for its turn. */
export interface Queued<T> extends Listed<T> {
  readonly priority: PeerPriority;
  readonly sizeBytes: number;
  /** Where it waits, or waited last: among those of High for an urgent one above the quota. */
  lane: PeerPriority;
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

class Lane<T extends Queued<T>> {
  readonly items = new MessageList<T>();
  sizeBytes = 0;
  /** How much of its share it has had: the lane that is furthest behind is next. */
  had = 0;
}

/**
 * What waits in four priorities. Critical goes first, up to its quota a second; the others share what is left by weight, so that none of them
 * ever stands still. Order is kept within a priority.
 */
export class PriorityLanes<T extends Queued<T>> {
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
    let size = 0;
    for (const priority of peerPriorities) size += this.#lanes[priority].items.size;
    return size;
  }

  get sizeBytes(): number {
    let sizeBytes = 0;
    for (const priority of peerPriorities) sizeBytes += this.#lanes[priority].sizeBytes;
    return sizeBytes;
  }

  /** Urgent ones above the quota. */
  get demoted(): number {
    return this.#demoted;
  }

  backlog(priority: PeerPriority): Backlog {
    const { items, sizeBytes } = this.#lanes[priority];
    return { messages: items.size, sizeBytes };
  }

  /** The one of a lane that waits longest. */
  first(lane: PeerPriority): T | undefined {
    return this.#lanes[lane].items.first;
  }

  /** The lane for something new: an urgent one above the quota waits among those of High (security.md row 40). */
  laneFor(priority: PeerPriority): PeerPriority {
    if (priority !== 'Critical' || this.#urgent.take(this.#monotonicMs())) return priority;
    this.#demoted++;
    return 'High';
  }

  /** Appends to a lane, see {@link laneFor}. */
  push(item: T, lane: PeerPriority): void {
    this.#entering(item, lane).items.push(item);
  }

  /** Puts something back to the front of the lane that it came from, for it had its turn in vain. */
  putBack(item: T): void {
    this.#entering(item, item.lane).items.unshift(item);
  }

  /** Puts something in the place of another that waits. */
  replace(former: T, item: T): void {
    const lane = this.#lanes[former.lane];
    lane.sizeBytes += item.sizeBytes - former.sizeBytes;
    item.lane = former.lane;
    lane.items.replace(former, item);
  }

  /** @returns false: it does not wait */
  remove(item: T): boolean {
    if (!item.isListed) return false;
    const lane = this.#lanes[item.lane];
    lane.items.remove(item);
    lane.sizeBytes -= item.sizeBytes;
    return true;
  }

  /** The next urgent one, without taking it. */
  peekUrgent(): T | undefined {
    return this.first('Critical');
  }

  /** The next of the others, without taking it. */
  peekShared(): T | undefined {
    let next: Weighted | undefined;
    for (const priority of weighted) {
      if (this.#lanes[priority].items.size === 0) continue;
      if (next === undefined || this.#lanes[priority].had < this.#lanes[next].had) next = priority;
    }
    return next === undefined ? undefined : this.first(next);
  }

  /** Takes what one of the two above found, and counts it against the share of its lane. */
  take(item: T): T {
    this.remove(item);
    if (item.lane !== 'Critical') {
      const lane = this.#lanes[item.lane];
      this.#had = lane.had;
      lane.had += (item.sizeBytes + messageCost) / weights[item.lane];
    }
    return item;
  }

  /** Takes the next one of all. */
  next(): T | undefined {
    const item = this.peekUrgent() ?? this.peekShared();
    return item === undefined ? undefined : this.take(item);
  }

  /** Everything that waits in a lane, the oldest first; the lane may be changed meanwhile only by taking out what was just seen. */
  waiting(lane: PeerPriority): Iterable<T> {
    return this.#lanes[lane].items;
  }

  /** A lane that was empty has no claim on what the others had meanwhile. */
  #entering(item: T, priority: PeerPriority): Lane<T> {
    const lane = this.#lanes[priority];
    if (lane.items.size === 0) lane.had = Math.max(lane.had, this.#had);
    lane.sizeBytes += item.sizeBytes;
    item.lane = priority;
    return lane;
  }
}
