import { LRUCache } from 'lru-cache';
import type { TopicStats } from '../../../common/contract/events.ts';
import { SignalboxError } from '../../../common/errors.ts';
import { parseTopic } from '../../../common/topics.ts';
import { previewJson } from './preview-json.ts';
import { RateWindow } from './rate-window.ts';
import type { LossCounter } from './shared-event.ts';

const previewChars = 80;
const rateSeconds = 5;

/** What is known of a local topic that was published on. */
export class TopicRecord<Target> implements LossCounter {
  readonly topic: string;
  readonly levels: readonly string[];
  readonly #rate = new RateWindow(rateSeconds);
  #lastPreview: string | null = null;
  #lastAtMs: number | null = null;
  seq = 0;
  /** Events of the topic that slow clients lost. */
  dropped = 0;
  /** Who gets the topic's events, as of `targetsVersion` of the subscriptions. */
  targets: readonly Target[] = [];
  targetsVersion = -1;

  constructor(topic: string, levels: readonly string[]) {
    this.topic = topic;
    this.levels = levels;
  }

  /** Counts one event; returns its sequence number. */
  count(data: unknown, nowMs: number): number {
    this.#rate.add(nowMs);
    this.#lastAtMs = nowMs;
    this.#lastPreview = previewJson(data, previewChars);
    return ++this.seq;
  }

  stats(nowMs: number, subscribers: number): TopicStats {
    return {
      topic: this.topic,
      published: this.seq,
      perSecond: this.#rate.perSecond(nowMs),
      subscribers,
      dropped: this.dropped,
      lastAt: this.#lastAtMs,
      lastPreview: this.#lastPreview,
    };
  }
}

/** The local topics that were published on, the least recently used forgotten first. */
export class TopicRegistry<Target> {
  readonly #records: LRUCache<string, TopicRecord<Target>>;
  #forgotten = 0;

  constructor(maxTopics: number) {
    this.#records = new LRUCache({
      max: maxTopics,
      dispose: (_record, _topic, reason) => {
        if (reason === 'evict') this.#forgotten++;
      },
    });
  }

  get size(): number {
    return this.#records.size;
  }

  /** Topics that were forgotten because there were too many; such a topic counts from 1 again. */
  get forgotten(): number {
    return this.#forgotten;
  }

  /**
   * The record of a topic, made on first use.
   *
   * @throws SignalboxError `INVALID_PARAMS` when it is no concrete local topic
   */
  record(topic: string): TopicRecord<Target> {
    const known = this.#records.get(topic);
    if (known !== undefined) return known;
    const parsed = parseTopic(topic);
    if (parsed.identity !== undefined || parsed.hasWildcard) {
      throw new SignalboxError('INVALID_PARAMS', `${topic} cannot be published on: a local topic without wildcards is needed.`, {
        executed: 'no',
      });
    }
    const record = new TopicRecord<Target>(topic, parsed.levels);
    this.#records.set(topic, record);
    return record;
  }

  /** Most recently used first. */
  *values(): Generator<TopicRecord<Target>> {
    yield* this.#records.values();
  }
}
