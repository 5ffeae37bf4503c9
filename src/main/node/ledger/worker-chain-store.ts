import { SignalboxError } from '../../../common/errors.ts';
import { nodeLimits } from '../limits.ts';
import type { Startable } from '../startable.ts';
import { failureToError } from '../store/failures.ts';
import type { Logger } from '../telemetry/types.ts';
import { Thread, workerUrl } from '../threads/index.ts';
import type { BroughtBlock, ChainPlace, ChainStore, EntryQuery, OwnBlock, VerifyProgress, VerifyResult } from './chain-store.ts';
import type { CopyShares } from './copy-share.ts';
import type { ExportPart } from './export/export-part.ts';
import { ledgerLimits } from './limits.ts';
import type { LedgerArguments, LedgerFailure, LedgerMethod, LedgerResult, LedgerThread, LedgerWorkerData } from './worker-messages.ts';

export interface WorkerChainStoreOptions extends LedgerWorkerData {
  readonly logger: Logger;
  /** Told when the thread ends though nobody asked it to; what waited for it was refused. @param code of its end */
  readonly onDied?: (code: number) => void;
}

/** The file of the chains behind a thread of its own. */
export class WorkerChainStore implements ChainStore, Startable {
  readonly #options: WorkerChainStoreOptions;
  #thread: Thread<LedgerThread> | undefined;

  constructor(options: WorkerChainStoreOptions) {
    this.#options = options;
  }

  /**
   * Opens the file, which is made when it is not there.
   *
   * @throws DamagedFileError it is no database, or its schema cannot be read
   * @throws SignalboxError `STORAGE_FULL`, `CONFLICT` (file of a newer version)
   */
  async start(): Promise<void> {
    const { file, self, resourcesPath, logger, onDied } = this.#options;
    const thread = new Thread<LedgerThread>({
      // A large file takes its time to be opened: the start has no bound.
      url: workerUrl('ledger-worker', import.meta.url),
      name: 'ledger',
      subject: 'The ledger of this node',
      data: { file, self, resourcesPath },
      mostRequests: ledgerLimits.pendingRequests,
      stopMs: nodeLimits.threadStopMs,
      logger,
      reports: {},
      errors: {
        stopped: () => threadStopped(file),
        busy: () =>
          new SignalboxError('OVERLOADED', 'The ledger of this node is too slow for what is asked of it. Try again.', { executed: 'no' }),
      },
      toError: (failure) => errorOf(file, failure),
      onEnd: ({ code, readyMs }) => {
        if (readyMs !== undefined) onDied?.(code);
      },
    });
    this.#thread = thread;
    try {
      await thread.started;
    } catch (error) {
      // Whoever sets the file aside finds nobody at it.
      await thread.stop();
      throw error instanceof SignalboxError ? error : threadStopped(file, error as Error);
    }
  }

  /** Ends what runs, empties the journal into the file, ends the thread. It can be started again. */
  async stop(): Promise<void> {
    await this.#thread?.stop();
  }

  get isOpen(): boolean {
    return this.#thread?.isReady === true;
  }

  /** Requests that wait for the thread. */
  get waiting(): number {
    return this.#thread?.waiting ?? 0;
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
    const asked = { chainId, fromHeight: range.fromHeight, toHeight: range.toHeight };
    return this.#opened().ask('verify', asked, { cancel: signal, onProgress });
  }

  async #call<M extends LedgerMethod>(method: M, ...args: LedgerArguments<M>): Promise<LedgerResult<M>> {
    return (await this.#opened().ask('call', { method, args })) as LedgerResult<M>;
  }

  #opened(): Thread<LedgerThread> {
    if (this.#thread?.isReady !== true) throw threadStopped(this.#options.file);
    return this.#thread;
  }
}

function errorOf(file: string, failure: LedgerFailure): Error {
  return failure.kind === 'store' ? failureToError(file, failure.failure) : SignalboxError.fromShape(failure.shape);
}

function threadStopped(file: string, cause?: Error): SignalboxError {
  return new SignalboxError('STORAGE_FULL', `The thread that keeps ${file} does not run. Try again, or restart the node.`, {
    executed: 'maybe',
    ...(cause !== undefined && { cause }),
  });
}
