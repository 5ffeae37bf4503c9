import type { TopicStats } from '../../../common/contract/events.ts';
import { SignalboxError } from '../../../common/errors.ts';
import type { Limits } from '../../../common/limits.ts';
import { type ParsedTopic, parseTopic } from '../../../common/topics.ts';
import type { EventMessage, EventName } from '../../../common/wire/messages.ts';
import type { Logger } from '../telemetry/types.ts';
import { isSelf, type SelfNames } from './classify.ts';
import { DemandTable } from './demand.ts';
import { RemoteLinks } from './remote-links.ts';
import type { RemoteNodes } from './remote-nodes.ts';
import { RetainedEvents } from './retained-events.ts';
import type { RouterMetrics } from './router-metrics.ts';
import { SharedEvent } from './shared-event.ts';
import { SubscriptionTrie } from './subscription-trie.ts';
import { TopicRegistry } from './topic-registry.ts';

/** Somebody who gets events: a client's queue, a feed. */
export interface Subscriber {
  deliver(event: SharedEvent): void;
}

export interface PublishOptions {
  /** Default `data_generated`, or `error_generated` when the status is `error`. */
  readonly name?: EventName;
  readonly status?: 'data' | 'error';
  /** Keeps the event as the topic's last value, sent to each new subscriber at once. */
  readonly retain?: boolean;
}

interface Entry {
  readonly subscriber: Subscriber;
  readonly parsed: ParsedTopic;
  /** What stands before the topic in events of this subscription; undefined: nothing (a local topic). */
  readonly prefix: string | undefined;
  readonly local: boolean;
  /** The node of a remote subscription, or `+`. */
  readonly remote: string | undefined;
  /** Settles with the word of the other node; whoever asks for the same meanwhile waits for it too. */
  confirmed: Promise<void>;
}

interface EventBusOptions {
  readonly self: () => SelfNames;
  readonly limits: Limits;
  readonly logger: Logger;
  readonly metrics: RouterMetrics;
  readonly nowMs: () => number;
  readonly remoteNodes: RemoteNodes | undefined;
}

/** Topics of this node and, through {@link RemoteNodes}, of others: who published, who listens, what was last said. */
export class EventBus {
  readonly #options: EventBusOptions;
  readonly #local = new SubscriptionTrie<Entry>();
  readonly #remote = new SubscriptionTrie<Entry>();
  readonly #entries = new Map<Subscriber, Map<string, Entry>>();
  readonly #topics: TopicRegistry<Entry>;
  readonly #retained: RetainedEvents;
  /** Last values of other nodes' topics that somebody here follows; the first level is the node. */
  readonly #remoteRetained: RetainedEvents;
  readonly #demand: DemandTable;
  readonly #links: RemoteLinks | undefined;
  /** Goes up with every change of a local subscription, so that a topic's targets are found once. */
  #version = 0;

