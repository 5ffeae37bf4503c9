import type { FeedBatch, FeedEvent } from '../../../common/contract/feeds.ts';
import type { Limits } from '../../../common/limits.ts';
import { splitTopic, topicMatches } from '../../../common/topics.ts';
import type { Subscriber } from './event-bus.ts';
import type { FeedBudget } from './feed-budget.ts';
import { type FeedItem, FeedRing } from './feed-ring.ts';
import { FollowedTopic } from './followed-topic.ts';
import { previewJson } from './preview-json.ts';
import type { SharedEvent } from './shared-event.ts';

/** `counting`: hidden or paused; totals once a second, no events announced. */
export type FeedMode = 'live' | 'counting';

/** How a screen wants its feed. */
export interface FeedShape {
  /** Least time between batches. */
  readonly beatMs: number;
  /** Characters of each payload sent along. */
  readonly previewBytes: number;
  /** Most events announced a batch, the newest; the rest are counted. */
  readonly maxBatchEvents: number;
}

interface FeedOptions {
  readonly feedId: string;
  readonly shape: FeedShape;
  readonly limits: Limits;
  /** Shared by the feeds of one client. */
  readonly budget: FeedBudget;
  readonly nowMs: () => number;
  /** Hands a batch to the client; false when it is gone. */
  readonly send: (batch: FeedBatch) => boolean;
}

const countingBeatMs = 1_000;
/** Batches a console may leave unacknowledged before the node merges and counts instead of sending. */
const mostUnacknowledged = 2;
/** A feed that waits for an acknowledgement tries again after so many beats: the batch may have come before its reader. */
const beatsBeforeRetry = 20;

/**
 * A screen's view of some topics (ui.md 3.4): whole events stay in a ring of the node, headers go out on a beat, payloads
 * on demand. What a screen cannot take is merged and counted, never queued.
 */
export class Feed implements Subscriber {
  readonly #options: FeedOptions;
  readonly #ring: FeedRing;
  #topics: readonly FollowedTopic[] = [];
  #mode: FeedMode = 'live';
  #timer: NodeJS.Timeout | undefined;
  #received = 0;
  #skipped = 0;
  /** The newest event that was announced or counted as skipped. */
  #announcedId = 0;
  #batch = 0;
  #acknowledged = 0;
  /** What `received` was in the last batch. */
  #reported = 0;
  #lastSentMs: number;
  /** The rates of the last batch are not the last word: another is owed when traffic has ceased. */
  #ratesMove = false;
  #stopped = false;

  constructor(options: FeedOptions) {
    this.#options = options;
    this.#ring = new FeedRing(options.limits.feedEvents, options.budget);
    // The first batch comes a beat after opening, when the screen knows the feed's topic.
    this.#lastSentMs = options.nowMs();
  }

  /**
   * Carries these topics from now on; what was counted on one that stays goes on.
   *
   * @throws SignalboxError `INVALID_PARAMS` when one is no topic
   */
  setTopics(topics: readonly string[]): void {
    this.#topics = topics.map((topic) => this.#topics.find((known) => known.topic === topic) ?? new FollowedTopic(topic));
  }

