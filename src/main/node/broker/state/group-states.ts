import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { SignalboxError } from '../../../../common/errors.ts';
import { syncFolder } from '../../store/durable-file.ts';
import type { loadSqlite } from '../../store/sqlite.ts';
import type { Logger } from '../../telemetry/types.ts';
import type { GroupId, LogPosition } from '../core/types.ts';
import { corrupt, storageError } from '../log/storage-error.ts';
import { checkSnapshot, clearSnapshots, replaceState, restoreSnapshot } from './snapshot-files.ts';
import { StateFile } from './state-file.ts';
import { stateFileOf } from './state-file-name.ts';
import type { StateImage } from './types.ts';

export interface GroupStatesOptions {
  /** Holds a folder for each group. */
  readonly folder: string;
  readonly sqlite: ReturnType<typeof loadSqlite>;
  readonly logger: Logger;
}

/** The state files of all groups of a broker: which are open, and where they come from. */
export class GroupStates {
  readonly #options: GroupStatesOptions;
  readonly #open = new Map<GroupId, StateFile>();

  constructor(options: GroupStatesOptions) {
    this.#options = options;
  }

  /** @throws SignalboxError `NOT_FOUND` it is not open */
  of(groupId: GroupId): StateFile {
    const state = this.#open.get(groupId);
    if (state === undefined) throw new SignalboxError('NOT_FOUND', `The state of the group ${groupId} is not open.`, { executed: 'no' });
    return state;
  }

  /** Opens a state, which is made when it is not there. @throws SignalboxError `CONFLICT` it is open already */
  async open(groupId: GroupId): Promise<StateImage> {
    const directory = dirname(this.#fileOf(groupId));
    await this.#makeFolder(directory);
    await clearSnapshots(directory);
    return this.#openFile(groupId);
  }

  /** Makes a state of a snapshot; it is not opened. @throws SignalboxError `STORAGE_CORRUPT` */
  async restore(groupId: GroupId, path: string): Promise<LogPosition> {
    const file = this.#fileOf(groupId);
    await this.#makeFolder(dirname(file));
    return restoreSnapshot(this.#options.sqlite, path, file, groupId);
  }

  /** Puts a snapshot in the place of a state, and opens it. @throws SignalboxError `STORAGE_CORRUPT` */
  async install(groupId: GroupId, path: string, sha256: string): Promise<StateImage> {
    const meta = await checkSnapshot(this.#options.sqlite, path, sha256);
    if (meta.groupId !== groupId) throw corrupt(path, `It is the state of ${meta.groupId} and not of ${groupId}.`);
    const file = this.#fileOf(groupId);
    await this.#makeFolder(dirname(file));
    this.#close(groupId);
    await replaceState(path, file);
    return this.#openFile(groupId);
  }

  /** Closes and deletes a state. */
  async remove(groupId: GroupId): Promise<void> {
    this.#close(groupId);
    await rm(dirname(this.#fileOf(groupId)), { recursive: true, force: true });
  }

  /** Keeps a state under another name, with its journal: beside a new file that one would be taken for its own. @returns where it is now */
  async setAside(groupId: GroupId): Promise<string> {
    this.#close(groupId);
    const file = this.#fileOf(groupId);
    const kept = `${file}.damaged`;
    for (const ending of ['', '-wal', '-shm']) {
      await rm(`${kept}${ending}`, { force: true });
      if (existsSync(`${file}${ending}`)) await rename(`${file}${ending}`, `${kept}${ending}`);
    }
    await syncFolder(dirname(file));
    return kept;
  }

  closeAll(): void {
    for (const groupId of [...this.#open.keys()]) this.#close(groupId);
  }

  #fileOf(groupId: GroupId): string {
    return stateFileOf(this.#options.folder, groupId);
  }

  #openFile(groupId: GroupId): StateImage {
    if (this.#open.has(groupId))
      throw new SignalboxError('CONFLICT', `The state of the group ${groupId} is open already.`, { executed: 'no' });
    const file = this.#fileOf(groupId);
    const state = new StateFile(this.#options.sqlite, file, groupId, (error) => this.#sweepFailed(file, error));
    try {
      const image = state.image();
      this.#open.set(groupId, state);
      return image;
    } catch (error) {
      state.close();
      throw error;
    }
  }

  #close(groupId: GroupId): void {
    const state = this.#open.get(groupId);
    this.#open.delete(groupId);
    state?.close();
  }

  /** So that it is still there after a power cut. */
  async #makeFolder(directory: string): Promise<void> {
    if ((await mkdir(directory, { recursive: true, mode: 0o700 })) === undefined) return;
    await syncFolder(dirname(directory));
    await syncFolder(this.#options.folder);
  }

  /** Nothing depends on what could not be deleted; the next trim or start tries again. */
  #sweepFailed(file: string, error: unknown): void {
    this.#options.logger.warn(
      'broker.stateNotCleaned',
      'Messages that are gone could not be deleted from the state of a group; it is tried again.',
      { file, error: storageError(file, error).toShape() },
    );
  }
}
