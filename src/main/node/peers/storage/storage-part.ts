import { join } from 'node:path';
import { SignalboxError } from '../../../../common/errors.ts';
import type { Startable } from '../../startable.ts';
import { createStore } from '../../store/index.ts';
import type { Logs, Metrics, Problems } from '../../telemetry/index.ts';
import type { Communicator } from '../types.ts';
import { Copies } from './copies.ts';
import { storageMigrations } from './migrations.ts';
import { OnDemandStore } from './on-demand-store.ts';
import { type DeleteOptions, OwnValues, type PutOptions } from './own-values.ts';
import { PeerStore } from './peer-store.ts';
import { type Replica, Replicas } from './replicas.ts';
import { Replication } from './replication.ts';
import { StorageMetrics } from './storage-metrics.ts';
import { type PeerChange, StorageRequests } from './storage-requests.ts';
import type { KeyRange, Page, StoredItem, StoredValue } from './stored-value.ts';
import { ownValues, type StorageQuota, Usage } from './usage.ts';

export interface StoragePartOptions {
  readonly nodeId: string;
  readonly dataFolder: string;
  readonly communicator: Pick<Communicator, 'request' | 'answer' | 'on' | 'conduct' | 'reachable' | 'onReachable'>;
  /** Asked at each write, so that a change counts at once. */
  readonly quota: () => StorageQuota;
  readonly keepsCopies: () => boolean;
  /** Told of changes that peers made to values of this node, and awaited before they are answered. */
  readonly onPeerChange?: (change: PeerChange) => Promise<void>;
  /** Name of a node for people. */
  readonly nameOf: (nodeId: string) => string;
  readonly logs: Logs;
  readonly problems: Problems;
  readonly metrics: Metrics;
  /** Electron's `process.resourcesPath`. */
  readonly resourcesPath?: string | undefined;
  /** How often copies are compared with replicas that stay reachable, milliseconds; for tests. */
  readonly compareEveryMs?: number;
  /** Wall clock, milliseconds since the epoch; for tests. */
  readonly nowMs?: () => number;
}

/** An item of this node with its copies elsewhere. */
export type Replicated<T> = T & { readonly replicas: readonly Replica[] };

/** How much the store holds. */
export interface StorageUsage {
  readonly own: { readonly items: number; readonly sizeBytes: number };
  readonly copies: readonly { readonly ownerId: string; readonly items: number; readonly sizeBytes: number }[];
  readonly quota: StorageQuota;
  readonly refused: number;
}

const unreadable = 'store.unreadable';

/** The key-value store of a node: its own values, copies of them at chosen peers, and the copies that it keeps for others. */
export class StoragePart implements Startable {
  readonly #options: StoragePartOptions;
  readonly #nowMs: () => number;
  readonly #stopping = new AbortController();
  readonly #store: OnDemandStore;
  readonly #usage: Usage;
  readonly #own: OwnValues;
  readonly #copies: Copies;
  readonly #replicas: Replicas;
  readonly #replication: Replication;

