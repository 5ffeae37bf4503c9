/** Snapshots: copies of a state in one file each, whole and checked. They are also the format of backups. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { chmod, copyFile, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type Database from 'better-sqlite3';
import { SignalboxError } from '../../../../common/errors.ts';
import { syncFolder } from '../../store/durable-file.ts';
import type { GroupConfiguration, GroupId, LogPosition } from '../core/types.ts';
import { corrupt } from '../log/storage-error.ts';
import { checkKind } from './open-state-file.ts';
import { moveToGroup, readMeta, type StateFile, type StateMeta } from './state-file.ts';
import type { SnapshotFile } from './types.ts';

/** Pages copied between two turns of the thread's other work: 2 MiB. */
const pagesPerStep = 512;
const partialSuffix = '.partial';
const prefix = 'snapshot-';

/** Makes a snapshot beside the state. The one before goes. @throws SignalboxError `STORAGE_FULL`, `STORAGE_CORRUPT` */
export async function makeSnapshot(sqlite: typeof Database, state: StateFile, configuration: GroupConfiguration): Promise<SnapshotFile> {
  const folder = dirname(state.file);
  const partial = join(folder, `${prefix}new${partialSuffix}`);
  const made = await copyState(sqlite, state, configuration, partial);
  await clearSnapshots(folder, partial);
  const path = join(folder, `${prefix}${made.position.index}.db`);
  await rename(partial, path);
  await syncFolder(folder);
  return { ...made, path };
}

/** Makes a snapshot where somebody wants to have it. @throws SignalboxError `CONFLICT` a file is there; `STORAGE_FULL`, `STORAGE_CORRUPT` */
export async function exportSnapshot(
  sqlite: typeof Database,
  state: StateFile,
  configuration: GroupConfiguration,
  path: string,
): Promise<SnapshotFile> {
  const isThere = await stat(path).then(
    () => true,
    () => false,
  );
  if (isThere) throw new SignalboxError('CONFLICT', `The file ${path} is there already. Choose another name.`, { executed: 'no' });
  const partial = `${path}${partialSuffix}`;
  try {
    const made = await copyState(sqlite, state, configuration, partial);
    await rename(partial, path);
    await syncFolder(dirname(path));
    return { ...made, path };
  } catch (error) {
    await removeFile(partial);
    throw error;
  }
}

/**
 * Makes the state of a new group of a snapshot: the ids of its queues become the new group's, members are nobody's yet, the place in the log
 * stays. The snapshot is left as it is.
 *
 * @throws SignalboxError `STORAGE_CORRUPT` it is no whole snapshot; `CONFLICT` the group has a state already; `STORAGE_FULL`
 */
export async function restoreSnapshot(sqlite: typeof Database, path: string, file: string, groupId: GroupId): Promise<LogPosition> {
  const { applied } = checkState(sqlite, path);
  if (await stat(file).catch(() => undefined))
    throw new SignalboxError('CONFLICT', `The group ${groupId} has a state already.`, { executed: 'no' });
  const copy = `${file}${partialSuffix}`;
  await copyFile(path, copy);
  await chmod(copy, 0o600);
  const database = new sqlite(copy, { fileMustExist: true });
  try {
    moveToGroup(database, groupId);
  } finally {
    database.close();
  }
  await syncFile(copy);
  await rename(copy, file);
  await syncFolder(dirname(file));
  return applied;
}

async function copyState(
  sqlite: typeof Database,
  state: StateFile,
  configuration: GroupConfiguration,
  partial: string,
): Promise<Omit<SnapshotFile, 'path'>> {
  await removeFile(partial);
  // Made before SQLite would make it: messages are nobody else's business.
  await (await open(partial, 'wx', 0o600)).close();
  await state.copyTo(partial, pagesPerStep);
  const settled = settle(sqlite, partial, configuration);
  await syncFile(partial);
  return { ...settled, sizeBytes: (await stat(partial)).size, sha256: await hashFile(partial) };
}

/** Removes the snapshots of a folder, and what was not finished. */
export async function clearSnapshots(folder: string, except?: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    if ((name.startsWith(prefix) || name.endsWith(partialSuffix)) && path !== except) await removeFile(path);
  }
}

/**
 * Checks a file that was brought: that it is the very file that was sent, and a state. Whether its pages fit together was seen before.
 *
 * @throws SignalboxError `STORAGE_CORRUPT`
 */
export async function checkSnapshot(sqlite: typeof Database, path: string, sha256: string): Promise<StateMeta> {
  const actual = await hashFile(path);
  if (actual !== sha256) throw corrupt(path, 'It is not the file that was sent (its SHA-256 is another).');
  return checkState(sqlite, path);
}

function checkState(sqlite: typeof Database, path: string): StateMeta {
  const database = new sqlite(path, { readonly: true, fileMustExist: true });
  try {
    checkKind(database, path);
    return readMeta(database, path);
  } finally {
    database.close();
  }
}

/**
 * Puts a checked file in the place of a state that is closed. After a power cut there is the old or the new one. A state that left its
 * journal behind, because it is damaged or the disk was full, is removed first: its journal would be taken for that of the new one. There
 * is none for a moment then, which a broker notices at its next start.
 */
export async function replaceState(path: string, file: string): Promise<void> {
  const journal = await stat(`${file}-wal`).catch(() => undefined);
  if (journal !== undefined && journal.size > 0) {
    await removeFile(file);
    await syncFolder(dirname(file));
  }
  await removeFile(`${file}-wal`);
  await removeFile(`${file}-shm`);
  await syncFolder(dirname(file));
  await moveFile(path, file);
  await syncFile(file);
  await syncFolder(dirname(file));
}

/**
 * Makes one file of the copy, which took over that its original has a journal, and writes into it the members as of its place in the log: what
 * was applied while it was copied is in it.
 */
function settle(sqlite: typeof Database, path: string, given: GroupConfiguration): Pick<SnapshotFile, 'position' | 'configuration'> {
  const database = new sqlite(path, { fileMustExist: true });
  try {
    database.pragma('journal_mode = DELETE');
    checkKind(database, path);
    const { applied, configuration: own } = readMeta(database, path);
    const isOwnBetter = own !== null && (own.version > given.version || given.version > applied.index);
    const configuration = isOwnBetter ? own : given;
    database.prepare("INSERT OR REPLACE INTO meta VALUES ('configuration', ?)").run(JSON.stringify(configuration));
    return { position: applied, configuration };
  } finally {
    database.close();
  }
}

async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of createReadStream(path, { highWaterMark: 262_144 })) hash.update(piece as Buffer);
  return hash.digest('hex');
}

async function syncFile(path: string): Promise<void> {
  const handle = await open(path, 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** By rename; by a copy beside it and a rename where the two are on different disks. */
async function moveFile(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error;
    const copy = `${to}${partialSuffix}`;
    await copyFile(from, copy);
    await syncFile(copy);
    await rename(copy, to);
    await removeFile(from);
  }
}

function removeFile(path: string): Promise<void> {
  return rm(path, { force: true });
}
