import type { Logger } from '../../telemetry/types.ts';
import type { Checkpointer } from './checkpointer.ts';
import { logLimits } from './log-limits.ts';

/** What one transaction puts into a journal beside its data: a few pages. */
const bytesPerWrite = 16_384;

export interface JournalKeeperOptions {
  readonly file: string;
  readonly checkpointer: Checkpointer;
  readonly logger: Pick<Logger, 'warn'>;
  /** Lets the writer begin the journal anew from its beginning. */
  readonly reset: () => Promise<unknown>;
}

/**
 * Keeps the journal of one database short, beside its writer: after so many bytes the checkpoint thread brings it into the file. Under steady
 * writes something is always left, and the journal would grow for ever; then the writer itself brings over the last few pages.
 */
export class JournalKeeper {
  readonly #options: JournalKeeperOptions;
  /** Since the journal began. */
  #bytes = 0;
  #uncheckedBytes = 0;
  #running: Promise<void> | undefined;

  constructor(options: JournalKeeperOptions) {
    this.#options = options;
  }

  /** Bytes in the journal, roughly. */
  get sizeBytes(): number {
    return this.#bytes;
  }

  /** A transaction with so many bytes of data was committed. */
  wrote(dataBytes: number): void {
    this.#bytes += dataBytes + bytesPerWrite;
    this.#uncheckedBytes += dataBytes + bytesPerWrite;
    if (this.#uncheckedBytes >= logLimits.journalCheckpointBytes) this.#running ??= this.#run();
  }

  /** Resolves when no checkpoint is under way. */
  async settled(): Promise<void> {
    await this.#running;
  }

  async #run(): Promise<void> {
    const { file, checkpointer, logger, reset } = this.#options;
    this.#uncheckedBytes = 0;
    try {
      await checkpointer.checkpoint(file, false);
      if (this.#bytes >= logLimits.journalBytes) {
        await reset();
        this.#bytes = 0;
      }
    } catch (error) {
      logger.warn('broker.journalNotEmptied', 'A journal of the broker could not be brought into its file; it is tried again.', {
        file,
        error,
      });
    } finally {
      this.#running = undefined;
    }
  }
}
