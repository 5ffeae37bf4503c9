import type { CarrierKind } from '../../../common/contract/nodes.ts';
import { SignalboxError } from '../../../common/errors.ts';
import { levelsMatch, parseTopic } from '../../../common/topics.ts';
import type { EncodedEvent, Subscriber } from '../router/index.ts';
import type { Flushable, Turn } from '../router/turn.ts';
import type { Form, Readers } from './form.ts';
import { federationLimits } from './limits.ts';

export interface EventRelayOptions {
  /** Begins to deliver a local topic to the relay. */
  readonly subscribe: (subscriber: Subscriber, filter: string) => Promise<void>;
  readonly unsubscribe: (subscriber: Subscriber, filter: string) => void;
  /** Publishes on the broker. */
  readonly publish: (topic: string, texts: readonly string[], readers: Readers) => void;
  /** Sends to one member. */
  readonly send: (nodeId: string, texts: readonly string[]) => void;
  /** How a member is reached; undefined: not now. */
  readonly wayTo: (nodeId: string) => CarrierKind | undefined;
  /**
   * True when the broker, or the way to a member, does not keep up: events are dropped, and their sequence numbers show it.
   *
   * @param nodeId absent: the broker
   */
  readonly congested: (nodeId?: string) => boolean;
  readonly turn: Turn;
}

const noReaders: Readers = { secure: false, unsigned: undefined };

/**
 * This node's events for others: a local topic is published on MQTT while some node follows it there, once however many do, and sent to
 * each member that is reached another way. One subscriber for all filters, so that overlapping ones relay an event once.
 */
export class EventRelay implements Subscriber, Flushable {
  readonly #options: EventRelayOptions;
  /** Who follows each filter, and what each of them reads. */
  readonly #followers = new Map<string, Map<string, Form>>();
  readonly #waiting = new Map<string, string[]>();
  /** Pairs of node and filter. */
  #follows = 0;
  /** Who follows each topic that was published, until somebody begins or ends. */
  readonly #audiences = new Map<string, ReadonlyMap<string, Form>>();
  /** The newest event of each topic for members whose way does not keep up. */
  readonly #held = new Map<string, Map<string, string>>();
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
    this.#audiences.clear();
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
    this.#audiences.clear();
  }

  /** A node is gone: it follows nothing any more. */
  lost(origin: string): void {
    this.#held.delete(origin);
    for (const [filter, followers] of [...this.#followers]) if (followers.has(origin)) this.unfollow(origin, filter);
  }

  /** The broker is lost: who was reached there alone subscribes again when it is back. */
  keepOnly(isReached: (origin: string) => boolean): void {
    const origins = new Set([...this.#followers.values()].flatMap((followers) => [...followers.keys()]));
    for (const origin of origins) if (!isReached(origin)) this.lost(origin);
  }

  /** What waited for a member has left: it gets the newest of what was held back. */
  drained(nodeId: string): void {
    const held = this.#held.get(nodeId);
    if (held === undefined || this.#options.congested(nodeId)) return;
    this.#held.delete(nodeId);
    this.#relayed += held.size;
    this.#options.send(nodeId, [...held.values()]);
  }

  deliver(event: EncodedEvent): void {
    if (this.#beginning) return;
    if (event.sizeBytes > federationLimits.messageBytes) {
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
    for (const [topic, texts] of this.#waiting) this.#relay(topic, texts);
    this.#waiting.clear();
  }

  #relay(topic: string, texts: readonly string[]): void {
    const { wayTo, publish, congested, send } = this.#options;
    let readers = noReaders;
    for (const [origin, form] of this.#audienceOf(topic)) {
      const way = form === 'secure' ? wayTo(origin) : undefined;
      if (form !== 'secure')
        readers = { ...readers, unsigned: readers.unsigned === undefined || form !== 'batch' ? form : readers.unsigned };
      else if (way === 'mqtt') readers = { ...readers, secure: true };
      else if (way !== undefined && congested(origin)) this.#hold(origin, topic, texts);
      else if (way !== undefined) {
        send(origin, texts);
        this.#relayed += texts.length;
      }
    }
    if (readers === noReaders) return;
    if (congested()) this.#dropped += texts.length;
    else {
      publish(topic, texts, readers);
      this.#relayed += texts.length;
    }
  }

  /** Keeps the newest for later, and counts what it takes the place of. */
  #hold(origin: string, topic: string, texts: readonly string[]): void {
    const held = this.#held.get(origin) ?? new Map<string, string>();
    this.#held.set(origin, held);
    const newest = texts.at(-1);
    const isKept = newest !== undefined && (held.has(topic) || held.size < federationLimits.heldTopics);
    this.#dropped += texts.length - (isKept && !held.has(topic) ? 1 : 0);
    if (isKept) held.set(topic, newest);
  }

  #audienceOf(topic: string): ReadonlyMap<string, Form> {
    const known = this.#audiences.get(topic);
    if (known !== undefined) return known;
    if (this.#audiences.size >= federationLimits.watchedTopics) this.#audiences.clear();
    const levels = topic.split('/').slice(1);
    const matching = [...this.#followers].filter(([filter]) => levelsMatch(filter.split('/').slice(1), levels));
    const audience = new Map(matching.flatMap(([, followers]) => [...followers]));
    this.#audiences.set(topic, audience);
    return audience;
  }

  #countOf(origin: string): number {
    let count = 0;
    for (const followers of this.#followers.values()) if (followers.has(origin)) count++;
    return count;
  }
}
