import { toErrorShape } from '../../../../common/errors.ts';
import type { Problems } from '../../telemetry/index.ts';
import type { GroupId } from '../core/types.ts';
import { brokerLimits } from '../limits.ts';
import type { LogDiskSample, LogOpening, LogStore } from '../log/types.ts';
import type { StateStore } from '../state/types.ts';
import { storageNotReady } from './engine-errors.ts';
import { LogPump } from './log-pump.ts';

/** The files of a broker while they are open. */
export interface OpenFiles {
  readonly log: LogStore;
  readonly store: StateStore;
  readonly pump: LogPump;
}

export interface BrokerFilesOptions {
  readonly createLog: () => LogStore;
  readonly createState: () => StateStore;
  /** A write that waits for longer is a stall: others would have begun an election, milliseconds. */
  readonly stallMs: number;
  readonly problems: Pick<Problems, 'raise' | 'clear'>;
  /** The files are open: begins the groups they hold. */
  readonly onOpened: (files: OpenFiles, opening: LogOpening) => Promise<void>;
  readonly onPersisted: (groupId: GroupId, ticket: number) => void;
  /** The disk refused: nothing may be acknowledged any more. */
  readonly onFailed: () => void;
  /** Ends the groups; what can be written still is. */
  readonly onClosing: () => Promise<void>;
  readonly onStalled: () => void;
}

const storageProblem = 'broker.storage';
const stallProblem = 'broker.diskStalled';

/**
 * Log and state files of a broker: open, failed, or closed. A disk that refuses ends all groups, and is tried again until it takes what it
 * is given: whatever was being written may or may not be there, so the groups begin anew with what is.
 */
export class BrokerFiles {
  readonly #options: BrokerFilesOptions;
  #open: OpenFiles | undefined;
  #failure: string | undefined;
  #reopening: Promise<void> = Promise.resolve();
  #reopenTimer: NodeJS.Timeout | undefined;
  #stallTimer: NodeJS.Timeout | undefined;
  #stalled = false;
  #stopping = false;

  constructor(options: BrokerFilesOptions) {
    this.#options = options;
  }

  /** Why nothing can be stored now, for people; undefined: it can, or was not tried yet. */
  get failure(): string | undefined {
    return this.#failure;
  }

  /** Undefined while they are closed. */
  get ifOpen(): OpenFiles | undefined {
    return this.#open;
  }

  /** @throws SignalboxError `STORAGE_FULL` while the disk cannot be used */
  require(): OpenFiles {
    if (this.#open === undefined || this.#failure !== undefined) throw storageNotReady(this.#failure);
    return this.#open;
  }

  disk(): (LogDiskSample & { readonly stalledMs: number }) | undefined {
    const log = this.#open?.log;
    return log === undefined ? undefined : { ...log.sample(), stalledMs: log.stalledMs() };
  }

  /** @throws SignalboxError `STORAGE_CORRUPT`, `STORAGE_FULL` */
  async start(): Promise<void> {
    await this.#openAll();
    this.#stallTimer = setInterval(() => this.#lookForStall(), brokerLimits.stallLookEveryMs);
  }

  /** Brings everything to the disk and closes it. */
  async stop(): Promise<void> {
    this.#stopping = true;
    clearInterval(this.#stallTimer);
    clearTimeout(this.#reopenTimer);
    await this.#reopening;
    await this.#close();
  }

  /** The disk refused a file. Called as often as it does. */
  failed(error: unknown): void {
    if (this.#failure !== undefined || this.#stopping) return;
    this.#failure = toErrorShape(error).message;
    this.#options.onFailed();
    this.#options.problems.raise({
      id: storageProblem,
      severity: 'crit',
      title: 'The queue broker cannot write to its disk',
      detail: `${this.#failure} Nothing more is accepted; nothing acknowledged is lost. The broker tries again by itself.`,
    });
    this.#reopening = this.#close().then(() => this.#reopenLater());
  }

  async #openAll(): Promise<void> {
    const { createLog, createState, onPersisted, onOpened } = this.#options;
    const log = createLog();
    const store = createState();
    try {
      const opening = await log.open();
      const pump = new LogPump({ log, onPersisted, onFailed: (error) => this.failed(error) });
      this.#open = { log, store, pump };
      await onOpened(this.#open, opening);
    } catch (error) {
      await this.#options.onClosing();
      this.#open = undefined;
      await Promise.allSettled([log.close(), store.close()]);
      throw error;
    }
  }

  async #close(): Promise<void> {
    const files = this.#open;
    await files?.pump.drained();
    await this.#options.onClosing();
    this.#open = undefined;
    if (files !== undefined) await Promise.allSettled([files.log.close(), files.store.close()]);
  }

  #reopenLater(): void {
    if (this.#stopping) return;
    this.#reopenTimer = setTimeout(() => {
      this.#reopening = this.#openAll().then(
        () => {
          this.#failure = undefined;
          this.#options.problems.clear(storageProblem);
        },
        (error: unknown) => {
          this.#failure = toErrorShape(error).message;
          this.#reopenLater();
        },
      );
    }, brokerLimits.reopenAfterMs);
  }

  #lookForStall(): void {
    const { stallMs, problems, onStalled } = this.#options;
    const stalled = (this.#open?.log.stalledMs() ?? 0) > stallMs;
    if (stalled === this.#stalled) return;
    this.#stalled = stalled;
    if (!stalled) {
      problems.clear(stallProblem);
      return;
    }
    problems.raise({
      id: stallProblem,
      severity: 'warn',
      title: 'The disk of the queue broker does not answer',
      detail: 'A write has been waiting for longer than an election takes. This broker leads no group with others until the disk answers.',
    });
    onStalled();
  }
}
