import { Worker } from 'node:worker_threads';
import { SignalboxError } from '../../../common/errors.ts';
import { nodeLimits } from '../limits.ts';
import { RetryDelay } from '../retry-delay.ts';
import type { Problems } from '../telemetry/problems.ts';
import { RepeatSampler } from '../telemetry/repeat-sampler.ts';
import type { Logger } from '../telemetry/types.ts';
import { workerUrl } from '../threads/index.ts';
import { failureToError } from './failures.ts';
import type {
  FromWorker,
  StoreAnswer,
  StoreFailure,
  StoreOperation,
  StoreRequest,
  StoreValue,
  ToWorker,
  WorkerOptions,
  WorkerSample,
} from './protocol.ts';
import type { Migration, RunResult, SqlValue, Statement, Store } from './types.ts';

export interface StoreOptions {
  /** Absolute path of the SQLite file; made when it is not there. */
  readonly file: string;
  readonly migrations: readonly Migration[];
  readonly logger: Logger;
  /** Told when the disk refuses, the file is damaged or the worker dies. */
  readonly problems?: Problems;
  /** Electron's `process.resourcesPath`. */
  readonly resourcesPath?: string | undefined;
}

interface Pending {
  readonly sizeBytes: number;
  resolve(value: StoreValue): void;
  reject(error: Error): void;
}

/** `restarting`: it was open, its thread died, and another is about to take its place. */
type State = 'new' | 'open' | 'restarting' | 'stopping' | 'stopped';

/** A SQLite file behind a worker thread. */
export class WorkerStore implements Store {
  readonly #options: StoreOptions;
  readonly #pending = new Map<number, Pending>();
  readonly #faults = new RepeatSampler();
  readonly #sampleWaiters: ((sample: WorkerSample | undefined) => void)[] = [];
  #worker: Worker | undefined;
  #state: State = 'new';
  #nextId = 1;
  #pendingBytes = 0;
  #batch: StoreRequest[] = [];
  #flushScheduled = false;
  #drained: (() => void) | undefined;
  #stopping: Promise<void> | undefined;
  #storageFailing = false;
  #sqliteVersion: string | null = null;
  readonly #retryDelay = new RetryDelay();
  #restartTimer: NodeJS.Timeout | undefined;

  constructor(options: StoreOptions) {
    this.#options = options;
  }

  /** Version of SQLite itself, once open. */
  get sqliteVersion(): string | null {
    return this.#sqliteVersion;
  }

  /**
   * Opens, checks and migrates the file.
   *
   * @throws DamagedFileError the file is not a whole SQLite database
   * @throws SignalboxError `STORAGE_FULL` (read-only or full disk), `CONFLICT` (file of a newer version)
   */
  start(): Promise<void> {
    return this.#open();
  }

  #open(): Promise<void> {
    const { file, migrations, resourcesPath, logger } = this.#options;
    const workerData: WorkerOptions = { file, migrations, resourcesPath };
    const worker = new Worker(workerUrl('store-worker', import.meta.url), { workerData, name: 'store' });
    this.#worker = worker;
    return new Promise((resolve, reject) => {
      let failure: Error | undefined;
      worker.on('message', (message: FromWorker) => {
        if (message.type === 'opened') {
          this.#state = 'open';
          this.#sqliteVersion = message.sqliteVersion;
          if (message.migrated.length > 0)
            logger.info('store.migrated', 'The database schema was brought up to date.', {
              file,
              migrations: message.migrated,
              backup: message.backup,
            });
          resolve();
        } else if (message.type === 'openFailed') {
          if (this.#state === 'new') this.#state = 'stopped';
          failure = failureToError(file, message.failure);
        } else this.#receive(message);
      });
      worker.once('error', (error) => logger.error('store.workerFailed', 'The storage thread met a fault.', { file, error }));
      worker.once('exit', (code) => {
        this.#died(code);
        reject(failure ?? storageStopped(file, 'no'));
      });
    });
  }

