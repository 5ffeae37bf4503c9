import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { SignalboxError } from '../../../../common/errors.ts';
import { RecentDurations } from '../../router/recent-durations.ts';
import { syncFolder } from '../../store/durable-file.ts';
import type { Logger } from '../../telemetry/types.ts';
import { workerUrl } from '../../threads/index.ts';
import type { BrokerId, GroupConfiguration, GroupId, LogEntry, LogPosition } from '../core/types.ts';
import { Checkpointer } from './checkpointer.ts';
import { JournalKeeper } from './journal-keeper.ts';
import { logFileName } from './log-file-name.ts';
import { LogGuard } from './log-guard.ts';
import type { DamagedStoredLog, LogThread, PackedWrite, WriteResult } from './log-protocol.ts';
import { corrupt, storageError } from './storage-error.ts';
import { ThreadCalls } from './thread-calls.ts';
import type { LogDiskSample, LogImage, LogOpening, LogStore } from './types.ts';
import { type GroupWrite, WriteQueue } from './write-queue.ts';

export interface LogStoreOptions {
  /** Where the broker keeps its files; made when it is not there. */
  readonly folder: string;
  /** Who writes here: what a vote that the disk has forgotten is taken to have been for. */
  readonly brokerId: BrokerId;
  /** Electron's `process.resourcesPath`. */
  readonly resourcesPath: string | undefined;
  readonly logger: Logger;
}

/** The logs of a broker in log.db, behind a thread that waits for the disk. */
class ThreadedLogStore implements LogStore {
  readonly #options: LogStoreOptions;
  readonly #file: string;
  readonly #thread: ThreadCalls<LogThread>;
  readonly #checkpointer: Checkpointer;
  readonly #journal: JournalKeeper;
  readonly #queue = new WriteQueue((packed, sizeBytes) => this.#writeNow(packed, sizeBytes));
  readonly #flushes = new RecentDurations();
  readonly #damaged = new Map<GroupId, DamagedStoredLog>();
  readonly #groups = new Set<GroupId>();
  #guard: LogGuard | undefined;
  #writes = 0;
  #sizeBytes = 0;

