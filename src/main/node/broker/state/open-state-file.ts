import { chmodSync, existsSync } from 'node:fs';
import type Database from 'better-sqlite3';
import type { GroupId } from '../core/types.ts';
import { corrupt } from '../log/storage-error.ts';

/** `SGBS`: this file is the state of a group of the broker, or a snapshot of one. */
const applicationId = 0x53474253;
const schemaVersion = 1;
const busyTimeoutMs = 2_000;

/** A checkpoint in the middle of a transaction: only when the checkpoint thread has been unable to do one for long. */
const backstopPages = 4_000;

/**
 * The tables of a state. A segment's key is the number of its queue times 2^44 plus its first sequence: one tree in which the messages of a
 * queue lie side by side in their order, so that every place is found in a few steps however many there are.
 */
const schema = `
  CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE state_row (
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    checksum INTEGER NOT NULL,
    PRIMARY KEY (kind, key)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE queue (
    number INTEGER PRIMARY KEY,
    queue_id TEXT NOT NULL UNIQUE,
    first_sequence INTEGER NOT NULL,
    deleted INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE segment (
    key INTEGER PRIMARY KEY,
    first_sequence INTEGER NOT NULL,
    count INTEGER NOT NULL,
    first_time INTEGER NOT NULL,
    last_time INTEGER NOT NULL,
    checksum INTEGER NOT NULL,
    data BLOB NOT NULL
  ) STRICT;`;

/**
 * Opens the state of a group or makes it. Commits are not flushed: what a power cut takes is applied again from the log (queue.md 5.2).
 *
 * @throws SignalboxError `STORAGE_CORRUPT` it is another file, or of a newer version
 */
export function openStateFile(sqlite: typeof Database, file: string, groupId: GroupId): Database.Database {
  const isNew = !existsSync(file);
  const database = new sqlite(file, { timeout: busyTimeoutMs });
  try {
    // Before the journal is made: it takes the permissions of the file.
    if (isNew) chmodSync(file, 0o600);
    database.pragma('journal_mode = WAL');
    database.pragma('synchronous = NORMAL');
    database.pragma('checkpoint_fullfsync = 1');
    database.pragma(`wal_autocheckpoint = ${backstopPages}`);
    database.pragma('journal_size_limit = 67108864');
    // Of each group: there may be many.
    database.pragma('cache_size = -4096');
    database.pragma('trusted_schema = OFF');
    if (database.pragma('user_version', { simple: true }) === 0) makeSchema(database, groupId);
    else checkKind(database, file);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** @throws SignalboxError `STORAGE_CORRUPT` the file is no state of this version */
export function checkKind(database: Database.Database, file: string): void {
  const version = database.pragma('user_version', { simple: true });
  if (version !== schemaVersion || database.pragma('application_id', { simple: true }) !== applicationId)
    throw corrupt(file, `It is no state of this version of the broker (version ${version}).`);
}

function makeSchema(database: Database.Database, groupId: GroupId): void {
  database.transaction(() => {
    database.exec(schema);
    database.prepare("INSERT INTO meta VALUES ('group', ?)").run(groupId);
    database.pragma(`application_id = ${applicationId}`);
    database.pragma(`user_version = ${schemaVersion}`);
  })();
}