  constructor(options: EventBusOptions) {
    this.#options = options;
    this.#topics = new TopicRegistry(options.limits.trackedTopics);
    this.#retained = new RetainedEvents(options.limits);
    this.#remoteRetained = new RetainedEvents(options.limits);
    this.#demand = new DemandTable(options.logger);
    if (options.remoteNodes !== undefined) {
      this.#links = new RemoteLinks(options.remoteNodes, (nodeId, event) => this.#deliverRemote(nodeId, event));
      options.remoteNodes.onLost((nodeId) => this.#remoteRetained.forgetBelow(nodeId));
    }
  }

  get topicCount(): number {
    return this.#topics.size;
  }

  get subscriptionCount(): number {
    let count = 0;
    for (const entries of this.#entries.values()) count += entries.size;
    return count;
  }

  /**
   * Publishes on a local topic.
   *
   * @throws SignalboxError `INVALID_PARAMS` when the topic is not one
   */
  publish(topic: string, data: unknown, options: PublishOptions = {}): { readonly event: EventMessage; readonly subscribers: number } {
    const record = this.#topics.record(topic);
    const nowMs = this.#options.nowMs();
    const status = options.status ?? 'data';
    const message: EventMessage = {
      type: 'event',
      name: options.name ?? (status === 'error' ? 'error_generated' : 'data_generated'),
      status,
      topic,
      data,
      meta: {
        identity: this.#options.self().nodeId,
        seq: record.count(data, nowMs),
        // Tells those who relay it that a later subscriber wants it too.
        ...(options.retain === true && { retained: true }),
      },
      timestamp: nowMs,
    };
    this.#options.metrics.published(nowMs);
    if (record.targetsVersion !== this.#version) {
      record.targets = distinct(this.#local.match(record.levels));
      record.targetsVersion = this.#version;
    }
    const { targets } = record;
    if (targets.length > 0 || options.retain === true) {
      const event = new SharedEvent(message, record);
      if (options.retain === true) this.#retained.keep(record.levels, event);
      for (const target of targets) target.subscriber.deliver(named(event, target));
    }
    return { event: message, subscribers: targets.length };
  }

  /**
   * Begins to deliver a topic; a repeat changes nothing. Last values of matching topics follow at once.
   *
   * @param filter as a client writes it: `/stats`, `node/stats`, `+/stats`
   * @throws SignalboxError `INVALID_PARAMS`, `NODE_UNREACHABLE` (no such node, or it did not confirm)
   */
  async subscribe(subscriber: Subscriber, filter: string): Promise<void> {
    const mine = this.#entries.get(subscriber) ?? new Map<string, Entry>();
    const known = mine.get(filter);
    if (known !== undefined) return await known.confirmed;
    const entry = this.#place(subscriber, filter);
    mine.set(filter, entry);
    this.#entries.set(subscriber, mine);
    if (entry.local) {
      this.#local.add(entry.parsed.levels, entry);
      this.#version++;
      this.#demand.added(entry.parsed.levels);
      for (const event of this.#retained.matching(entry.parsed.levels)) subscriber.deliver(named(event, entry));
    }
    if (entry.remote === undefined || this.#links === undefined) return;
    this.#remote.add([entry.remote, ...entry.parsed.levels], entry);
    // Who joins a running subscription gets the last values from here; the far node sends them to the first.
    if (this.#links.holds(entry.remote, entry.parsed.levels)) this.#replayRemote(entry);
    entry.confirmed = this.#links.acquire(entry.remote, entry.parsed.levels);
    try {
      await entry.confirmed;
    } catch (error) {
      if (mine.get(filter) === entry) this.unsubscribe(subscriber, filter);
      throw error;
    }
  }

  /** Ends a subscription; false when there was none. */
  unsubscribe(subscriber: Subscriber, filter: string): boolean {
    const mine = this.#entries.get(subscriber);
    const entry = mine?.get(filter);
    if (mine === undefined || entry === undefined) return false;
    mine.delete(filter);
    if (mine.size === 0) this.#entries.delete(subscriber);
    if (entry.local) {
      this.#local.remove(entry.parsed.levels, entry);
      this.#version++;
      this.#demand.removed(entry.parsed.levels);
    }
    if (entry.remote !== undefined && this.#links !== undefined) {
      this.#remote.remove([entry.remote, ...entry.parsed.levels], entry);
      this.#links.release(entry.remote, entry.parsed.levels);
    }
    return true;
  }

  /** Ends every subscription of somebody. */
  drop(subscriber: Subscriber): void {
    for (const filter of [...(this.#entries.get(subscriber)?.keys() ?? [])]) this.unsubscribe(subscriber, filter);
  }

  /** The filters somebody holds. */
  filtersOf(subscriber: Subscriber): readonly string[] {
    return [...(this.#entries.get(subscriber)?.keys() ?? [])];
  }

  /** Tells whether anybody listens to a local topic (or filter), now and at every change. Returns how to stop. */
  onDemand(topic: string, listener: (wanted: boolean) => void): () => void {
    return this.#demand.watch(parseTopic(topic).levels, listener);
  }

  /** The last values of the local topics that a filter matches. */
  lastValues(filter: string): readonly SharedEvent[] {
    return this.#retained.matching(parseTopic(filter).levels);
  }

  /** The topics published on, most recent first. */
  topics(limit: number): { topics: TopicStats[]; dropped: number } {
    const nowMs = this.#options.nowMs();
    const topics: TopicStats[] = [];
    for (const record of this.#topics.values()) {
      if (topics.length >= limit) break;
      topics.push(record.stats(nowMs, distinct(this.#local.match(record.levels)).length));
    }
    return { topics, dropped: this.#topics.forgotten };
  }

  #place(subscriber: Subscriber, filter: string): Entry {
    const parsed = parseTopic(filter);
    const { identity } = parsed;
    const self = this.#options.self();
    const confirmed = Promise.resolve();
    if (identity === undefined) return { subscriber, parsed, prefix: undefined, local: true, remote: undefined, confirmed };
    if (identity === '+') return { subscriber, parsed, prefix: self.nodeId, local: true, remote: '+', confirmed };
    if (isSelf(identity, self)) return { subscriber, parsed, prefix: identity, local: true, remote: undefined, confirmed };
    const node = this.#options.remoteNodes?.find(identity);
    if (node === undefined) {
      throw new SignalboxError('NODE_UNREACHABLE', `No node named ${identity} is known here, so its topics cannot be followed.`, {
        executed: 'no',
      });
    }
    return { subscriber, parsed, prefix: identity, local: false, remote: node.nodeId, confirmed };
  }

  #replayRemote(entry: Entry): void {
    const { remote = '+', parsed } = entry;
    for (const event of this.#remoteRetained.matching([remote, ...parsed.levels])) {
      const prefix = remote === '+' ? event.message.meta.identity : entry.prefix;
      entry.subscriber.deliver(named(event, { ...entry, prefix }));
    }
  }

  #deliverRemote(nodeId: string, message: EventMessage): void {
    const levels = message.topic.split('/').slice(1);
    const event = new SharedEvent(message);
    if (message.meta.retained === true) this.#remoteRetained.keep([nodeId, ...levels], event);
    const entries = this.#remote.match([nodeId, ...levels]).map((entry) => (entry.remote === '+' ? { ...entry, prefix: nodeId } : entry));
    for (const entry of distinct(entries)) entry.subscriber.deliver(named(event, entry));
  }
}

function named(event: SharedEvent, entry: Entry): SharedEvent {
  return entry.prefix === undefined ? event : event.withTopic(`${entry.prefix}${event.message.topic}`);
}

/** One entry for each subscriber and form of the topic, so that overlapping filters deliver an event once. */
function distinct(entries: readonly Entry[]): readonly Entry[] {
  if (entries.length < 2) return entries;
  const seen = new Map<Subscriber, Set<string | undefined>>();
  return entries.filter((entry) => {
    const prefixes = seen.get(entry.subscriber);
    if (prefixes === undefined) {
      seen.set(entry.subscriber, new Set([entry.prefix]));
      return true;
    }
    if (prefixes.has(entry.prefix)) return false;
    prefixes.add(entry.prefix);
    return true;
  });
}