  constructor(options: LogStoreOptions) {
    const { folder, resourcesPath, logger } = options;
    this.#options = options;
    this.#file = join(folder, logFileName);
    this.#thread = new ThreadCalls<LogThread>({
      url: workerUrl('log-worker', import.meta.url),
      name: 'log',
      data: { file: this.#file, resourcesPath },
      logger,
      onDied: (detail) =>
        logger.error('broker.logThreadGone', 'The thread that writes the log of the broker ended unexpectedly.', {
          file: this.#file,
          detail,
        }),
    });
    this.#checkpointer = new Checkpointer(resourcesPath, logger, (detail) =>
      logger.warn('broker.checkpointThreadGone', 'The thread that empties the journal of the log ended unexpectedly.', {
        file: this.#file,
        detail,
      }),
    );
    this.#journal = new JournalKeeper({
      file: this.#file,
      checkpointer: this.#checkpointer,
      logger,
      reset: () => this.#thread.call('resetJournal', undefined),
    });
  }

  async open(): Promise<LogOpening> {
    const { folder, brokerId, logger } = this.#options;
    await makeFolder(folder);
    const guard = await LogGuard.open(folder, brokerId, logger);
    this.#guard = guard;
    const { logs, damaged } = await this.#thread.call('open', undefined);
    for (const { groupId } of logs) this.#groups.add(groupId);
    for (const log of damaged) this.#damaged.set(log.groupId, log);
    for (const { groupId, what } of guard.compare(logs, damaged)) {
      if (what === 'remove') await this.removeGroup(groupId);
      else if (what === 'lost')
        this.#damaged.set(groupId, {
          groupId,
          index: 0,
          configuration: null,
          detail: 'The file holds nothing of this log any more.',
          highest: { index: 0, term: 0 },
        });
    }
    await guard.flush();
    for (const { groupId, index, detail } of this.#damaged.values())
      logger.error('broker.logDamaged', 'A log of the broker is damaged and does not start.', { file: this.#file, groupId, index, detail });
    const images = logs.filter(({ groupId }) => this.#groups.has(groupId)).map((log) => guard.image(log));
    return { images, damaged: [...this.#damaged.values()].map(({ highest: _, ...damaged }) => damaged) };
  }

  async image(groupId: GroupId): Promise<LogImage> {
    const stored = await this.#thread.call('image', groupId);
    return this.#opened().image(stored);
  }

  async createGroup(groupId: GroupId, configuration: GroupConfiguration, at: LogPosition): Promise<void> {
    const guard = this.#opened();
    if (this.#groups.has(groupId) || this.#damaged.has(groupId))
      throw new SignalboxError('CONFLICT', `The group ${groupId} has a log already.`, { executed: 'no' });
    await guard.creating(groupId, at);
    await this.#thread.call('createGroup', { groupId, configuration, at });
    guard.created(groupId, at);
    this.#groups.add(groupId);
  }

  write(writes: readonly GroupWrite[]): Promise<void> {
    for (const { groupId } of writes) {
      const refusal = this.#refusal(groupId);
      if (refusal !== undefined) return Promise.reject(refusal);
    }
    return this.#queue.add(writes);
  }

  async read(groupId: GroupId, fromIndex: number, maxBytes: number): Promise<readonly LogEntry[]> {
    const { memory, entries } = await this.#thread.call('read', { groupId, fromIndex, maxBytes });
    return entries.map(({ offset, sizeBytes, ...entry }) => ({ ...entry, data: new Uint8Array(memory, offset, sizeBytes) }));
  }

  compact(groupId: GroupId, to: LogPosition): Promise<void> {
    return this.#thread.call('compact', { groupId, to });
  }

  async restart(groupId: GroupId, at: LogPosition, configuration: GroupConfiguration): Promise<void> {
    const guard = this.#opened();
    // What the log held is known before it is dropped.
    await guard.flush();
    await this.#thread.call('restart', { groupId, at, configuration, fallback: guard.fallbackVote(groupId) });
    this.#damaged.delete(groupId);
    this.#groups.add(groupId);
    guard.restarted(groupId, at);
  }

  async cutDamage(groupId: GroupId): Promise<LogImage> {
    const guard = this.#opened();
    const damaged = this.#damaged.get(groupId);
    if (damaged === undefined) return this.image(groupId);
    await guard.raise(groupId, damaged.highest);
    const stored = await this.#thread.call('cutDamage', groupId);
    this.#damaged.delete(groupId);
    this.#groups.add(groupId);
    return guard.image(stored);
  }

  recovered(groupId: GroupId): void {
    this.#opened().recovered(groupId);
  }

  async removeGroup(groupId: GroupId): Promise<void> {
    const guard = this.#opened();
    await guard.removing(groupId);
    this.#groups.delete(groupId);
    await this.#thread.call('removeGroup', groupId);
    this.#damaged.delete(groupId);
    await guard.removed(groupId);
  }

  sample(): LogDiskSample {
    const flushes = this.#flushes.histogram(performance.now());
    return {
      writes: this.#writes,
      flushP50Ms: flushes.quantileMs(0.5) ?? 0,
      flushP99Ms: flushes.quantileMs(0.99) ?? 0,
      sizeBytes: this.#sizeBytes + this.#journal.sizeBytes,
    };
  }

  stalledMs(): number {
    return this.#queue.stalledMs();
  }

  async close(): Promise<void> {
    await this.#queue.drain();
    await this.#journal.settled();
    try {
      await this.#guard?.close();
    } finally {
      await Promise.all([this.#thread.close(), this.#checkpointer.close()]);
    }
  }

  async #writeNow(packed: PackedWrite, sizeBytes: number): Promise<WriteResult> {
    const guard = this.#opened();
    const result = await this.#thread.call('write', packed, [packed.memory]);
    this.#writes++;
    this.#flushes.add(performance.now(), result.flushMs);
    this.#sizeBytes = result.sizeBytes;
    this.#journal.wrote(sizeBytes);
    for (const { groupId, last } of result.ends) guard.ended(groupId, last);
    const votes = packed.persists.filter(({ hardState }) => hardState !== undefined);
    if (votes.length > 0) await guard.voted(votes.map(({ groupId, hardState }) => ({ groupId, term: hardState?.term ?? 0 })));
    return result;
  }

  #opened(): LogGuard {
    if (this.#guard === undefined) throw new SignalboxError('INTERNAL', 'The log of the broker is not open.', { executed: 'no' });
    return this.#guard;
  }

  #refusal(groupId: GroupId): SignalboxError | undefined {
    const damaged = this.#damaged.get(groupId);
    if (damaged !== undefined)
      return corrupt(this.#file, `The log of ${groupId} is damaged at ${damaged.index}.`, { groupId, index: damaged.index });
    if (!this.#groups.has(groupId))
      return new SignalboxError('NOT_FOUND', `The broker has no log of the group ${groupId}.`, { executed: 'no' });
    return undefined;
  }
}

/** Makes the folder so that it is still there after a power cut. */
async function makeFolder(folder: string): Promise<void> {
  try {
    if ((await mkdir(folder, { recursive: true, mode: 0o700 })) !== undefined) await syncFolder(dirname(folder));
  } catch (error) {
    throw storageError(folder, error);
  }
}

/** The log store of a broker. One at a time may have a folder open. */
export function createLogStore(options: LogStoreOptions): LogStore {
  return new ThreadedLogStore(options);
}
