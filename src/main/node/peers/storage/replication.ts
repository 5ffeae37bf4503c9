import { SignalboxError, toErrorShape } from '../../../../common/errors.ts';
import { RetryDelay } from '../../retry-delay.ts';
import type { Startable } from '../../startable.ts';
import type { Logger, Problems } from '../../telemetry/index.ts';
import { RepeatSampler } from '../../telemetry/repeat-sampler.ts';
import type { Communicator } from '../types.ts';
import { digestOf } from './copies.ts';
import { storageLimits } from './limits.ts';
import type { OwnValues } from './own-values.ts';
import { type PeerStore, RefusedByReplica } from './peer-store.ts';
import type { PendingCopy, Replicas } from './replicas.ts';

export interface ReplicationOptions {
  readonly communicator: Pick<Communicator, 'reachable' | 'onReachable' | 'conduct'>;
  readonly own: OwnValues;
  readonly replicas: Replicas;
  readonly peers: PeerStore;
  readonly nameOf: (nodeId: string) => string;
  readonly logger: Logger;
  readonly problems: Problems;
  /** How a copy ended, for metrics. */
  readonly onCopy: (outcome: 'stored' | 'deleted' | 'refused' | 'failed') => void;
  /** Milliseconds; for tests. */
  readonly compareEveryMs?: number;
}

interface Run {
  /** Something came while it ran. */
  again: boolean;
  /** What the node holds is to be compared first. */
  compare: boolean;
  /** Keys that were counted past what the node holds: once is enough for one that says the truth. */
  readonly counted: Set<string>;
  /** Resolves when it has ended. */
  ended: Promise<void>;
}

const problemId = 'store.copiesRefused';

/** Brings the copies of this node's values to their replicas, whenever these can be reached, until they hold what they have to. */
export class Replication implements Startable {
  readonly #options: ReplicationOptions;
  readonly #runs = new Map<string, Run>();
  readonly #delays = new Map<string, RetryDelay>();
  readonly #retries = new Map<string, NodeJS.Timeout>();
  readonly #faults = new RepeatSampler();
  #timer: NodeJS.Timeout | undefined;
  #unlisten: (() => void) | undefined;
  #stopped = false;
  /** Something was refused, or may be taken by now. All copies are looked at to tell, which a single put is not to cost. */
  #refusalsChanged = true;

  constructor(options: ReplicationOptions) {
    this.#options = options;
  }

