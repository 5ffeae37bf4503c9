import { SignalboxError } from '../errors.ts';
import { type ParsedTopic, parseTopic, splitTopic, topicMatches } from '../topics.ts';
import type { EventMessage } from '../wire/messages.ts';
import type { ConnectionState } from './connection.ts';
import { EventQueue, type Subscription } from './event-queue.ts';

interface SubscriptionTableOptions {
  readonly send: (method: 'subscribe_channel' | 'unsubscribe_channel', topic: string) => Promise<unknown>;
  readonly state: () => ConnectionState;
}

interface Channel {
  readonly parsed: ParsedTopic;
  readonly queues: Set<EventQueue>;
  confirmed: Promise<unknown>;
  /** A subscribe request is under way and needs no repeat. */
  waiting: boolean;
}

/** The client's subscriptions: one on the wire per topic, however many readers; restored after a reconnection. */
export class SubscriptionTable {
  readonly #options: SubscriptionTableOptions;
  readonly #channels = new Map<string, Channel>();

  constructor(options: SubscriptionTableOptions) {
    this.#options = options;
  }

  add(topic: string, maxQueuedEvents: number): Subscription {
    const queue = new EventQueue(maxQueuedEvents);
    let channel = this.#channels.get(topic);
    if (channel === undefined) {
      channel = { parsed: parseTopic(topic), queues: new Set(), confirmed: Promise.resolve(), waiting: false };
      this.#channels.set(topic, channel);
      this.#subscribe(topic, channel);
    }
    const mine = channel;
    mine.queues.add(queue);
    const ready = mine.confirmed.then(
      () => undefined,
      (error: unknown) => {
        // A loss of the connection is no refusal: the next connection restores the channel.
        if (!this.#isLoss(error)) {
          this.#remove(topic, mine, queue);
          queue.end(error);
        }
        throw error;
      },
    );
    // Whoever only iterates learns of the refusal there.
    ready.catch(() => undefined);
    const dispose = () => {
      queue.end();
      this.#remove(topic, mine, queue);
    };
    return {
      ready,
      get dropped() {
        return queue.dropped;
      },
      dispose,
      [Symbol.asyncIterator]: () => ({
        next: () => queue.next(),
        return: () => {
          dispose();
          return Promise.resolve({ done: true, value: undefined } as const);
        },
      }),
    };
  }

  deliver(event: EventMessage): void {
    const topic = splitTopic(event.topic);
    for (const channel of this.#channels.values()) {
      if (!topicMatches(channel.parsed, topic)) continue;
      for (const queue of channel.queues) queue.push(event);
    }
  }

  restore(): void {
    for (const [topic, channel] of this.#channels) {
      if (channel.waiting) continue;
      this.#subscribe(topic, channel).catch((error: unknown) => {
        if (this.#isLoss(error)) return;
        for (const queue of channel.queues) queue.end(error);
        this.#channels.delete(topic);
      });
    }
  }

  /** Ends every subscription: with an error when no connection will come back, without one when the client was closed. */
  end(error?: SignalboxError): void {
    for (const channel of this.#channels.values()) for (const queue of channel.queues) queue.end(error);
    this.#channels.clear();
  }

  #subscribe(topic: string, channel: Channel): Promise<unknown> {
    channel.waiting = true;
    const confirmed = this.#options.send('subscribe_channel', topic).finally(() => {
      channel.waiting = false;
    });
    confirmed.catch(() => undefined);
    channel.confirmed = confirmed;
    return confirmed;
  }

  #remove(topic: string, channel: Channel, queue: EventQueue): void {
    if (!channel.queues.delete(queue) || channel.queues.size > 0 || this.#channels.get(topic) !== channel) return;
    this.#channels.delete(topic);
    // When the connection is gone the node has forgotten it already.
    this.#options.send('unsubscribe_channel', topic).catch(() => undefined);
  }

  /** True when the next connection makes it good. A node that answers `NODE_UNREACHABLE` knows no such node: that is a refusal. */
  #isLoss(error: unknown): boolean {
    const { kind } = this.#options.state();
    if (!(error instanceof SignalboxError) || kind === 'closed') return false;
    if (error.code === 'NODE_UNREACHABLE') return kind !== 'connected';
    return error.code === 'NODE_LOST' || error.code === 'TIMEOUT';
  }
}
