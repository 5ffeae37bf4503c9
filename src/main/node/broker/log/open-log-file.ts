import { chmodSync, existsSync } from 'node:fs';
import type Database from 'better-sqlite3';
import { groupRowSchema } from './group-row.ts';
import { corrupt } from './storage-error.ts';

/** `SGBL`: this file is a log of the broker and nothing else. */
const applicationId = 0x5347424c;
const schemaVersion = 1;

/** Large enough that a bundle of a few hundred messages has few pages, small enough that a single message does not write much more than itself. */
const pageSizeBytes = 8_192;

/** Waits for another process that holds the file, a backup program for example; the checkpoint thread never makes the writer wait. */
const busyTimeoutMs = 2_000;

/** A checkpoint in the middle of a commit: only when the checkpoint thread has been unable to do one for long (queue.md 5.2). */
export const backstopPages = 10_000;

/**
 * Opens log.db or makes it. Every commit is flushed to the disk before it returns.
 *
 * @throws SignalboxError `STORAGE_CORRUPT` it is another file, or of a newer version
 */
export function openLogFile(sqlite: typeof Database, file: string): Database.Database {
  const isNew = !existsSync(file);
  const database = new sqlite(file, { timeout: busyTimeoutMs });
  try {
    // Before the journal is made: it takes the permissions of the file.
    if (isNew) chmodSync(file, 0o600);
    setPragmas(database);
    const version = database.pragma('user_version', { simple: true });
    if (version === 0) makeSchema(database);
    else if (version !== schemaVersion || database.pragma('application_id', { simple: true }) !== applicationId)
      throw corrupt(file, `It is no log of this version of the broker (version ${version}).`);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function setPragmas(database: Database.Database): void {
  database.pragma(`page_size = ${pageSizeBytes}`);
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = FULL');
  // macOS: without it the flush ends in the cache of the disk (queue.md 4.4).
  database.pragma('fullfsync = 1');
  database.pragma('checkpoint_fullfsync = 1');
  database.pragma(`wal_autocheckpoint = ${backstopPages}`);
  database.pragma('journal_size_limit = 67108864');
  database.pragma('cache_size = -16384');
  database.pragma('trusted_schema = OFF');
}

function makeSchema(database: Database.Database): void {
  database.transaction(() => {
    database.exec(groupRowSchema);
    database.pragma(`application_id = ${applicationId}`);
    database.pragma(`user_version = ${schemaVersion}`);
  })();
}

/** Numbers of all tables of entries, whether or not a group uses them. */
export function entryTableNumbers(database: Database.Database): readonly number[] {
  return database
    .prepare("SELECT CAST(substr(name, 7) AS INTEGER) FROM sqlite_schema WHERE type = 'table' AND name GLOB 'entry_[0-9]*'")
    .pluck()
    .all() as number[];
}
