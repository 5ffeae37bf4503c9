import type { WaitingTopic } from '../../../common/contract/feeds.ts';
import { SignalboxError, toErrorShape } from '../../../common/errors.ts';
import type { Subscriber } from './event-bus.ts';

/** How long a screen waits for the word of other nodes; a topic that takes longer begins by itself later. */
const graceMs = 1_000;

/** What begins and ends subscriptions. */
export interface TopicSource {
  subscribe(subscriber: Subscriber, topic: string): Promise<void>;
  unsubscribe(subscriber: Subscriber, topic: string): unknown;
}

interface Begun {
  /** `asking`: the other node has not confirmed yet. */
  state: 'asking' | 'live' | SignalboxError;
  ended: Promise<void>;
}

/** The subscriptions of one feed: what one topic's node refuses, or does not answer, holds up no other topic. */
export class FeedTopics {
  readonly #source: TopicSource;
  readonly #subscriber: Subscriber;
  readonly #begun = new Map<string, Begun>();

  constructor(source: TopicSource, subscriber: Subscriber) {
    this.#source = source;
    this.#subscriber = subscriber;
  }

  /** Follows these topics and no others; one that was refused before is tried again. */
  async follow(topics: readonly string[]): Promise<WaitingTopic[]> {
    for (const topic of [...this.#begun.keys()]) if (!topics.includes(topic)) this.end(topic);
    for (const topic of topics) {
      const known = this.#begun.get(topic);
      if (known === undefined || known.state instanceof SignalboxError) this.#begin(topic);
    }
    let timer: NodeJS.Timeout | undefined;
    const grace = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, graceMs).unref();
    });
    await Promise.race([Promise.all([...this.#begun.values()].map((begun) => begun.ended)), grace]);
    clearTimeout(timer);
    return topics.flatMap((topic) => this.#waiting(topic));
  }

  end(topic: string): void {
    this.#begun.delete(topic);
    this.#source.unsubscribe(this.#subscriber, topic);
  }

  #begin(topic: string): void {
    const begun: Begun = { state: 'asking', ended: Promise.resolve() };
    this.#begun.set(topic, begun);
    begun.ended = this.#source.subscribe(this.#subscriber, topic).then(
      () => {
        begun.state = 'live';
      },
      (error: unknown) => {
        begun.state = error instanceof SignalboxError ? error : SignalboxError.fromShape(toErrorShape(error));
      },
    );
  }

  #waiting(topic: string): readonly WaitingTopic[] {
    const state = this.#begun.get(topic)?.state ?? 'live';
    if (state === 'live') return [];
    if (state === 'asking') return [{ topic, code: null, message: 'The node has not confirmed the subscription yet.' }];
    return [{ topic, code: state.code, message: state.message }];
  }
}