  constructor(options: StoragePartOptions) {
    const { nodeId, dataFolder, communicator, keepsCopies, nameOf, logs, problems, metrics, resourcesPath, nowMs = Date.now } = options;
    const { compareEveryMs } = options;
    const logger = logs.logger('peers');
    const file = join(dataFolder, 'store.db');
    this.#options = options;
    this.#nowMs = nowMs;
    this.#usage = new Usage(options.quota);
    this.#store = new OnDemandStore(
      file,
      () => createStore({ file, migrations: storageMigrations, logger: logs.logger('store'), problems, resourcesPath }),
      async (store) => {
        await this.#usage.load(store);
        problems.clear(unreadable);
      },
    );
    this.#own = new OwnValues(this.#store, this.#usage, nowMs);
    this.#copies = new Copies(this.#store, this.#usage, nowMs);
    this.#replicas = new Replicas(this.#store);
    const figures = new StorageMetrics(metrics, this.#usage, () => this.#replicas.waiting());
    this.#replication = new Replication({
      communicator,
      own: this.#own,
      replicas: this.#replicas,
      peers: new PeerStore(communicator, nodeId, this.#stopping.signal),
      nameOf,
      logger,
      problems,
      onCopy: (outcome) => figures.copied(outcome),
      ...(compareEveryMs !== undefined && { compareEveryMs }),
    });
    new StorageRequests({
      nodeId,
      communicator,
      own: this.#own,
      copies: this.#copies,
      keepsCopies,
      nowMs,
      onChanged: async (change) => {
        this.#replicate(change.key);
        await options.onPeerChange?.(change);
      },
      onRefused: (code) => figures.refused(code),
      logger,
    });
  }

  /** Never rejects: a node whose values cannot be read is of use without them, and says so. */
  async start(): Promise<void> {
    try {
      await this.#store.start();
    } catch (error) {
      this.#options.logs.logger('peers').error('store.notOpened', 'The key-value store could not be opened.', { error });
      this.#options.problems.raise({
        id: unreadable,
        severity: 'crit',
        title: 'The key-value store cannot be read',
        detail: `${(error as Error).message} Everything else of this node works. Stop it and run signalbox rescue inspect; signalbox rescue reset store.db begins with an empty store, and copies at other nodes stay there.`,
        view: '/settings',
      });
    }
    await this.#replication.start();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#replication.stop();
    await this.#store.stop();
  }

  /**
   * A value of this node, or the copy that it keeps for another.
   *
   * @param owner node id; without: this node
   * @throws SignalboxError `NOT_FOUND`, `STORAGE_FULL`
   */
  async get(key: string, owner?: string): Promise<Replicated<StoredValue>> {
    const isOwn = this.#isOwn(owner);
    const found = isOwn ? await this.#own.get(key) : await this.#copies.get(owner, key);
    if (found === undefined) {
      const where = isOwn ? 'in the store of this node' : `among the copies that this node keeps for ${this.#options.nameOf(owner)}`;
      throw new SignalboxError('NOT_FOUND', `There is no ${key} ${where}.`, { executed: 'no' });
    }
    return { ...found, replicas: isOwn ? await this.#replicasOf(key) : [] };
  }

  /** Keys in order, without their values. @param owner node id; without: this node */
  async list(range: KeyRange, owner?: string): Promise<Page<Replicated<StoredItem>>> {
    if (!this.#isOwn(owner)) {
      const { items, more } = await this.#copies.list(owner, range);
      return { items: items.map((item) => ({ ...item, replicas: [] })), more };
    }
    const { items, more } = await this.#own.list(range);
    const [first, last] = [items[0], items.at(-1)];
    const replicas = first === undefined || last === undefined ? new Map() : await this.#replicas.between(first.key, last.key);
    return { items: items.map((item) => ({ ...item, replicas: replicas.get(item.key) ?? [] })), more };
  }

  /**
   * Stores a value of this node. When it resolves the value is on the disk; copies follow.
   *
   * @returns what was stored
   * @throws SignalboxError `CONFLICT` (another version), `LIMIT`, `STORAGE_FULL`
   */
  async put(options: Omit<PutOptions, 'atMs'>): Promise<Replicated<StoredItem>> {
    const { key, value, by } = options;
    const atMs = this.#nowMs();
    const version = await this.#own.put({ ...options, atMs });
    const replicas = await this.#replicasOf(key);
    this.#replicate(key);
    return { key, version, sizeBytes: value.length, updatedAt: atMs, updatedBy: by, replicas };
  }

  /**
   * Deletes a value of this node, and its copies.
   *
   * @returns whether there was one
   * @throws SignalboxError `CONFLICT` (another version), `STORAGE_FULL`
   */
  async delete(options: DeleteOptions): Promise<boolean> {
    const version = await this.#own.delete(options);
    if (version !== undefined) this.#replicate(options.key);
    return version !== undefined;
  }

  /** Drops the copies kept for a node. @returns how many */
  forget(owner: string): Promise<number> {
    return this.#copies.forget(owner);
  }

  usage(): StorageUsage {
    const { items, sizeBytes } = this.#usage.of(ownValues);
    return { own: { items, sizeBytes }, copies: this.#usage.owners(), quota: this.#usage.quota, refused: this.#usage.refused };
  }

  #isOwn(owner: string | undefined): owner is undefined {
    return owner === undefined || owner === this.#options.nodeId;
  }

  async #replicasOf(key: string): Promise<readonly Replica[]> {
    return (await this.#replicas.between(key, key)).get(key) ?? [];
  }

  /** Not waited for: the value is stored, and what cannot be sent now is sent later. */
  #replicate(key: string): void {
    this.#replication.wakeFor(key).catch((error: unknown) => {
      this.#options.logs
        .logger('peers')
        .warn('store.copiesWait', 'Copies of a value wait: their replicas could not be read.', { key, error });
    });
  }
}
