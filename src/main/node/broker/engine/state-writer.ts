import type { GroupConfiguration, GroupId, LogPosition } from '../core/types.ts';
import { brokerLimits } from '../limits.ts';
import type { Applied, StateRow } from '../machine/types.ts';
import type { StateStore } from '../state/types.ts';

export interface StateWriterOptions {
  readonly groupId: GroupId;
  readonly store: StateStore;
  /** Rows of the state machine that changed since it was last asked. */
  readonly collectRows: () => readonly StateRow[];
  /** The file holds everything up to this log index. */
  readonly onStored: (index: number) => void;
  readonly onFailed: (error: unknown) => void;
}

interface Batch {
  readonly applied: Applied[];
  position: LogPosition;
  /** The newest among its entries. */
  configuration: GroupConfiguration | undefined;
  sizeBytes: number;
}

/**
 * Brings what applied entries did into the state file of a group: some times a second, and at once when it is much. Never on the way of an
 * acknowledgement, and in large pieces, because the processor is needed for those: what is not stored is applied again from the log at the
 * next start.
 *
 * Rows are those of the state as it is after the last entry of a batch, so a batch is closed before anything further is applied.
 */
export class StateWriter {
  readonly #options: StateWriterOptions;
  readonly #closed: Batch[] = [];
  #open: Batch | undefined;
  #unstoredBytes = 0;
  #writing = false;
  #timer: NodeJS.Timeout | undefined;
  #failed = false;
  #idle: (() => void)[] = [];

  constructor(options: StateWriterOptions) {
    this.#options = options;
  }

  /** Bytes of messages applied and not yet in the file. */
  get unstoredBytes(): number {
    return this.#unstoredBytes;
  }

  /**
   * Called right after the entry was applied, before the next one is.
   *
   * @param configuration what a configuration entry says
   */
  add(applied: Applied, position: LogPosition, configuration?: GroupConfiguration): void {
    if (this.#failed) return;
    const sizeBytes = sizeOf(applied);
    this.#unstoredBytes += sizeBytes;
    if (this.#open === undefined) this.#open = { applied: [applied], position, configuration, sizeBytes };
    else {
      this.#open.applied.push(applied);
      this.#open.position = position;
      this.#open.configuration = configuration ?? this.#open.configuration;
      this.#open.sizeBytes += sizeBytes;
    }
    if (this.#open.sizeBytes >= brokerLimits.storeBatchBytes) {
      this.#close();
      this.#flush();
    } else this.#timer ??= setTimeout(() => this.#flush(), brokerLimits.storeEveryMs);
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#writing || this.#failed) return;
    if (this.#closed.length === 0) this.#close();
    const batch = this.#closed.shift();
    if (batch === undefined) return;
    this.#writing = true;
    const { groupId, store, onStored } = this.#options;
    store.apply(groupId, batch.applied, batch.position, batch.configuration).then(
      () => {
        this.#writing = false;
        this.#unstoredBytes -= batch.sizeBytes;
        onStored(batch.position.index);
        // What came meanwhile waits for its time, unless somebody waits for all of it.
        if (this.#closed.length > 0 || this.#idle.length > 0) this.#flush();
        else if (this.#open !== undefined) this.#timer ??= setTimeout(() => this.#flush(), brokerLimits.storeEveryMs);
        if (!this.#writing) this.#wake();
      },
      (error: unknown) => this.#fail(error),
    );
  }

  /** Resolves when all that was added is in the file, or nothing more can be written. */
  drained(): Promise<void> {
    this.#flush();
    return this.#writing ? new Promise((resolve) => this.#idle.push(resolve)) : Promise.resolve();
  }

  #close(): void {
    const batch = this.#open;
    const last = batch?.applied.pop();
    if (batch === undefined || last === undefined) return;
    batch.applied.push({ ...last, rows: [...last.rows, ...this.#options.collectRows()] });
    this.#closed.push(batch);
    this.#open = undefined;
  }

  #fail(error: unknown): void {
    this.#failed = true;
    clearTimeout(this.#timer);
    this.#writing = false;
    this.#closed.length = 0;
    this.#open = undefined;
    this.#unstoredBytes = 0;
    this.#wake();
    this.#options.onFailed(error);
  }

  #wake(): void {
    const waiting = this.#idle;
    this.#idle = [];
    for (const resolve of waiting) resolve();
  }
}

/** Rough bytes of memory and of work; commands without messages are short. */
function sizeOf({ segments }: Applied): number {
  let sizeBytes = 128;
  for (const { data } of segments) sizeBytes += data.byteLength;
  return sizeBytes;
}
