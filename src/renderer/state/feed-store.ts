/** The renderer's half of the event pipeline (ui.md 3.4): ring, view, sampling, counters; one version a batch. */
import type { FeedBatch, WaitingTopic } from '../../common/contract/feeds.ts';
import type { FeedClient, FeedMode, PipelineState } from './feed-pipeline.ts';
import { FeedPipeline } from './feed-pipeline.ts';
import { type FeedGap, type FeedGapReason, FeedRing, headerOfBatch } from './feed-ring.ts';
import { FeedSampler, type SampleRates } from './feed-sampler.ts';
import { type FeedSubscription, SubscriptionMatcher } from './feed-subscriptions.ts';
import { type FeedCounters, FeedTally } from './feed-tally.ts';
import { FeedView } from './feed-view.ts';

/** What the filter looks at. */
export interface FilterInput {
  readonly topic: string;
  /** Id of the node that published it. */
  readonly origin: string;
  readonly preview: string;
  readonly isError: boolean;
}
export type EventFilter = (event: FilterInput) => boolean;

export interface FeedStoreOptions {
  /** Calls back once what was just changed is on the screen. */
  readonly afterDraw: (act: () => void) => void;
  readonly nowMs?: () => number;
}

export class FeedStore {
  readonly ring = new FeedRing();
  readonly view = new FeedView(this.ring);
  readonly #sampler = new FeedSampler();
  readonly #tally = new FeedTally();
  readonly #options: FeedStoreOptions;
  readonly #nowMs: () => number;
  readonly #listeners = new Set<() => void>();
  readonly #batchListeners = new Set<(batch: FeedBatch) => void>();
  #client: FeedClient | undefined;
  #pipeline: FeedPipeline | undefined;
  #subscriptions: readonly FeedSubscription[] = [];
  #matcher = new SubscriptionMatcher([]);
  #filter: EventFilter | undefined;
  #paused = false;
  #shown = false;
  #version = 0;
  #frozen: { readonly reason: FeedGapReason; readonly fromMs: number; readonly received: number } | undefined;
  #lostAtMs: number | undefined;
  #waitingGaps: FeedGap[] = [];
  #clearedAtId = -1;
  #newestId = -1;
  #waitingSinceMs: number;

  constructor(options: FeedStoreOptions) {
    this.#options = options;
    this.#nowMs = options.nowMs ?? Date.now;
    this.#waitingSinceMs = this.#nowMs();
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };
  /** Counts up by one with every batch and every act. */
  readonly version = (): number => this.#version;

  get state(): PipelineState {
    return this.#pipeline?.state ?? { kind: 'idle' };
  }

  get counters(): FeedCounters {
    return this.#tally.counters;
  }

  get sampled(): boolean {
    return this.#sampler.sampled;
  }

  get rates(): SampleRates {
    return this.#sampler.rates(this.#nowMs());
  }

  get paused(): boolean {
    return this.#paused;
  }

  /** First event id that an export takes: what was cleared stays cleared. */
  get exportFromId(): number {
    return this.#clearedAtId + 1;
  }

  /** Since when the list has been waiting for its first event: opened, cleared, or given other topics. */
  get waitingSinceMs(): number {
    return this.#waitingSinceMs;
  }

  /** Which feed ids belong to now. */
  get epoch(): number {
    return this.#epoch;
  }
  #epoch = 0;

