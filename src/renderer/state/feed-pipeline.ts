/** Keeps one feed of the node open for a screen: what is wanted is set, the pipeline makes it so, across reconnections. */
import type { Subscription } from '../../common/client/event-queue.ts';
import type { NodeClient } from '../../common/client/node-client.ts';
import type { FeedBatch, WaitingTopic } from '../../common/contract/feeds.ts';
import type { ResultOf } from '../../common/contract/index.ts';
import { SignalboxError } from '../../common/errors.ts';
import { previewCharacters } from './feed-ring.ts';

export type FeedClient = Pick<NodeClient, 'call' | 'subscribe' | 'onState' | 'state'>;
/** `counting`: totals once a second and no events, for a view that is hidden or paused (ui.md 3.4). */
export type FeedMode = 'live' | 'counting';

export type PipelineState =
  /** No topic is wanted. */
  | { readonly kind: 'idle' }
  | { readonly kind: 'opening' }
  | { readonly kind: 'open' }
  /** The connection is gone; the feed is opened again with the next one. */
  | { readonly kind: 'lost'; readonly sinceMs: number }
  /** The node refused. Setting other topics, or a retry, asks again. */
  | { readonly kind: 'failed'; readonly error: SignalboxError };

export interface PipelineListener {
  onState(state: PipelineState): void;
  /** A feed was opened: ids of earlier epochs cannot be read any more. */
  onOpened(epoch: number): void;
  onBatch(batch: FeedBatch, epoch: number): void;
  /** Other topics deliver nothing than before. */
  onWaiting(waiting: readonly WaitingTopic[]): void;
}

interface OpenFeed {
  readonly feedId: string;
  readonly epoch: number;
  readonly subscription: Subscription;
  topics: readonly string[];
  mode: FeedMode;
}

/** How long until topics that deliver nothing are tried again; a node that comes back is tried at once. */
const tryAgainMs = 5_000;
/** Batches that may wait for the page; the node stops by itself when two are not acknowledged. */
const waitingBatches = 16;

export class FeedPipeline {
  readonly #client: FeedClient;
  readonly #listener: PipelineListener;
  readonly #stopState: () => void;
  #wanted: { readonly topics: readonly string[]; readonly mode: FeedMode } = { topics: [], mode: 'counting' };
  #feed: OpenFeed | undefined;
  #epoch = 0;
  #working = false;
  /** What delivers nothing is to be tried again. */
  #stale = false;
  #closed = false;
  #state: PipelineState = { kind: 'idle' };
  #waiting: readonly WaitingTopic[] = [];
  #tryAgain: ReturnType<typeof setTimeout> | undefined;

