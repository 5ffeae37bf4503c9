/** What waits for the disk: one write is on its way at a time, and everything that comes meanwhile goes with the next (group commit without a timer, queue.md 5.3). */
import { SignalboxError } from '../../../../common/errors.ts';
import type { GroupId, Persist } from '../core/types.ts';
import { logLimits } from './log-limits.ts';
import type { PackedPersist, PackedWrite, WriteResult } from './log-protocol.ts';

export interface GroupWrite {
  readonly groupId: GroupId;
  readonly persist: Persist;
}

interface Waiting {
  readonly writes: readonly GroupWrite[];
  readonly sizeBytes: number;
  readonly sinceMs: number;
  resolve(): void;
  reject(error: unknown): void;
}

export class WriteQueue {
  readonly #write: (packed: PackedWrite, sizeBytes: number) => Promise<WriteResult>;
  readonly #waiting: Waiting[] = [];
  #onItsWay: readonly Waiting[] = [];
  #bytes = 0;
  #idle: (() => void) | undefined;

  /** @param write one transaction; resolves when it is on the disk */
  constructor(write: (packed: PackedWrite, sizeBytes: number) => Promise<WriteResult>) {
    this.#write = write;
  }

  /** @throws SignalboxError `OVERLOADED`, and what the write fails with */
  add(writes: readonly GroupWrite[]): Promise<void> {
    const sizeBytes = writes.reduce((sum, { persist }) => sum + dataBytes(persist), 0);
    if (this.#bytes + sizeBytes > logLimits.logWaitingBytes)
      return Promise.reject(
        new SignalboxError('OVERLOADED', 'The disk is too slow for what the broker has to store. Try again.', { executed: 'no' }),
      );
    return new Promise((resolve, reject) => {
      this.#waiting.push({ writes, sizeBytes, sinceMs: performance.now(), resolve, reject });
      this.#bytes += sizeBytes;
      if (this.#onItsWay.length === 0) void this.#run();
    });
  }

  /** Milliseconds for which the oldest has been waiting; 0 when none is. */
  stalledMs(): number {
    const oldest = this.#onItsWay[0] ?? this.#waiting[0];
    return oldest === undefined ? 0 : performance.now() - oldest.sinceMs;
  }

  /** Resolves when nothing waits any more. */
  async drain(): Promise<void> {
    if (this.#onItsWay.length > 0)
      await new Promise<void>((resolve) => {
        this.#idle = resolve;
      });
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#takeBatch();
      this.#onItsWay = batch;
      const sizeBytes = batch.reduce((sum, waiting) => sum + waiting.sizeBytes, 0);
      try {
        await this.#write(pack(batch, sizeBytes), sizeBytes);
        for (const { resolve } of batch) resolve();
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
      this.#bytes -= sizeBytes;
    }
    this.#onItsWay = [];
    this.#idle?.();
  }

  #takeBatch(): readonly Waiting[] {
    let count = 0;
    let bytes = 0;
    for (const { sizeBytes } of this.#waiting) {
      if (count > 0 && bytes + sizeBytes > logLimits.logTransactionBytes) break;
      bytes += sizeBytes;
      count++;
    }
    return this.#waiting.splice(0, count);
  }
}

function dataBytes(persist: Persist): number {
  return persist.entries.reduce((sum, { data }) => sum + data.byteLength, 0);
}

/**
 * Copies the data of all entries into one block, which then moves to the thread. Handing over the entries as they are would copy them
 * twice, and with each the whole block of the socket that it came in.
 */
function pack(batch: readonly Waiting[], sizeBytes: number): PackedWrite {
  const memory = new ArrayBuffer(sizeBytes);
  const bytes = new Uint8Array(memory);
  let offset = 0;
  const persists: PackedPersist[] = [];
  for (const { writes } of batch)
    for (const { groupId, persist } of writes) {
      const entries = persist.entries.map(({ index, term, kind, checksum, data }) => {
        const packed = { index, term, kind, checksum, offset, sizeBytes: data.byteLength };
        bytes.set(data, offset);
        offset += data.byteLength;
        return packed;
      });
      persists.push({ groupId, hardState: persist.hardState, truncateFrom: persist.truncateFrom, entries });
    }
  return { memory, persists };
}