  setMode(mode: FeedMode): void {
    if (mode === this.#mode) return;
    this.#mode = mode;
    // What was sent to a hidden screen is owed no acknowledgement.
    this.#acknowledged = this.#batch;
    this.#reschedule();
  }

  deliver(event: SharedEvent): void {
    const { topic, meta } = event.message;
    const followed = this.#firstMatch(topic);
    if (followed === undefined || this.#stopped) return;
    const wasQuiet = !this.#hasNews();
    this.#received++;
    followed.received++;
    followed.lost += meta.dropped ?? 0;
    followed.rate.add(this.#options.nowMs());
    this.#ring.push(event, followed);
    // The first event after silence is not kept waiting for the slow beat of silence.
    if (wasQuiet) this.#reschedule();
  }

  acknowledge(batch: number): void {
    if (batch <= this.#acknowledged || batch > this.#batch) return;
    this.#acknowledged = batch;
    this.#reschedule();
  }

  /** Whole events from `fromId` on, as many as fit into `maxBytes` (one at least). */
  read(fromId: number, limit: number, maxBytes: number): { events: FeedEvent[]; oldestId: number; newestId: number; more: boolean } {
    const { oldestId, newestId } = this.#ring;
    const events: FeedEvent[] = [];
    let bytes = 0;
    let id = Math.max(fromId, oldestId);
    for (; id <= newestId && events.length < limit; id++) {
      const item = this.#ring.get(id) as FeedItem;
      bytes += item.sizeBytes;
      if (events.length > 0 && bytes > maxBytes) break;
      events.push(toFeedEvent(item));
    }
    return { events, oldestId, newestId, more: id <= newestId };
  }

  stop(): void {
    this.#stopped = true;
    this.#ring.close();
    clearTimeout(this.#timer);
  }

  #firstMatch(topic: string): FollowedTopic | undefined {
    const split = splitTopic(topic);
    return this.#topics.find(({ filter }) => topicMatches(filter, split));
  }

  /** A batch is due one beat after the last, and only when there is something to say. */
  #schedule(): void {
    if (this.#timer !== undefined || this.#stopped) return;
    if (!this.#hasNews() && !this.#ratesMove) return;
    const dueInMs = Math.max(0, this.#lastSentMs + this.#beatMs() - this.#options.nowMs());
    this.#timer = setTimeout(() => this.#send(), dueInMs).unref();
  }

  #reschedule(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#schedule();
  }

  #hasNews(): boolean {
    return this.#received !== this.#reported || (this.#mode === 'live' && this.#announcedId !== this.#ring.newestId);
  }

  #beatMs(): number {
    if (this.#mode === 'counting' || !this.#hasNews()) return countingBeatMs;
    const { beatMs } = this.#options.shape;
    return this.#batch - this.#acknowledged >= mostUnacknowledged ? beatMs * beatsBeforeRetry : beatMs;
  }

  #send(): void {
    this.#timer = undefined;
    const { newestId } = this.#ring;
    const { maxBatchEvents, previewBytes } = this.#options.shape;
    const nowMs = this.#options.nowMs();
    const items = this.#mode === 'live' ? this.#announce(newestId, maxBatchEvents) : [];
    this.#reported = this.#received;
    this.#lastSentMs = nowMs;
    const topics = this.#topics;
    this.#ratesMove = topics.some(({ rate }) => !rate.isIdle(nowMs));
    const sent = this.#options.send({
      feedId: this.#options.feedId,
      batch: ++this.#batch,
      ids: items.map(({ id }) => id),
      timestamps: items.map(({ event }) => event.message.timestamp),
      topics: items.map(({ event }) => event.message.topic),
      origins: items.map(({ event }) => event.message.meta.identity),
      filters: items.map(({ followed }) => topics.indexOf(followed)),
      sizesBytes: items.map(({ sizeBytes }) => sizeBytes),
      statuses: items.map(({ event }) => event.message.status),
      previews: items.map(({ event }) => previewJson(event.message.data, previewBytes)),
      received: this.#received,
      kept: this.#ring.size,
      keptBytes: this.#ring.bytes,
      evicted: this.#ring.evicted,
      skipped: this.#skipped,
      perSecond: topics.map(({ rate }) => rate.perSecond(nowMs)),
      receivedBy: topics.map(({ received }) => received),
      keptBy: topics.map(({ kept }) => kept),
      keptBytesBy: topics.map(({ keptBytes }) => keptBytes),
      lostBy: topics.map(({ lost }) => lost),
    });
    if (sent) this.#schedule();
    else this.stop();
  }

  /** The newest events not yet announced; older ones that do not fit are counted as skipped. */
  #announce(newestId: number, most: number): FeedItem[] {
    const firstId = Math.max(this.#announcedId + 1, newestId - most + 1, this.#ring.oldestId);
    this.#skipped += firstId - this.#announcedId - 1;
    this.#announcedId = newestId;
    const items: FeedItem[] = [];
    for (let id = firstId; id <= newestId; id++) items.push(this.#ring.get(id) as FeedItem);
    return items;
  }
}

function toFeedEvent({ id, event, sizeBytes }: FeedItem): FeedEvent {
  const { timestamp, topic, meta, name, status, data } = event.message;
  return { id, timestamp, topic, origin: meta.identity, seq: meta.seq, name, status, sizeBytes, dropped: meta.dropped ?? 0, data };
}
