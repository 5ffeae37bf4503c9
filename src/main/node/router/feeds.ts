import type { FeedEvent, WaitingTopic } from '../../../common/contract/feeds.ts';
import { SignalboxError } from '../../../common/errors.ts';
import type { Principal } from '../../../common/roles.ts';
import { Feed, type FeedMode, type FeedShape } from './feed.ts';
import { FeedBudget } from './feed-budget.ts';
import { FeedTopics } from './feed-topics.ts';
import { checkFilter, mayFollow } from './filter-rights.ts';
import type { Router } from './router.ts';

interface Opened {
  readonly feed: Feed;
  readonly budget: FeedBudget;
  readonly clientId: string;
  readonly following: FeedTopics;
  topics: readonly string[];
}

export interface FeedChange {
  readonly topics: readonly string[] | undefined;
  readonly mode: FeedMode | undefined;
}

/** The feeds of all clients: each belongs to the connection that opened it and goes with it. */
export class Feeds {
  readonly #router: Router;
  readonly #nowMs: () => number;
  readonly #opened = new Map<string, Opened>();
  #nextId = 1;

  constructor(router: Router, nowMs: () => number) {
    this.#router = router;
    this.#nowMs = nowMs;
    router.onDisconnect((clientId) => {
      for (const [feedId, opened] of [...this.#opened]) if (opened.clientId === clientId) this.#end(feedId, opened);
    });
    router.onRolesChanged((clientId, principal) => {
      for (const opened of this.#opened.values()) if (opened.clientId === clientId) this.#restrict(opened, principal);
    });
  }

  /**
   * Opens a feed; its first batch comes with the first beat that has something.
   *
   * @throws SignalboxError `BAD_REQUEST` (no connection, whose end would end the feed), `INVALID_PARAMS` (a topic), `FORBIDDEN`, `OVERLOADED` (too many feeds)
   */
  async open(
    clientId: string,
    principal: Principal,
    shape: FeedShape & { readonly topics: readonly string[] },
  ): Promise<{ feedId: string; topic: string; waiting: WaitingTopic[] }> {
    this.#router.checkConnected(clientId);
    const { limits } = this.#router;
    const mine = [...this.#opened.values()].filter((opened) => opened.clientId === clientId);
    if (mine.length >= limits.feedsPerClient) {
      throw new SignalboxError('OVERLOADED', `This connection has ${mine.length} feeds open already. Close one first.`, { executed: 'no' });
    }
    const budget = mine[0]?.budget ?? new FeedBudget(limits.feedBytes);
    const feedId = `feed-${this.#nextId++}`;
    const topic = `/feeds/${feedId}`;
    const feed = new Feed({
      feedId,
      shape,
      limits,
      budget,
      nowMs: this.#nowMs,
      send: (batch) => this.#router.publishTo(clientId, topic, batch, batch.batch),
    });
    const opened: Opened = { feed, budget, clientId, following: new FeedTopics(this.#router, feed), topics: [] };
    this.#opened.set(feedId, opened);
    try {
      return { feedId, topic, waiting: await this.#follow(opened, shape.topics, principal) };
    } catch (error) {
      this.#end(feedId, opened);
      throw error;
    }
  }

  /**
   * Changes what a feed carries, and tries again what did not deliver.
   *
   * @throws SignalboxError `NOT_FOUND`, and as {@link open}
   */
  async update(clientId: string, principal: Principal, feedId: string, change: FeedChange): Promise<WaitingTopic[]> {
    const opened = this.#find(clientId, feedId);
    if (change.mode !== undefined) opened.feed.setMode(change.mode);
    return this.#follow(opened, change.topics ?? opened.topics, principal);
  }

  /** @throws SignalboxError `NOT_FOUND` */
  acknowledge(clientId: string, feedId: string, batch: number): void {
    this.#find(clientId, feedId).feed.acknowledge(batch);
  }

  /** @throws SignalboxError `NOT_FOUND` */
  read(
    clientId: string,
    feedId: string,
    fromId: number,
    limit: number,
  ): { events: FeedEvent[]; oldestId: number; newestId: number; more: boolean } {
    return this.#find(clientId, feedId).feed.read(fromId, limit, this.#router.limits.feedReadBytes);
  }

  /** @throws SignalboxError `NOT_FOUND` */
  close(clientId: string, feedId: string): void {
    this.#end(feedId, this.#find(clientId, feedId));
  }

  #follow(opened: Opened, topics: readonly string[], principal: Principal): Promise<WaitingTopic[]> {
    for (const topic of topics) checkFilter(topic, principal);
    opened.feed.setTopics(topics);
    opened.topics = topics;
    return opened.following.follow(topics);
  }

  /** Stops to follow what its client may follow no longer. The feed's filters stay, so that their numbers hold. */
  #restrict(opened: Opened, principal: Principal): void {
    for (const topic of opened.topics) if (!mayFollow(topic, principal)) opened.following.end(topic);
    opened.topics = opened.topics.filter((topic) => mayFollow(topic, principal));
  }

  #find(clientId: string, feedId: string): Opened {
    const opened = this.#opened.get(feedId);
    // Another client's feed is not told from none: ids are easy to guess.
    if (opened === undefined || opened.clientId !== clientId) {
      throw new SignalboxError('NOT_FOUND', `There is no feed ${feedId} on this connection. Open it again.`, { executed: 'no' });
    }
    return opened;
  }

  #end(feedId: string, opened: Opened): void {
    this.#opened.delete(feedId);
    this.#router.unsubscribe(opened.feed);
    opened.feed.stop();
  }
}