  /** Answers what is waiting, empties the journal, ends the worker. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async all<T>(sql: string, params: readonly SqlValue[] = []): Promise<T[]> {
    return (await this.#request({ kind: 'all', sql, params }, sizeOf(sql, params))) as T[];
  }

  async get<T>(sql: string, params: readonly SqlValue[] = []): Promise<T | undefined> {
    return (await this.#request({ kind: 'get', sql, params }, sizeOf(sql, params))) as T | undefined;
  }

  async run(sql: string, params: readonly SqlValue[] = []): Promise<RunResult> {
    return (await this.#request({ kind: 'run', sql, params }, sizeOf(sql, params))) as RunResult;
  }

  async transaction(statements: readonly Statement[]): Promise<readonly RunResult[]> {
    const sizeBytes = statements.reduce((sum, { sql, params }) => sum + sizeOf(sql, params ?? []), 0);
    return (await this.#request({ kind: 'transaction', statements }, sizeBytes)) as readonly RunResult[];
  }

  /** What the worker thread uses right now; undefined when it does not run. */
  sample(): Promise<WorkerSample | undefined> {
    if (this.#state !== 'open') return Promise.resolve(undefined);
    return new Promise((resolve) => {
      this.#sampleWaiters.push(resolve);
      this.#post({ type: 'sample' });
    });
  }

  #request(operation: StoreOperation, sizeBytes: number): Promise<StoreValue> {
    if (this.#state !== 'open') return Promise.reject(storageStopped(this.#options.file, 'no'));
    if (this.#pending.size >= nodeLimits.storePendingRequests || this.#pendingBytes + sizeBytes > nodeLimits.storePendingBytes)
      return Promise.reject(
        new SignalboxError('OVERLOADED', 'The disk is too slow for what the node has to store. Try again.', { executed: 'no' }),
      );
    return new Promise((resolve, reject) => {
      const id = this.#nextId++;
      this.#pending.set(id, { sizeBytes, resolve, reject });
      this.#pendingBytes += sizeBytes;
      this.#batch.push({ ...operation, id });
      if (!this.#flushScheduled) {
        this.#flushScheduled = true;
        setImmediate(() => this.#flush());
      }
    });
  }

  #flush(): void {
    this.#flushScheduled = false;
    const requests = this.#batch;
    this.#batch = [];
    if (requests.length > 0) this.#post({ type: 'batch', requests });
  }

  #post(message: ToWorker): void {
    this.#worker?.postMessage(message);
  }

  #receive(message: FromWorker): void {
    if (message.type === 'answers') for (const answer of message.answers) this.#settle(answer);
    else if (message.type === 'sampled') this.#sampleWaiters.shift()?.(message.sample);
    else if (message.type === 'closed' && message.failure !== null)
      this.#options.logger.warn('store.notCheckpointed', 'The journal could not be emptied; the next start does it.', {
        failure: message.failure,
      });
  }

  #settle(answer: StoreAnswer): void {
    const pending = this.#pending.get(answer.id);
    if (pending === undefined) return;
    this.#pending.delete(answer.id);
    this.#pendingBytes -= pending.sizeBytes;
    if (answer.ok) {
      this.#storageWorks();
      pending.resolve(answer.value);
    } else {
      this.#noteFailure(answer.failure);
      pending.reject(failureToError(this.#options.file, answer.failure));
    }
    if (this.#pending.size === 0) this.#drained?.();
  }

  #storageWorks(): void {
    if (!this.#storageFailing) return;
    this.#storageFailing = false;
    this.#options.problems?.clear('storage.failing');
    this.#options.logger.info('store.recovered', 'The database can be written again.', { file: this.#options.file });
  }

  #noteFailure(failure: StoreFailure): void {
    if (failure.kind === 'constraint') return;
    const { file, logger, problems } = this.#options;
    const suppressed = this.#faults.take(failure.code);
    if (suppressed !== undefined) logger.error('store.failed', 'The database refused a statement.', { file, failure, suppressed });
    if (failure.kind === 'damaged')
      problems?.raise({
        id: 'storage.damaged',
        severity: 'crit',
        title: 'The database is damaged',
        detail: `${file}: ${failure.message}. Make a backup, then restart the node: it offers to reset the file.`,
        view: '/settings',
      });
    else if (failure.kind === 'storage') {
      this.#storageFailing = true;
      problems?.raise({
        id: 'storage.failing',
        severity: 'crit',
        title: 'The node cannot store anything',
        detail: `${file}: ${failure.message}. Free space on the disk or make the data folder writable. Calls that change something fail until then.`,
        view: '/settings',
      });
    }
  }

  async #stop(): Promise<void> {
    clearTimeout(this.#restartTimer);
    const worker = this.#worker;
    const isOpen = this.#state === 'open';
    this.#state = 'stopping';
    if (worker === undefined) return;
    if (!isOpen) {
      await worker.terminate();
      return;
    }
    this.#flush();
    if (this.#pending.size > 0)
      await new Promise<void>((resolve) => {
        this.#drained = resolve;
      });
    if (this.#worker === undefined) return;
    const gone = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
    this.#post({ type: 'close' });
    await gone;
  }

  /** The worker is gone: as asked for, or by a fault. */
  #died(code: number): void {
    const wasOpen = this.#state === 'open';
    this.#worker = undefined;
    if (this.#state === 'stopping' || this.#state === 'new') this.#state = 'stopped';
    for (const resolve of this.#sampleWaiters.splice(0)) resolve(undefined);
    const { file, logger, problems } = this.#options;
    if (wasOpen) {
      this.#state = 'restarting';
      logger.fatal('store.workerGone', 'The storage thread ended unexpectedly.', { file, code, pending: this.#pending.size });
      problems?.raise({
        id: 'storage.stopped',
        severity: 'crit',
        title: 'The storage of the node stopped',
        detail: `The thread that keeps ${file} ended unexpectedly (code ${code}). It is being started again; what needs the disk fails until then. The log has the details.`,
        view: '/settings',
      });
      this.#restartLater();
    }
    for (const pending of this.#pending.values()) pending.reject(storageStopped(file, 'maybe'));
    this.#pending.clear();
    this.#pendingBytes = 0;
    this.#batch = [];
    this.#drained?.();
  }

  #restartLater(): void {
    this.#restartTimer = setTimeout(() => void this.#restart(), this.#retryDelay.nextMs()).unref();
  }

  async #restart(): Promise<void> {
    const { file, logger, problems } = this.#options;
    try {
      await this.#open();
    } catch (error) {
      if (this.#state !== 'restarting') return;
      logger.error('store.restartFailed', 'The storage thread could not be started again.', { file, error });
      this.#restartLater();
      return;
    }
    this.#retryDelay.reset();
    problems?.clear('storage.stopped');
    logger.info('store.restarted', 'The storage thread was started again.', { file });
  }
}

function storageStopped(file: string, executed: 'no' | 'maybe'): SignalboxError {
  return new SignalboxError('STORAGE_FULL', `The storage thread of ${file} does not run. Try again, or restart the node.`, { executed });
}

function sizeOf(sql: string, params: readonly SqlValue[]): number {
  let bytes = sql.length;
  for (const value of params) bytes += typeof value === 'string' ? value.length : value instanceof Uint8Array ? value.byteLength : 8;
  return bytes;
}

/** A store over one SQLite file (WAL, `synchronous=FULL`) in a worker thread of its own. */
export function createStore(options: StoreOptions): WorkerStore {
  return new WorkerStore(options);
}
