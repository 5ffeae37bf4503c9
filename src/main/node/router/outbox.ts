import type { Limits } from '../../../common/limits.ts';
import type { RouterMetrics } from './router-metrics.ts';
import type { SharedEvent } from './shared-event.ts';
import type { Flushable, Turn } from './turn.ts';
import type { ClientSink } from './types.ts';

/** Topics whose losses are counted apart; beyond, losses are told with the next event whatever its topic. */
const lossTopics = 256;
const otherTopics = '';

interface OutboxOptions {
  readonly sink: ClientSink;
  readonly turn: Turn;
  readonly limits: Limits;
  readonly metrics: RouterMetrics;
  /** Events wait because the client does not take what it was sent. */
  readonly onPaused: () => void;
}

/**
 * Events on their way to one client. Handed over once a turn; while the client is slow they wait, bounded by count and
 * bytes, the oldest lost first and counted (security.md row 12). Nobody else is held up.
 */
export class Outbox implements Flushable {
  readonly #options: OutboxOptions;
  #events: SharedEvent[] = [];
  /** Where the queue begins in `#events`: taking the oldest must not move the rest. */
  #head = 0;
  #bytes = 0;
  #waiting = false;
  #closed = false;
  readonly #losses = new Map<string, number>();

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  /** Events waiting. */
  get size(): number {
    return this.#events.length - this.#head;
  }

  push(event: SharedEvent): void {
    if (this.#closed) return;
    const { limits } = this.#options;
    const size = event.sizeBytes;
    if (this.size >= limits.queuedEventsPerClient || this.#bytes + size > limits.queuedEventBytesPerClient) {
      // A burst within one turn is no reason to lose anything while the client keeps up.
      this.#handOver();
      while (this.size > 0 && (this.size >= limits.queuedEventsPerClient || this.#bytes + size > limits.queuedEventBytesPerClient)) {
        this.#loseOldest();
      }
    }
    this.#events.push(event);
    this.#bytes += size;
    if (this.#waiting) return;
    this.#waiting = true;
    this.#options.turn.add(this);
  }

  /** Hands over what waits, unless the client is behind. */
  flush(): void {
    this.#waiting = false;
    this.#handOver();
  }

  close(): void {
    this.#closed = true;
    this.#events = [];
    this.#head = 0;
    this.#bytes = 0;
    this.#losses.clear();
  }

  #handOver(): void {
    if (this.size === 0 || this.#closed) return;
    const { sink, limits, metrics, onPaused } = this.#options;
    if (sink.bufferedBytes > limits.pausedSocketBytes) {
      onPaused();
      return;
    }
    const events = this.#losses.size === 0 && this.#head === 0 ? this.#events : this.#withLosses();
    this.#events = [];
    this.#head = 0;
    this.#bytes = 0;
    metrics.delivered(events.length);
    sink.sendEvents(events);
  }

  #loseOldest(): void {
    const event = this.#events[this.#head++] as SharedEvent;
    this.#bytes -= event.sizeBytes;
    // At most as many lost events as waiting ones stay referenced, and each event is moved once on average.
    if (this.#head >= this.size) {
      this.#events = this.#events.slice(this.#head);
      this.#head = 0;
    }
    const { topic } = event.message;
    const key = this.#losses.has(topic) || this.#losses.size < lossTopics ? topic : otherTopics;
    this.#losses.set(key, (this.#losses.get(key) ?? 0) + 1);
    event.lost();
    this.#options.metrics.dropped(1);
  }

  /** The first event of a topic after a loss says how many were lost. */
  #withLosses(): SharedEvent[] {
    return this.#events.slice(this.#head).map((event) => {
      const count = (this.#losses.get(event.message.topic) ?? 0) + (this.#losses.get(otherTopics) ?? 0);
      if (count === 0) return event;
      this.#losses.delete(event.message.topic);
      this.#losses.delete(otherTopics);
      return event.withDropped(count);
    });
  }
}
