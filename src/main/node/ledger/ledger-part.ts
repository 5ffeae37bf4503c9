import { join } from 'node:path';
import type { LedgerFault } from '../../../common/contract/ledger.ts';
import type { AuditLog } from '../audit/index.ts';
import type { Config } from '../config/index.ts';
import { DamagedFileError } from '../damaged-file-error.ts';
import type { NodeIdentity } from '../identity/index.ts';
import { RetryDelay } from '../retry-delay.ts';
import type { Startable } from '../startable.ts';
import type { Store } from '../store/index.ts';
import type { Logger, Metrics, Problems } from '../telemetry/index.ts';
import { BackgroundCheck } from './background-check.ts';
import type { ChainHead, ChainStore } from './chain-store.ts';
import { keepDamagedLedger } from './damaged-ledger.ts';
import { HighWaterMark } from './high-water-mark.ts';
import { registerLedgerMetrics } from './ledger-metrics.ts';
import { LedgerProblems } from './ledger-problems.ts';
import { ledgerLimits } from './limits.ts';
import { Recorder } from './recorder.ts';
import { type Sealed, Sealer } from './sealer.ts';
import type { FullBlock } from './types.ts';
import { WorkerChainStore } from './worker-chain-store.ts';

export interface LedgerPartOptions {
  readonly dataFolder: string;
  readonly identity: NodeIdentity;
  readonly config: Config;
  /** node.db, where it is noted how far the ledger goes. */
  readonly store: Store;
  readonly audit: AuditLog;
  readonly software: string;
  readonly resourcesPath: string | undefined;
  readonly logger: Logger;
  readonly problems: Problems;
  readonly metrics: Metrics;
  /** Pause between two steps of the verification in the background; for tests. */
  readonly checkEveryMs?: number;
  readonly nowMs?: () => number;
}

export interface Retention {
  /** null: everything is kept. */
  readonly days: number | null;
  /** Newest block that is sealed; -1: none. */
  readonly sealedHeight: number;
  readonly archivedEntries: number;
}

/** The ledger as a part of the node. A ledger that cannot be opened keeps no node from starting: acts wait in the audit table. */
export class LedgerPart implements Startable {
  readonly recorder: Recorder;
  readonly #options: LedgerPartOptions;
  readonly #file: string;
  readonly #problems: LedgerProblems;
  readonly #store: WorkerChainStore;
  readonly #sealer: Sealer;
  readonly #check: BackgroundCheck;
  readonly #retryDelay = new RetryDelay();
  readonly #listeners = new Set<(chainId: string) => void>();
  #heads: readonly ChainHead[] = [];
  #counting: Promise<void> | undefined;
  #opening: Promise<void> | undefined;
  #retry: NodeJS.Timeout | undefined;
  #sealTimer: NodeJS.Timeout | undefined;
  #unwatch: (() => void) | undefined;
  #stopped = false;

