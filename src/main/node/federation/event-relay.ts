import { SignalboxError } from '../../../common/errors.ts';
import { parseTopic } from '../../../common/topics.ts';
import type { EncodedEvent, Subscriber } from '../router/index.ts';
import type { Flushable, Turn } from '../router/turn.ts';
import type { Form, Readers } from './form.ts';
import { federationLimits } from './limits.ts';

export interface EventRelayOptions {
  /** Begins to deliver a local topic to the relay. */
  readonly subscribe: (subscriber: Subscriber, filter: string) => Promise<void>;
  readonly unsubscribe: (subscriber: Subscriber, filter: string) => void;
  readonly publish: (topic: string, texts: readonly string[], readers: Readers) => void;
  /** True when the broker does not keep up: events are dropped, and their sequence numbers show it. */
  readonly congested: () => boolean;
  readonly turn: Turn;
}

const noReaders: Readers = { secure: false, unsigned: undefined };

/** What followers of these forms read together, and those of before. */
function readersOf(forms: readonly Form[], before = noReaders): Readers {
  let { secure, unsigned } = before;
  for (const form of forms) {
    if (form === 'secure') secure = true;
    else if (unsigned === undefined || form !== 'batch') unsigned = form;
  }
  return { secure, unsigned };
}

/**
 * This node's events for others: a local topic is published on MQTT while some node follows it, once however many do. One
 * subscriber for all filters, so that overlapping ones relay an event once.
 */
export class EventRelay implements Subscriber, Flushable {
  readonly #options: EventRelayOptions;
  /** Who follows each filter, and what each of them reads. */
  readonly #followers = new Map<string, Map<string, Form>>();
  readonly #waiting = new Map<string, string[]>();
  /** Pairs of node and filter. */
  #follows = 0;
  #readers = noReaders;
  #scheduled = false;
  #beginning = false;
  #relayed = 0;
  #dropped = 0;

  constructor(options: EventRelayOptions) {
    this.#options = options;
  }

  /** Filters that some node follows. */
  get filters(): number {
    return this.#followers.size;
  }

  get relayed(): number {
    return this.#relayed;
  }

  get dropped(): number {
    return this.#dropped;
  }

  /**
   * A node begins to follow a filter; a repeat changes nothing.
   *
   * @throws SignalboxError `INVALID_PARAMS` (no local filter), `OVERLOADED` (too many)
   */
  follow(origin: string, form: Form, filter: string): void {
    if (parseTopic(filter).identity !== undefined)
      throw new SignalboxError('INVALID_PARAMS', 'A subscription of another node names a topic of this one.', { executed: 'no' });
    const followers = this.#followers.get(filter) ?? new Map<string, Form>();
    if (!followers.has(origin) && this.#countOf(origin) >= federationLimits.filtersPerNode)
      throw new SignalboxError('OVERLOADED', `The node ${origin} follows ${federationLimits.filtersPerNode} topics here already.`, {
        executed: 'no',
      });
    if (!followers.has(origin) && ++this.#follows > federationLimits.follows) {
      this.#follows--;
      throw new SignalboxError('OVERLOADED', 'Other nodes follow too many topics here already.', { executed: 'no' });
    }
    followers.set(origin, form);
    this.#readers = readersOf([form], this.#readers);
    if (this.#followers.has(filter)) return;
    this.#followers.set(filter, followers);
    // Last values go to the new follower alone, by its inbox; those that the bus delivers here at once are the same.
    this.#beginning = true;
    void this.#options.subscribe(this, filter);
    this.#beginning = false;
  }

  unfollow(origin: string, filter: string): void {
    const followers = this.#followers.get(filter);
    if (followers?.delete(origin) !== true) return;
    this.#follows--;
    if (followers.size === 0) {
      this.#followers.delete(filter);
      this.#options.unsubscribe(this, filter);
    }
    this.#readers = readersOf([...this.#followers.values()].flatMap((forms) => [...forms.values()]));
  }

  /** A node is gone: it follows nothing any more. */
  lost(origin: string): void {
    for (const [filter, followers] of [...this.#followers]) if (followers.has(origin)) this.unfollow(origin, filter);
  }

  /** Nobody can be reached: everybody subscribes again when they are back. */
  lostAll(): void {
    for (const filter of this.#followers.keys()) this.#options.unsubscribe(this, filter);
    this.#followers.clear();
    this.#follows = 0;
    this.#waiting.clear();
    this.#readers = noReaders;
  }

  deliver(event: EncodedEvent): void {
    if (this.#beginning) return;
    if (this.#options.congested() || event.sizeBytes > federationLimits.messageBytes) {
      this.#dropped++;
      return;
    }
    const { topic } = event.message;
    const texts = this.#waiting.get(topic);
    if (texts === undefined) this.#waiting.set(topic, [event.text]);
    else texts.push(event.text);
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#options.turn.add(this);
  }

  flush(): void {
    this.#scheduled = false;
    for (const [topic, texts] of this.#waiting) {
      this.#options.publish(topic, texts, this.#readers);
      this.#relayed += texts.length;
    }
    this.#waiting.clear();
  }

  #countOf(origin: string): number {
    let count = 0;
    for (const followers of this.#followers.values()) if (followers.has(origin)) count++;
    return count;
  }
}
