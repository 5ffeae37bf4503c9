import { rm } from 'node:fs/promises';
import { SignalboxError } from '../../../../common/errors.ts';
import type { Logger } from '../../telemetry/types.ts';
import { workerUrl } from '../../threads/index.ts';
import type { GroupConfiguration, GroupId, LogPosition } from '../core/types.ts';
import { Checkpointer } from '../log/checkpointer.ts';
import { JournalKeeper } from '../log/journal-keeper.ts';
import { storageError } from '../log/storage-error.ts';
import { ThreadCalls } from '../log/thread-calls.ts';
import type { Applied, QueueId, QueueMessage } from '../machine/types.ts';
import { packApplied } from './pack-applied.ts';
import { stateFileOf } from './state-file-name.ts';
import type { StateThread } from './state-protocol.ts';
import type { MessageQuery, SnapshotFile, StateImage, StateStore } from './types.ts';

export interface StateStoreOptions {
  /** Where the broker keeps its files; the states are below `groups`. */
  readonly folder: string;
  /** Electron's `process.resourcesPath`. */
  readonly resourcesPath: string | undefined;
  readonly logger: Logger;
}

interface OpenState {
  applied: LogPosition;
  readonly journal: JournalKeeper;
  /** Snapshots and installs of one group go one after the other. */
  turn: Promise<unknown>;
}

class ThreadedStateStore implements StateStore {
  readonly #options: StateStoreOptions;
  readonly #thread: ThreadCalls<StateThread>;
  readonly #checkpointer: Checkpointer;
  readonly #states = new Map<GroupId, OpenState>();

  constructor(options: StateStoreOptions) {
    const { folder, resourcesPath, logger } = options;
    this.#options = options;
    this.#thread = new ThreadCalls<StateThread>({
      url: workerUrl('state-worker', import.meta.url),
      name: 'state',
      data: { folder, resourcesPath },
      logger,
      onDied: (detail) =>
        logger.error('broker.stateThreadGone', 'The thread that keeps the messages of the broker ended unexpectedly.', { folder, detail }),
    });
    this.#checkpointer = new Checkpointer(resourcesPath, logger, (detail) =>
      logger.warn('broker.checkpointThreadGone', 'The thread that empties the journals of the states ended unexpectedly.', {
        folder,
        detail,
      }),
    );
  }

  async open(groupId: GroupId): Promise<StateImage> {
    const image = await this.#thread.call('open', groupId);
    this.#keep(groupId, image);
    return image;
  }

  async apply(groupId: GroupId, applied: readonly Applied[], position: LogPosition, configuration?: GroupConfiguration): Promise<void> {
    const state = this.#state(groupId);
    const packed = packApplied(applied, position, configuration);
    const sizeBytes = packed.memory.byteLength;
    await this.#thread.call('apply', { groupId, ...packed }, [packed.memory]);
    state.applied = position;
    state.journal.wrote(sizeBytes);
  }

  async read(groupId: GroupId, query: MessageQuery): Promise<readonly QueueMessage[]> {
    const { memory, messages } = await this.#thread.call('read', { groupId, query });
    return messages.map(({ offset, sizeBytes, ...message }) => ({ ...message, data: new Uint8Array(memory, offset, sizeBytes) }));
  }

  sequenceAt(groupId: GroupId, queueId: QueueId, timeMs: number): Promise<number> {
    return this.#thread.call('sequenceAt', { groupId, queueId, timeMs });
  }

  async sync(groupId: GroupId): Promise<LogPosition> {
    const { applied } = this.#state(groupId);
    const file = stateFileOf(this.#options.folder, groupId);
    const remainingPages = await this.#checkpointer.checkpoint(file, true);
    if (remainingPages > 0)
      throw new SignalboxError('STORAGE_FULL', `The file ${file} could not be flushed: something else reads it. Try again.`, {
        executed: 'maybe',
      });
    return applied;
  }

  snapshot(groupId: GroupId, configuration: GroupConfiguration): Promise<SnapshotFile> {
    return this.#inTurn(groupId, () => this.#thread.call('snapshot', { groupId, configuration }));
  }

  async release(path: string): Promise<void> {
    try {
      await rm(path, { force: true });
    } catch (error) {
      throw storageError(path, error);
    }
  }

  export(groupId: GroupId, configuration: GroupConfiguration, path: string): Promise<SnapshotFile> {
    return this.#inTurn(groupId, () => this.#thread.call('export', { groupId, configuration, path }));
  }

  async restore(groupId: GroupId, path: string): Promise<LogPosition> {
    await this.#checkpointer.checkIntegrity(path);
    return this.#thread.call('restore', { groupId, path });
  }

  install(groupId: GroupId, path: string, sha256: string): Promise<StateImage> {
    return this.#inTurn(groupId, async () => {
      await this.#checkpointer.checkIntegrity(path);
      await this.#states.get(groupId)?.journal.settled();
      const image = await this.#thread.call('install', { groupId, path, sha256 });
      this.#keep(groupId, image);
      return image;
    });
  }

  remove(groupId: GroupId): Promise<void> {
    return this.#inTurn(groupId, async () => {
      await this.#states.get(groupId)?.journal.settled();
      this.#states.delete(groupId);
      await this.#thread.call('remove', groupId);
    });
  }

  setAside(groupId: GroupId): Promise<string> {
    return this.#inTurn(groupId, async () => {
      await this.#states.get(groupId)?.journal.settled();
      this.#states.delete(groupId);
      return this.#thread.call('setAside', groupId);
    });
  }

  async close(): Promise<void> {
    for (const { turn, journal } of this.#states.values()) {
      await turn;
      await journal.settled();
    }
    await this.#checkpointer.close();
    await this.#thread.close();
  }

  #keep(groupId: GroupId, { applied }: StateImage): void {
    const journal = new JournalKeeper({
      file: stateFileOf(this.#options.folder, groupId),
      checkpointer: this.#checkpointer,
      logger: this.#options.logger,
      reset: () => this.#thread.call('resetJournal', groupId),
    });
    this.#states.set(groupId, { applied, journal, turn: Promise.resolve() });
  }

  #state(groupId: GroupId): OpenState {
    const state = this.#states.get(groupId);
    if (state === undefined) throw new SignalboxError('NOT_FOUND', `The state of the group ${groupId} is not open.`, { executed: 'no' });
    return state;
  }

  #inTurn<Result>(groupId: GroupId, work: () => Promise<Result>): Promise<Result> {
    const state = this.#states.get(groupId);
    if (state === undefined) return work();
    const result = state.turn.then(work);
    state.turn = result.catch(() => undefined);
    return result;
  }
}

/** The state store of a broker. One at a time may have a folder open. */
export function createStateStore(options: StateStoreOptions): StateStore {
  return new ThreadedStateStore(options);
}