  constructor(options: LedgerPartOptions) {
    this.#options = options;
    const { dataFolder, identity, config, store, audit, software, resourcesPath, logger, problems, metrics, nowMs } = options;
    const name = () => config.get('node.name');
    this.#file = join(dataFolder, 'ledger.db');
    this.#problems = new LedgerProblems(problems, identity.nodeId);
    this.#store = new WorkerChainStore({
      file: this.#file,
      self: identity.nodeId,
      resourcesPath,
      logger,
      onDied: (code) => this.#died(code),
    });
    this.recorder = new Recorder({
      store: this.#store,
      audit,
      mark: new HighWaterMark(store),
      identity,
      name,
      software,
      logger,
      problems,
      onFailed: (error) => this.#writeFailed(error),
      ...(nowMs !== undefined && { nowMs }),
    });
    this.#sealer = new Sealer({
      store: this.#store,
      recorder: this.recorder,
      nodeId: identity.nodeId,
      signer: identity,
      name,
      folder: join(dataFolder, 'ledger-archive'),
      retentionDays: () => this.#retentionDays(),
      ...(nowMs !== undefined && { nowMs }),
    });
    this.#check = new BackgroundCheck({
      store: this.#store,
      logger,
      isBusy: () => !this.#store.isOpen || this.recorder.waiting > 0,
      onFault: (fault) => this.#faultFound(fault),
      onChecked: (chainId) => this.#changed(chainId),
      ...(options.checkEveryMs !== undefined && { everyMs: options.checkEveryMs }),
    });
    this.recorder.onBlock(() => this.#changed(identity.nodeId));
    registerLedgerMetrics(metrics, () => this.#figures());
  }

  /** Where chains are kept. It refuses everything while the file is not open. */
  get store(): ChainStore {
    return this.#store;
  }

  /** Own id, which names the own chain. */
  get chainId(): string {
    return this.#options.identity.nodeId;
  }

  /** Acts that are on the disk, or on their way there, and not yet in a block. */
  get waiting(): number {
    return this.recorder.waiting;
  }

  /** What is checked in the background for the first time; null: nothing. */
  get verifying(): { readonly chainId: string; readonly checked: number; readonly total: number } | null {
    return this.#check.checking;
  }

  /** Does not wait for the file. */
  start(): Promise<void> {
    this.#opening = this.#open();
    this.#sealTimer = setInterval(() => void this.#sealQuietly(), ledgerLimits.retentionEveryMs).unref();
    this.#unwatch = this.#options.config.onChange((changed) => {
      if (changed.includes('ledger.retentionDays')) void this.#sealQuietly();
      if (changed.some((name) => name.startsWith('ledger.copy'))) void this.#setShares();
    });
    return Promise.resolve();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#unwatch?.();
    clearTimeout(this.#retry);
    clearInterval(this.#sealTimer);
    // First what writes: opening ends with a seal, which waits for its entry.
    await this.recorder.stop();
    await this.#opening;
    await this.#check.stop();
    await this.#store.stop();
  }

  /** Fulfilled when the file is open, or could not be opened at first. */
  opened(): Promise<void> {
    return this.#opening ?? Promise.resolve();
  }

  /** Told of each block of the own chain once it is on the disk. @returns stops it */
  onBlock(listener: (block: FullBlock) => void): () => void {
    return this.recorder.onBlock(listener);
  }

  /** Told of a chain whose state may be another now: written, verified, a fault found. @returns stops it */
  onChanged(listener: (chainId: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Says that a fault was found, or that a chain is whole again, by somebody who verified it. */
  verified(chainId: string, fault: LedgerFault | null): void {
    if (fault !== null) this.#faultFound(fault);
    else void this.#refreshProblem();
    this.#changed(chainId);
  }

  /**
   * Seals what is older than the retention and moves it to an archive file.
   *
   * @throws SignalboxError `CONFLICT` (damaged), `STORAGE_FULL`
   */
  async checkpoint(): Promise<Sealed> {
    const sealed = await this.#sealer.seal();
    this.#problems.sealed();
    this.#changed(this.chainId);
    return sealed;
  }

  async retention(): Promise<Retention> {
    // Asked for with every status: what is before the first block held is what was sealed, and no checkpoint has to be looked for.
    const { firstHeight = 0, firstNumber = 1 } = (await this.#store.chain(this.chainId)) ?? {};
    return { days: this.#retentionDays(), sealedHeight: firstHeight - 1, archivedEntries: firstNumber - 1 };
  }

  #retentionDays(): number | null {
    return this.#options.config.get('ledger.retentionDays') || null;
  }

  /** How much copies may take is said to the store, and copies that were over their share are tried again. */
  async #setShares(): Promise<void> {
    const { config, logger } = this.#options;
    const mebibyte = 1_048_576;
    try {
      const again = await this.#store.setShares({
        totalBytes: config.get('ledger.copyMegabytes') * mebibyte,
        totalEntries: config.get('ledger.copyEntries'),
        dayBytes: config.get('ledger.copyDayMegabytes') * mebibyte,
        dayEntries: config.get('ledger.copyDayEntries'),
      });
      for (const chainId of again) this.#changed(chainId);
    } catch (error) {
      // A store that is not open is told when it is.
      logger.debug('ledger.sharesNotSet', 'How much copies of other chains may take could not be said to the store.', { error });
    }
  }

  async #open(): Promise<void> {
    const { logger } = this.#options;
    try {
      await this.#startStore();
    } catch (error) {
      logger.error('ledger.notOpen', 'The ledger could not be opened.', { file: this.#file, error });
      this.#problems.notOpen(error);
      this.#openLater();
      return;
    }
    this.#problems.opened();
    this.#retryDelay.reset();
    if (this.#stopped) return;
    await this.#setShares();
    await this.recorder.start();
    this.recorder.ownChainChanged();
    await this.#check.start();
    await this.#sealQuietly();
    await this.#refreshProblem();
    this.#changed(this.chainId);
  }

  /** Opens the file; one that is no database is kept aside before a new one is begun. */
  async #startStore(): Promise<void> {
    try {
      await this.#store.start();
    } catch (error) {
      if (!(error instanceof DamagedFileError)) throw error;
      await this.#setAside(error);
      await this.#store.start();
    }
  }

  async #setAside(error: DamagedFileError): Promise<void> {
    const aside = await keepDamagedLedger(this.#file, Date.now());
    this.#options.logger.error('ledger.damaged', 'The ledger is damaged and was kept aside; a new file is begun.', { aside, error });
    this.#problems.setAside(error.detail, aside);
  }

  #openLater(): void {
    if (this.#stopped) return;
    this.#retry = setTimeout(() => {
      this.#opening = this.#open();
    }, this.#retryDelay.nextMs()).unref();
  }

  #died(code: number): void {
    this.#options.logger.fatal('ledger.workerGone', 'The thread of the ledger ended unexpectedly.', { file: this.#file, code });
    this.#openLater();
  }

  /** A file in which nothing can be written any more is like one that cannot be opened. */
  #writeFailed(error: unknown): void {
    if (!(error instanceof DamagedFileError) || this.#stopped) return;
    this.#opening = this.#store
      .stop()
      .then(() => this.#setAside(error))
      .then(
        () => this.#open(),
        () => this.#openLater(),
      );
  }

  async #sealQuietly(): Promise<void> {
    const { logger } = this.#options;
    if (!this.#store.isOpen || this.#retentionDays() === null) return;
    try {
      const { archivedEntries, archiveFile } = await this.checkpoint();
      if (archiveFile !== null)
        logger.info('ledger.sealed', 'Old entries of the ledger were moved to an archive.', { archivedEntries, archiveFile });
    } catch (error) {
      logger.error('ledger.notSealed', 'Old entries of the ledger could not be moved to an archive.', { error });
      this.#problems.notSealed(error);
    }
  }

  #faultFound(fault: LedgerFault): void {
    this.#options.logger.error('ledger.fault', 'The ledger is not what was signed.', { fault });
    this.#problems.fault(fault);
  }

  async #refreshProblem(): Promise<void> {
    const chains = await this.#store.chains().catch(() => undefined);
    if (chains === undefined) return;
    const fault = chains.find((chain) => chain.fault !== null)?.fault ?? null;
    if (fault === null) this.#problems.whole();
    else this.#faultFound(fault);
  }

  #changed(chainId: string): void {
    for (const listener of this.#listeners) listener(chainId);
    // Figures may be a moment old: a block a millisecond must not ask for them each time.
    this.#counting ??= this.#store
      .chains()
      .then(
        (heads) => {
          this.#heads = heads;
        },
        () => undefined,
      )
      .finally(() => {
        this.#counting = undefined;
      });
  }

  #figures() {
    const own = this.#heads.find(({ chainId }) => chainId === this.chainId);
    return {
      height: own?.height ?? -1,
      entries: own?.entries ?? 0,
      chains: this.#heads.length,
      waiting: this.waiting,
      damaged: this.#heads.filter(({ fault }) => fault !== null).length,
      sizeBytes: this.#heads.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    };
  }
}
