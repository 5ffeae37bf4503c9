import type { FeedBatch } from '../../common/contract/feeds.ts';

/** What was counted. Totals go on across reconnections. */
export interface FeedCounters {
  readonly received: number;
  /** In the node's memory and readable by id. */
  readonly kept: number;
  readonly keptBytes: number;
  /** No longer in the node's memory: pushed out by newer events, or gone with a lost connection. */
  readonly evicted: number;
  /** Counted and kept by the node, but never announced here: more came than a beat carries. */
  readonly skipped: number;
  /** Came while the view was frozen. */
  readonly sinceFrozen: number;
  /** By topic, since it was subscribed on this connection. */
  readonly byTopic: ReadonlyMap<string, TopicCounters>;
}

/** What came on one topic of the feed. */
export interface TopicCounters {
  readonly perSecond: number;
  /** In the node's memory. */
  readonly kept: number;
  readonly keptBytes: number;
  /** Pushed out of the node's memory, or lost on the way to it. */
  readonly dropped: number;
}

const nothing: FeedCounters = { received: 0, kept: 0, keptBytes: 0, evicted: 0, skipped: 0, sinceFrozen: 0, byTopic: new Map() };

/** Adds the totals of one feed after another: each new connection counts from nothing. */
export class FeedTally {
  #counters = nothing;
  /** Of the feeds before the open one. */
  #earlier = nothing;
  #received = 0;

  get counters(): FeedCounters {
    return this.#counters;
  }

  /** What the open feed had received until the last batch. */
  get received(): number {
    return this.#received;
  }

  reset(): void {
    this.#counters = nothing;
    this.#earlier = nothing;
    this.#received = 0;
  }

  /** A new feed begins; what the node kept for the earlier one is gone. */
  beginFeed(): void {
    const { kept, evicted } = this.#counters;
    this.#counters = { ...this.#counters, kept: 0, keptBytes: 0, evicted: evicted + kept, byTopic: new Map() };
    this.#earlier = this.#counters;
    this.#received = 0;
  }

  /**
   * @param topics of the open feed, in the order of the batch's counts
   * @param frozenAt what the feed had received when the view was frozen; undefined while it moves
   */
  take(batch: FeedBatch, topics: readonly string[], frozenAt: number | undefined): void {
    this.#received = batch.received;
    this.#counters = {
      received: this.#earlier.received + batch.received,
      kept: batch.kept,
      keptBytes: batch.keptBytes,
      evicted: this.#earlier.evicted + batch.evicted,
      skipped: this.#earlier.skipped + batch.skipped,
      sinceFrozen: frozenAt === undefined ? 0 : batch.received - frozenAt,
      // While an update is under way the order of the counts is that of the earlier topics.
      byTopic:
        batch.perSecond.length === topics.length
          ? new Map(topics.map((topic, index) => [topic, countersOf(batch, index)]))
          : this.#counters.byTopic,
    };
  }

  /** The count of a frozen view begins anew. */
  restartFrozen(): void {
    this.#counters = { ...this.#counters, sinceFrozen: 0 };
  }
}

function countersOf(batch: FeedBatch, index: number): TopicCounters {
  const kept = batch.keptBy[index] ?? 0;
  return {
    perSecond: batch.perSecond[index] ?? 0,
    kept,
    keptBytes: batch.keptBytesBy[index] ?? 0,
    dropped: (batch.receivedBy[index] ?? 0) - kept + (batch.lostBy[index] ?? 0),
  };
}