  start(): Promise<void> {
    const { communicator, compareEveryMs = storageLimits.compareEveryMs } = this.#options;
    this.#unlisten = communicator.onReachable((nodeId) => this.wake(nodeId, true));
    this.#timer = setInterval(() => this.#wakeAll(), compareEveryMs).unref();
    this.#wakeAll();
    return Promise.resolve();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#timer);
    this.#unlisten?.();
    for (const timer of this.#retries.values()) clearTimeout(timer);
    await Promise.all([...this.#runs.values()].map(({ ended }) => ended));
  }

  /**
   * Sends what a node lacks.
   *
   * @param compare what it holds is asked for first; else what it took is relied on
   */
  wake(nodeId: string, compare = false): void {
    if (this.#stopped || !this.#options.communicator.reachable().includes(nodeId)) return;
    const running = this.#runs.get(nodeId);
    if (running !== undefined) {
      running.again = true;
      running.compare ||= compare;
      return;
    }
    clearTimeout(this.#retries.get(nodeId));
    this.#retries.delete(nodeId);
    const run: Run = { again: true, compare, counted: new Set(), ended: Promise.resolve() };
    this.#runs.set(nodeId, run);
    run.ended = this.#run(nodeId, run);
  }

  /** Wakes the replicas of a key, also those that have to delete their copy. */
  async wakeFor(key: string): Promise<void> {
    for (const nodeId of await this.#options.replicas.nodesOf(key)) this.wake(nodeId);
  }

  #wakeAll(): void {
    for (const nodeId of this.#options.communicator.reachable()) this.wake(nodeId, true);
  }

  /** Never rejects. It is among the runs until it looks for more no more, so that nobody wakes it in vain. */
  async #run(nodeId: string, run: Run): Promise<void> {
    try {
      while (run.again && !this.#stopped) {
        run.again = false;
        if (run.compare) {
          run.compare = false;
          await this.#compare(nodeId);
        }
        await this.#sendPending(nodeId);
        if (this.#refusalsChanged) await this.#tellRefusals();
      }
      this.#runs.delete(nodeId);
      this.#delays.delete(nodeId);
    } catch (error) {
      this.#runs.delete(nodeId);
      this.#retryLater(nodeId, error);
    }
  }

  /** What a node holds is what counts: it may have been away, or have lost its store. */
  async #compare(nodeId: string): Promise<void> {
    const { replicas, own, peers } = this.#options;
    if (!(await replicas.isAt(nodeId))) return;
    await replicas.tryRefusedAgain(nodeId);
    const wanted = await replicas.wantedAt(nodeId);
    if ((await peers.digest(nodeId)) === digestOf(wanted)) {
      await replicas.allTaken(
        nodeId,
        wanted.filter(({ version, heldVersion }) => heldVersion !== version),
      );
      return;
    }
    let after = '';
    for (let pages = 0; pages < storageLimits.comparePages && !this.#stopped; pages++) {
      const page = await peers.list(nodeId, after);
      const last = page.more ? page.items.at(-1)?.key : undefined;
      for (const { key, version } of await replicas.found(nodeId, after, last, page.items))
        if (this.#isBelieved(nodeId, key, version)) await own.countPast(key, version);
      if (last === undefined) return;
      after = last;
    }
  }

  async #sendPending(nodeId: string): Promise<void> {
    const { replicas } = this.#options;
    let afterKey = '';
    for (;;) {
      const pending = await replicas.pendingAt(nodeId, afterKey);
      const waiting = pending.values();
      await Promise.all(Array.from({ length: storageLimits.copiesAtOnce }, () => this.#sendEach(nodeId, waiting)));
      const last = pending.at(-1);
      if (last === undefined || this.#stopped) return;
      afterKey = last.key;
    }
  }

  async #sendEach(nodeId: string, waiting: IterableIterator<PendingCopy>): Promise<void> {
    for (const copy of waiting) {
      if (this.#stopped) return;
      await this.#sendOne(nodeId, copy);
    }
  }

  async #sendOne(nodeId: string, { key, version, act }: PendingCopy): Promise<void> {
    const { own, replicas, peers, onCopy } = this.#options;
    try {
      if (act === 'delete') {
        await peers.delete(nodeId, key, version);
        await replicas.deleted(nodeId, key);
        onCopy('deleted');
        return;
      }
      // It may have been changed or deleted since the list was read: then this node is woken again.
      const value = await own.get(key);
      if (value === undefined) return;
      await peers.put(nodeId, value);
      await replicas.taken(nodeId, key, value.version);
      onCopy('stored');
    } catch (error) {
      if (!(error instanceof RefusedByReplica)) {
        onCopy('failed');
        throw error;
      }
      onCopy('refused');
      await this.#refused(nodeId, { key, version, act }, error);
    }
  }

  async #refused(nodeId: string, { key, version, act }: PendingCopy, { message, heldVersion }: RefusedByReplica): Promise<void> {
    const { own, replicas } = this.#options;
    if (heldVersion !== undefined && heldVersion >= version && this.#isBelieved(nodeId, key, heldVersion)) {
      await own.countPast(key, heldVersion);
      this.wake(nodeId);
    } else if (act === 'put') {
      this.#refusalsChanged = true;
      await replicas.refused(nodeId, key, version, message);
    } else {
      // A copy that cannot be deleted there is none of this node's any more.
      await replicas.deleted(nodeId, key);
    }
  }

  /** Whether a key is to be counted past the version that a node says it holds: it could go on for ever, or until no version is left. */
  #isBelieved(nodeId: string, key: string, heldVersion: number): boolean {
    if (heldVersion > storageLimits.believedVersion) {
      this.#options.communicator.conduct(nodeId, 'invalid', `it says that it holds version ${heldVersion} of ${key}`);
      return false;
    }
    const counted = this.#runs.get(nodeId)?.counted;
    if (counted?.has(key) === true) return false;
    counted?.add(key);
    return true;
  }

  #retryLater(nodeId: string, error: unknown): void {
    this.#log(nodeId, error);
    if (this.#stopped) return;
    const delay = this.#delays.get(nodeId) ?? new RetryDelay();
    this.#delays.set(nodeId, delay);
    clearTimeout(this.#retries.get(nodeId));
    this.#retries.set(nodeId, setTimeout(() => this.wake(nodeId, true), delay.nextMs()).unref());
  }

  #log(nodeId: string, error: unknown): void {
    const suppressed = this.#faults.take(nodeId);
    if (suppressed === undefined) return;
    const { logger, nameOf } = this.#options;
    const isExpected = error instanceof SignalboxError && error.retryable;
    logger[isExpected ? 'info' : 'warn']('store.copiesWait', `Copies for ${nameOf(nodeId)} wait: it could not be asked.`, {
      nodeId,
      error: toErrorShape(error),
      suppressed,
    });
  }

  async #tellRefusals(): Promise<void> {
    const { replicas, problems, nameOf } = this.#options;
    this.#refusalsChanged = false;
    const refusals = await replicas.refusals();
    if (refusals.length > 0) this.#refusalsChanged = true;
    if (refusals.length === 0) {
      problems.clear(problemId);
      return;
    }
    const named = refusals.map(({ nodeId, values, refusal }) => `${nameOf(nodeId)} does not take ${values}: ${refusal}`);
    problems.raise({
      id: problemId,
      severity: 'warn',
      title: 'Copies of stored values are refused',
      detail: `${named.join(' ')} Choose another replica, or make room there.`,
      view: '/nodes',
    });
  }
}
