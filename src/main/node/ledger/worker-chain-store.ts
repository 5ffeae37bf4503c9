import { Worker } from 'node:worker_threads';
import { SignalboxError } from '../../../common/errors.ts';
import type { Startable } from '../startable.ts';
import { failureToError } from '../store/failures.ts';
import { workerUrl } from '../threads/index.ts';
import type { BroughtBlock, ChainPlace, ChainStore, EntryQuery, OwnBlock, VerifyProgress, VerifyResult } from './chain-store.ts';
import type { CopyShares } from './copy-share.ts';
import type { ExportPart } from './export/export-part.ts';
import { ledgerLimits } from './limits.ts';
import type {
  FromLedgerWorker,
  LedgerArguments,
  LedgerFailure,
  LedgerMethod,
  LedgerResult,
  LedgerWorkerData,
  ToLedgerWorker,
} from './worker-messages.ts';

interface Pending {
  readonly onProgress: ((progress: VerifyProgress) => void) | undefined;
  resolve(value: unknown): void;
  reject(error: Error): void;
}

export interface WorkerChainStoreOptions extends LedgerWorkerData {
  /** Told when the thread ends though nobody asked it to; what waited for it was refused. @param code of its end */
  readonly onDied?: (code: number) => void;
}

/** The file of the chains behind a thread of its own. */
export class WorkerChainStore implements ChainStore, Startable {
  readonly #options: WorkerChainStoreOptions;
  readonly #pending = new Map<number, Pending>();
  #worker: Worker | undefined;
  #stopping: Promise<void> | undefined;
  #nextId = 1;

  constructor(options: WorkerChainStoreOptions) {
    this.#options = options;
  }

  /**
   * Opens the file, which is made when it is not there.
   *
   * @throws DamagedFileError it is no database, or its schema cannot be read
   * @throws SignalboxError `STORAGE_FULL`, `CONFLICT` (file of a newer version)
   */
  start(): Promise<void> {
    const { file, self, resourcesPath } = this.#options;
    const workerData: LedgerWorkerData = { file, self, resourcesPath };
    const worker = new Worker(workerUrl('ledger-worker', import.meta.url), { workerData, name: 'ledger' });
    return new Promise((resolve, reject) => {
      let failure: Error | undefined;
      let fault: Error | undefined;
      worker.on('message', (message: FromLedgerWorker) => {
        if (message.type === 'opened') {
          this.#worker = worker;
          resolve();
        } else if (message.type === 'openFailed') failure = failureToError(file, message.failure);
        else this.#receive(message);
      });
      worker.once('error', (error) => {
        fault = error as Error;
      });
      worker.once('exit', (code) => {
        this.#ended(code);
        reject(failure ?? threadStopped(file, fault));
      });
    });
  }

  /** Ends what runs, empties the journal into the file, ends the thread. It can be started again. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop().finally(() => {
      this.#stopping = undefined;
    });
    return this.#stopping;
  }

  get isOpen(): boolean {
    return this.#worker !== undefined && this.#stopping === undefined;
  }

  /** Requests that wait for the thread. */
  get waiting(): number {
    return this.#pending.size;
  }

  append(block: OwnBlock) {
    return this.#call('append', block);
  }

  take(chainId: string, blocks: readonly BroughtBlock[], from: string, nowMs: number, startsAt = 0) {
    return this.#call('take', chainId, blocks, from, nowMs, startsAt);
  }

  replace(chainId: string, blocks: readonly BroughtBlock[], from?: string) {
    return this.#call('replace', chainId, blocks, from);
  }

  blocks(chainId: string, fromHeight: number, most?: { readonly blocks?: number; readonly bytes?: number }) {
    return this.#call('blocks', chainId, fromHeight, most);
  }

  hashes(chainId: string, heights: readonly number[]) {
    return this.#call('hashes', chainId, heights);
  }

  heldHashes(chainId: string, heights: readonly number[]) {
    return this.#call('heldHashes', chainId, heights);
  }

  exportBlocks(chainId: string, part: ExportPart) {
    return this.#call('exportBlocks', chainId, part);
  }