  /**
   * Works over this client from now on. Another client is another sign-in: nothing of the earlier one is kept.
   *
   * @returns true when the client is another one
   */
  attach(client: FeedClient): boolean {
    if (client === this.#client) return false;
    this.#pipeline?.close();
    this.#client = client;
    this.#subscriptions = [];
    this.#matcher = new SubscriptionMatcher([]);
    this.ring.clear();
    this.#tally.reset();
    this.#frozen = undefined;
    this.#lostAtMs = undefined;
    this.#waitingGaps = [];
    this.#pipeline = new FeedPipeline(client, {
      onState: (state) => {
        if (state.kind === 'lost') this.#lostAtMs ??= state.sinceMs;
        this.#bump();
      },
      onOpened: (epoch) => this.#opened(epoch),
      onBatch: (batch, epoch) => this.#take(batch, epoch),
      onWaiting: () => this.#bump(),
    });
    this.#applyMode();
    this.#applyPredicate();
    return true;
  }

  setSubscriptions(subscriptions: readonly FeedSubscription[]): void {
    this.#subscriptions = subscriptions;
    this.#waitingSinceMs = this.#nowMs();
    this.#matcher = new SubscriptionMatcher(subscriptions);
    this.#applyMode();
    this.#applyPredicate();
  }

  setFilter(filter: EventFilter | undefined): void {
    this.#filter = filter;
    this.#applyPredicate();
  }

  /** Paused: the list stands still, counting goes on. */
  setPaused(paused: boolean): void {
    this.#paused = paused;
    this.#applyMode();
    this.#bump();
  }

  /** False while the window is hidden or another view is open. */
  setShown(shown: boolean): void {
    if (this.#shown === shown) return;
    this.#shown = shown;
    this.#applyMode();
  }

  clear(): void {
    this.ring.clear();
    this.#clearedAtId = this.#newestId;
    this.#waitingSinceMs = this.#nowMs();
    this.#waitingGaps = [];
    if (this.#frozen !== undefined) this.#frozen = { ...this.#frozen, fromMs: this.#nowMs(), received: this.#tally.received };
    this.#tally.restartFrozen();
    this.view.refresh();
    this.#bump();
  }

  retry(): void {
    this.#pipeline?.retry();
  }

  /** Why a topic delivers nothing now; undefined when it does, as far as is known. */
  waitingOf(topic: string): WaitingTopic | undefined {
    return this.#pipeline?.waiting.find((waiting) => waiting.topic === topic);
  }

  /** Tries the topics that deliver nothing once more. */
  retryWaiting(): void {
    this.#pipeline?.retryWaiting();
  }

  /** The subscription that shows a topic. */
  subscriptionOf(topic: string): FeedSubscription | undefined {
    return this.#matcher.find(topic);
  }

  /** @see FeedPipeline.read */
  read(...args: Parameters<FeedPipeline['read']>): ReturnType<FeedPipeline['read']> {
    if (this.#pipeline === undefined) throw new Error('The feed is read before it is attached.');
    return this.#pipeline.read(...args);
  }

  /** Tells of every batch with events; returns how to stop. */
  onBatch(listener: (batch: FeedBatch) => void): () => void {
    this.#batchListeners.add(listener);
    return () => this.#batchListeners.delete(listener);
  }

  get #mode(): FeedMode {
    return this.#paused || !this.#shown ? 'counting' : 'live';
  }

  #applyMode(): void {
    const mode = this.#mode;
    if (mode === 'counting' && this.#frozen === undefined) {
      this.#frozen = { reason: this.#paused ? 'paused' : 'hidden', fromMs: this.#nowMs(), received: this.#tally.received };
    }
    this.#pipeline?.want(
      this.#subscriptions.map(({ topic }) => topic),
      mode,
    );
  }

  #applyPredicate(): void {
    const filter = this.#filter;
    const matcher = this.#matcher;
    this.view.setPredicate((sequence) => {
      if (this.ring.kindOf(sequence) === 'gap') return true;
      const topic = this.ring.topicOf(sequence);
      if (matcher.find(topic) === undefined) return false;
      if (filter === undefined) return true;
      return filter({
        topic,
        origin: this.ring.originOf(sequence),
        preview: this.ring.previewOf(sequence),
        isError: this.ring.kindOf(sequence) === 'error',
      });
    });
    this.#bump();
  }

  #opened(epoch: number): void {
    this.#epoch = epoch;
    const { received } = this.#tally.counters;
    this.#tally.beginFeed();
    this.#clearedAtId = -1;
    this.#newestId = -1;
    this.#sampler.reset();
    const nowMs = this.#nowMs();
    this.#waitingSinceMs = nowMs;
    if (this.#lostAtMs !== undefined && received > 0) {
      this.#waitingGaps.push({ reason: 'reconnect', fromMs: this.#lostAtMs, toMs: nowMs, missing: undefined });
    }
    this.#lostAtMs = undefined;
    if (this.#frozen !== undefined) this.#frozen = { ...this.#frozen, fromMs: nowMs, received: 0 };
    if (this.#mode === 'live') this.#pushWaitingGaps();
    this.view.refresh();
    this.#bump();
  }

  #take(batch: FeedBatch, epoch: number): void {
    const sinceLast = Math.max(0, batch.received - this.#tally.received);
    const announced = batch.ids.length;
    this.#newestId = Math.max(this.#newestId, batch.ids.at(-1) ?? -1);
    if (this.#mode === 'live' && (announced > 0 || this.#pipeline?.mode === 'live')) {
      // What came while the view was frozen has a row of its own, and is no burst.
      const thawed = this.#thaw(batch);
      this.#push(batch, epoch, thawed ? announced : sinceLast);
    }
    this.#tally.take(batch, this.#pipeline?.topics ?? [], this.#frozen?.received);
    this.view.refresh();
    this.#bump();
    if (announced > 0) for (const listener of this.#batchListeners) listener(batch);
    this.#options.afterDraw(() => this.#pipeline?.acknowledge(batch.batch));
  }

  #push(batch: FeedBatch, epoch: number, sinceLast: number): void {
    const announced = batch.ids.length;
    const chosen = this.#sampler.choose({
      atMs: this.#nowMs(),
      received: sinceLast,
      announced,
      matches: (index) => this.#shows(batch, index),
    });
    const merged = sinceLast - announced;
    // In the sampled view the strip says it once; in the whole view each hole has its row.
    if (merged > 0 && announced > 0 && !this.#sampler.sampled) {
      const atMs = batch.timestamps[0] ?? this.#nowMs();
      this.ring.pushGap({ reason: 'merged', fromMs: atMs, toMs: atMs, missing: merged });
    }
    for (const index of chosen) this.ring.push(headerOfBatch(batch, index, epoch));
  }

  #shows(batch: FeedBatch, index: number): boolean {
    const topic = batch.topics[index] ?? '';
    if (this.#matcher.find(topic) === undefined) return false;
    return (
      this.#filter?.({
        topic,
        origin: batch.origins[index] ?? '',
        preview: batch.previews[index] ?? '',
        isError: batch.statuses[index] === 'error',
      }) ?? true
    );
  }

  /** The first batch after a pause: a row says what came meanwhile. @returns whether it is that batch */
  #thaw(batch: FeedBatch): boolean {
    const frozen = this.#frozen;
    if (frozen === undefined) return false;
    this.#frozen = undefined;
    this.#pushWaitingGaps();
    this.#sampler.reset();
    const missing = batch.received - batch.ids.length - frozen.received;
    if (missing > 0 && this.ring.count > 0) {
      this.ring.pushGap({ reason: frozen.reason, fromMs: frozen.fromMs, toMs: this.#nowMs(), missing });
    }
    return true;
  }

  #pushWaitingGaps(): void {
    for (const gap of this.#waitingGaps) this.ring.pushGap(gap);
    this.#waitingGaps = [];
  }

  #bump(): void {
    this.#version++;
    for (const listener of this.#listeners) listener();
  }
}

/** After the frame that follows: hidden pages draw none, so they go on at once. */
function afterNextFrame(act: () => void): void {
  if (document.visibilityState === 'hidden') act();
  else requestAnimationFrame(() => setTimeout(act));
}

/** The one feed of the console. It outlives its screen, so that coming back finds the list as it was. */
export const feed = new FeedStore({ afterDraw: afterNextFrame });
