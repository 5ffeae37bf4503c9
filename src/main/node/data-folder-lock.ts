import { join } from 'node:path';
import type Database from 'better-sqlite3';
import { SignalboxError } from '../../common/errors.ts';
import { loadSqlite } from './store/sqlite.ts';

/** Held for as long as the node lives. */
export interface DataFolderLock {
  release(): void;
}

/** Name of the file in the data folder. Copying it while the node runs would drop the lock on some systems; leave it out of backups. */
export const lockFileName = 'node.lock';

/**
 * Makes sure that one node alone uses a data folder.
 *
 * The lock is a write transaction of SQLite that stays open: the operating system takes it back when the process dies, however
 * it dies, and no process id can be mistaken for a living owner. Who holds it stands in the file for the other to read.
 *
 * @throws SignalboxError `CONFLICT` naming the process that holds it, `STORAGE_FULL` when the folder cannot be written
 */
export function lockDataFolder(folder: string, resourcesPath: string | undefined): DataFolderLock {
  const file = join(folder, lockFileName);
  const sqlite = loadSqlite(resourcesPath);
  let database: Database.Database | undefined;
  try {
    database = new sqlite(file, { timeout: 0 });
    // Not WAL: with a rollback journal one small file is all there is.
    database.pragma('journal_mode = DELETE');
    database.exec('CREATE TABLE IF NOT EXISTS owner (id INTEGER PRIMARY KEY CHECK (id = 1), pid INTEGER NOT NULL, since INTEGER NOT NULL)');
    database.prepare('INSERT OR REPLACE INTO owner (id, pid, since) VALUES (1, ?, ?)').run(process.pid, Date.now());
    database.exec('BEGIN IMMEDIATE');
  } catch (error) {
    const owner = isBusy(error) ? readOwner(database) : undefined;
    database?.close();
    throw isBusy(error) ? inUse(folder, owner) : unusable(file, error);
  }
  const held = database;
  return { release: () => held.close() };
}

function isBusy(error: unknown): boolean {
  return String((error as { code?: unknown }).code).startsWith('SQLITE_BUSY');
}

/** A reader may look while the lock is held. */
function readOwner(database: Database.Database | undefined): { pid: number; since: number } | undefined {
  try {
    return database?.prepare<[], { pid: number; since: number }>('SELECT pid, since FROM owner').get();
  } catch {
    return undefined;
  }
}

function inUse(folder: string, owner: { readonly pid: number; readonly since: number } | undefined): SignalboxError {
  const who = owner === undefined ? 'another process' : `process ${owner.pid} since ${new Date(owner.since).toISOString()}`;
  return new SignalboxError(
    'CONFLICT',
    `The data folder ${folder} is in use by a node in ${who}. Stop that node, or start this one with another data folder.`,
    { retryable: false, executed: 'no', data: { folder, pid: owner?.pid ?? null } },
  );
}

function unusable(file: string, error: unknown): SignalboxError {
  const { code, message } = error as { readonly code?: string; readonly message?: string };
  const advice =
    code === 'SQLITE_NOTADB' || code === 'SQLITE_CORRUPT'
      ? 'It holds nothing but the process id of the node: delete it and start again.'
      : 'Free space on the disk or make the data folder writable.';
  return new SignalboxError('STORAGE_FULL', `The lock file ${file} cannot be used (${message ?? code}). ${advice}`, {
    retryable: false,
    executed: 'no',
    cause: error,
  });
}