  blockOf(chainId: string, number: number) {
    return this.#call('blockOf', chainId, number);
  }

  chains() {
    return this.#call('chains');
  }

  chain(chainId: string) {
    return this.#call('chain', chainId);
  }

  list(query: EntryQuery) {
    return this.#call('list', query);
  }

  details(number: number) {
    return this.#call('details', number);
  }

  auditId() {
    return this.#call('auditId');
  }

  announce(chainId: string, height: number) {
    return this.#call('announce', chainId, height);
  }

  forks() {
    return this.#call('forks');
  }

  setShares(shares: CopyShares) {
    return this.#call('setShares', shares);
  }

  confirmStart(chainId: string) {
    return this.#call('confirmStart', chainId);
  }

  continueAfter(place: ChainPlace) {
    return this.#call('continueAfter', place);
  }

  prune(chainId: string, toHeight: number) {
    return this.#call('prune', chainId, toHeight);
  }

  async verify(
    chainId: string,
    range: { readonly fromHeight?: number | undefined; readonly toHeight?: number | undefined } = {},
    options: { readonly onProgress?: (progress: VerifyProgress) => void; readonly signal?: AbortSignal } = {},
  ): Promise<VerifyResult> {
    const { signal, onProgress } = options;
    const id = this.#nextId++;
    const cancel = () => this.#post({ type: 'cancel', id });
    const result = this.#ask(id, onProgress, { type: 'verify', id, chainId, fromHeight: range.fromHeight, toHeight: range.toHeight });
    if (signal?.aborted === true) cancel();
    signal?.addEventListener('abort', cancel, { once: true });
    try {
      return (await result) as VerifyResult;
    } finally {
      signal?.removeEventListener('abort', cancel);
    }
  }

  #call<M extends LedgerMethod>(method: M, ...args: LedgerArguments<M>): Promise<LedgerResult<M>> {
    const id = this.#nextId++;
    return this.#ask(id, undefined, { type: 'call', id, method, args }) as Promise<LedgerResult<M>>;
  }

  #ask(id: number, onProgress: Pending['onProgress'], message: ToLedgerWorker): Promise<unknown> {
    if (!this.isOpen) return Promise.reject(threadStopped(this.#options.file));
    if (this.#pending.size >= ledgerLimits.pendingRequests)
      return Promise.reject(
        new SignalboxError('OVERLOADED', 'The ledger of this node is too slow for what is asked of it. Try again.', { executed: 'no' }),
      );
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { onProgress, resolve, reject });
      this.#post(message);
    });
  }

  #receive(message: Exclude<FromLedgerWorker, { type: 'opened' | 'openFailed' }>): void {
    const pending = this.#pending.get(message.id);
    if (pending === undefined) return;
    if (message.type === 'progress') {
      pending.onProgress?.(message.progress);
      return;
    }
    this.#pending.delete(message.id);
    if (message.type === 'failed') pending.reject(this.#errorOf(message.failure));
    else pending.resolve(message.type === 'done' ? message.value : message.result);
  }

  #errorOf(failure: LedgerFailure): Error {
    return failure.kind === 'store' ? failureToError(this.#options.file, failure.failure) : SignalboxError.fromShape(failure.shape);
  }

  async #stop(): Promise<void> {
    const worker = this.#worker;
    if (worker === undefined) return;
    const gone = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
    worker.postMessage({ type: 'close' } satisfies ToLedgerWorker);
    await gone;
  }

  #ended(code: number): void {
    const wasOpen = this.#worker !== undefined;
    this.#worker = undefined;
    for (const { reject } of this.#pending.values()) reject(threadStopped(this.#options.file));
    this.#pending.clear();
    if (wasOpen && this.#stopping === undefined) this.#options.onDied?.(code);
  }

  #post(message: ToLedgerWorker): void {
    this.#worker?.postMessage(message);
  }
}

function threadStopped(file: string, cause?: Error): SignalboxError {
  return new SignalboxError('STORAGE_FULL', `The thread that keeps ${file} does not run. Try again, or restart the node.`, {
    executed: 'maybe',
    ...(cause !== undefined && { cause }),
  });
}
