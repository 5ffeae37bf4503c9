/** Snapshots: copies of a state in one file each, whole and checked. They are also the format of backups. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { copyFile, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type Database from 'better-sqlite3';
import { SignalboxError } from '../../../../common/errors.ts';
import { syncFolder } from '../../store/durable-file.ts';
import { checkIntegrity } from '../../store/open-database.ts';
import type { GroupConfiguration } from '../core/types.ts';
import { corrupt } from '../log/storage-error.ts';
import { checkKind } from './open-state-file.ts';
import { readMeta, type StateFile, type StateMeta } from './state-file.ts';
import type { SnapshotFile } from './types.ts';

/** Pages copied between two turns of the thread's other work: 2 MiB. */
const pagesPerStep = 512;
const partialSuffix = '.partial';
const prefix = 'snapshot-';

/** Makes a snapshot beside the state. The one before goes. @throws SignalboxError `STORAGE_FULL`, `STORAGE_CORRUPT` */
export async function makeSnapshot(sqlite: typeof Database, state: StateFile, configuration: GroupConfiguration): Promise<SnapshotFile> {
  const folder = dirname(state.file);
  const partial = join(folder, `${prefix}new${partialSuffix}`);
  await removeFile(partial);
  state.setConfiguration(configuration);
  await state.copyTo(partial, pagesPerStep);
  const { applied } = settle(sqlite, partial);
  await syncFile(partial);
  const sha256 = await hashFile(partial);
  const { size } = await stat(partial);
  await clearSnapshots(folder, partial);
  const path = join(folder, `${prefix}${applied.index}.db`);
  await rename(partial, path);
  await syncFolder(folder);
  return { path, position: applied, configuration, sizeBytes: size, sha256 };
}

/** Removes the snapshots of a folder, finished or not. */
export async function clearSnapshots(folder: string, except?: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    if (name.startsWith(prefix) && path !== except) await removeFile(path);
  }
}

/**
 * Checks a file that was brought: that it is the very file that was sent, a whole database, and a state.
 *
 * @throws SignalboxError `STORAGE_CORRUPT`
 */
export async function checkSnapshot(sqlite: typeof Database, path: string, sha256: string): Promise<StateMeta> {
  const actual = await hashFile(path);
  if (actual !== sha256) throw corrupt(path, 'It is not the file that was sent (its SHA-256 is another).');
  const database = new sqlite(path, { readonly: true, fileMustExist: true });
  try {
    checkKind(database, path);
    checkIntegrity(database);
    return readMeta(database, path);
  } finally {
    database.close();
  }
}

/**
 * Puts a checked file in the place of a state that is closed. After a power cut there is the old or the new one.
 *
 * @throws SignalboxError `CONFLICT` the journal of the old one is still there: it would be taken for the new one's
 */
export async function replaceState(path: string, file: string): Promise<void> {
  await removeFile(`${file}-shm`);
  const journal = await stat(`${file}-wal`).catch(() => undefined);
  if (journal !== undefined && journal.size > 0)
    throw new SignalboxError('CONFLICT', `The journal of ${file} is not empty. Restart the broker.`, { executed: 'no' });
  await removeFile(`${file}-wal`);
  await syncFolder(dirname(file));
  await moveFile(path, file);
  await syncFile(file);
  await syncFolder(dirname(file));
}

/** Brings what the copy took over from a file with a journal into one file without. */
function settle(sqlite: typeof Database, path: string): StateMeta {
  const database = new sqlite(path, { fileMustExist: true });
  try {
    database.pragma('journal_mode = DELETE');
    checkKind(database, path);
    return readMeta(database, path);
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