  constructor(client: FeedClient, listener: PipelineListener) {
    this.#client = client;
    this.#listener = listener;
    this.#stopState = client.onState((state) => {
      if (state.kind === 'connected') void this.#work();
      else this.#lose();
    });
  }

  get state(): PipelineState {
    return this.#state;
  }

  /** The topics the node has confirmed, in its order: `perSecond` of a batch follows it. */
  get topics(): readonly string[] {
    return this.#feed?.topics ?? [];
  }

  /** The mode the node has confirmed. */
  get mode(): FeedMode | undefined {
    return this.#feed?.mode;
  }

  /** Topics that deliver nothing now: their node is away, or it refused. */
  get waiting(): readonly WaitingTopic[] {
    return this.#waiting;
  }

  /** Says what is wanted from now on. */
  want(topics: readonly string[], mode: FeedMode): void {
    this.#wanted = { topics, mode };
    void this.#work();
  }

  /** Asks again after a refusal. */
  retry(): void {
    void this.#work();
  }

  /** Tries the topics that deliver nothing once more: a node is back, or a person wants it. */
  retryWaiting(): void {
    if (this.#waiting.length === 0) return;
    this.#stale = true;
    void this.#work();
  }

  /** Says that a batch was drawn. A lost acknowledgement is no fault: the feed is lost with it. */
  acknowledge(batch: number): void {
    if (this.#feed === undefined) return;
    this.#client.call('feeds.ack', { feedId: this.#feed.feedId, batch }).catch(ignoreLoss);
  }

  /**
   * Reads whole events of the open feed.
   *
   * @param epoch of the header; events of an earlier feed are gone
   * @throws SignalboxError `NOT_FOUND` when the feed is another one by now, or what the node answers
   */
  async read(epoch: number, fromId: number, limit: number, signal?: AbortSignal): Promise<ResultOf<'feeds.read'>> {
    const feed = this.#feed;
    if (feed === undefined || feed.epoch !== epoch) {
      throw new SignalboxError('NOT_FOUND', 'The node no longer keeps this event: the connection was lost since.', { executed: 'no' });
    }
    return this.#client.call('feeds.read', { feedId: feed.feedId, fromId, limit }, signal === undefined ? {} : { signal });
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#stopState();
    this.#end();
  }

  /** One change at a time, until the feed is what is wanted: a later wish never overtakes an earlier call. */
  async #work(): Promise<void> {
    if (this.#working) return;
    this.#working = true;
    try {
      while (!this.#closed && this.#client.state.kind === 'connected' && !this.#isSettled()) await this.#step();
      if (this.#client.state.kind === 'connected' && !this.#closed) this.#set({ kind: this.#feed === undefined ? 'idle' : 'open' });
    } catch (error) {
      if (!isLoss(error)) this.#set({ kind: 'failed', error: toError(error) });
    } finally {
      this.#working = false;
    }
  }

  #isSettled(): boolean {
    if (this.#stale) return false;
    const { topics, mode } = this.#wanted;
    if (this.#feed === undefined) return topics.length === 0;
    return topics.length > 0 && this.#feed.mode === mode && sameTopics(this.#feed.topics, topics);
  }

  async #step(): Promise<void> {
    const { topics, mode } = this.#wanted;
    const retries = this.#stale;
    this.#stale = false;
    if (topics.length === 0) {
      this.#end();
    } else if (this.#feed === undefined) {
      this.#set({ kind: 'opening' });
      await this.#open(topics);
    } else {
      const feed = this.#feed;
      const changed = retries || !sameTopics(feed.topics, topics);
      const { feedId, waiting } = await this.#client.call('feeds.update', {
        feedId: feed.feedId,
        mode,
        ...(changed && { topics: [...topics] }),
      });
      feed.topics = topics;
      feed.mode = mode;
      if (this.#feed?.feedId === feedId) this.#setWaiting(waiting);
    }
  }

  async #open(topics: readonly string[]): Promise<void> {
    const { feedId, topic, waiting } = await this.#client.call('feeds.open', { topics: [...topics], previewBytes: previewCharacters });
    if (this.#closed || this.#client.state.kind !== 'connected') return;
    const subscription = this.#client.subscribe(topic, { maxQueuedEvents: waitingBatches });
    const feed: OpenFeed = { feedId, epoch: ++this.#epoch, subscription, topics, mode: 'live' };
    this.#feed = feed;
    this.#listener.onOpened(feed.epoch);
    this.#setWaiting(waiting);
    void this.#follow(feed);
  }

  async #follow(feed: OpenFeed): Promise<void> {
    try {
      for await (const event of feed.subscription) {
        if (this.#feed === feed) this.#listener.onBatch(event.data as FeedBatch, feed.epoch);
      }
    } catch (error) {
      if (this.#feed !== feed) return;
      this.#feed = undefined;
      if (!isLoss(error)) this.#set({ kind: 'failed', error: toError(error) });
    }
  }

  /** The node frees what a lost connection had; here only the reader is ended. */
  #lose(): void {
    this.#feed?.subscription.dispose();
    this.#feed = undefined;
    this.#setWaiting([]);
    if (this.#state.kind === 'open' || this.#state.kind === 'opening') this.#set({ kind: 'lost', sinceMs: Date.now() });
  }

  #end(): void {
    const feed = this.#feed;
    this.#feed = undefined;
    this.#setWaiting([]);
    feed?.subscription.dispose();
    if (feed !== undefined && this.#client.state.kind === 'connected') {
      this.#client.call('feeds.close', { feedId: feed.feedId }).catch(ignoreLoss);
    }
  }

  #setWaiting(waiting: readonly WaitingTopic[]): void {
    clearTimeout(this.#tryAgain);
    if (waiting.length > 0 && !this.#closed) this.#tryAgain = setTimeout(() => this.retryWaiting(), tryAgainMs);
    if (waiting.length === 0 && this.#waiting.length === 0) return;
    this.#waiting = waiting;
    this.#listener.onWaiting(waiting);
  }

  #set(state: PipelineState): void {
    if (state.kind === this.#state.kind && state.kind !== 'failed') return;
    this.#state = state;
    this.#listener.onState(state);
  }
}

function sameTopics(first: readonly string[], second: readonly string[]): boolean {
  return first.length === second.length && first.every((topic, index) => topic === second[index]);
}

function isLoss(error: unknown): boolean {
  return error instanceof SignalboxError && (error.code === 'NODE_LOST' || error.code === 'NODE_UNREACHABLE' || error.code === 'CANCELLED');
}

function toError(error: unknown): SignalboxError {
  return error instanceof SignalboxError ? error : new SignalboxError('INTERNAL', String(error));
}

/** The state of the connection tells the person. */
function ignoreLoss(): void {}
