import { createHash } from 'node:crypto';
import { chmodSync, closeSync, existsSync, fsyncSync, openSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type Database from 'better-sqlite3';
import { nodeLimits } from '../limits.ts';
import { SchemaError } from './failures.ts';
import type { Migration } from './types.ts';

export interface OpenedDatabase {
  readonly database: Database.Database;
  /** Ids of the migrations applied now. */
  readonly migrated: readonly string[];
  /** The copy made before an existing file was migrated. */
  readonly backup: string | null;
}

const busyTimeoutMs = 5_000;

/**
 * Opens a database file, checks it and brings its schema up to date. Runs in the worker: it may wait for the disk.
 *
 * @param options `checked: false` leaves the check of all pages to somebody who reads them anyway
 * @throws SchemaError for a file of a newer version, or a migration that was edited after its release
 */
export function openDatabase(
  sqlite: typeof Database,
  file: string,
  migrations: readonly Migration[],
  { checked = true }: { readonly checked?: boolean } = {},
): OpenedDatabase {
  // The binding throws a TypeError without a code for this.
  if (!existsSync(dirname(file))) throw Object.assign(new Error('its folder does not exist'), { code: 'SQLITE_CANTOPEN' });
  const isNew = !existsSync(file);
  const database = new sqlite(file, { timeout: busyTimeoutMs });
  try {
    // Before the journal is made: it takes the permissions of the file.
    if (isNew) chmodSync(file, 0o600);
    setPragmas(database);
    if (checked) checkIntegrity(database);
    return { database, ...migrate(database, file, migrations) };
  } catch (error) {
    database.close();
    throw error;
  }
}

function setPragmas(database: Database.Database): void {
  database.pragma('journal_mode = WAL');
  // FULL: what a caller was told is stored survives a power cut (security.md row 38).
  database.pragma('synchronous = FULL');
  database.pragma('foreign_keys = ON');
  database.pragma('trusted_schema = OFF');
  database.pragma('journal_size_limit = 16777216');
}

/** @throws Error with code `SQLITE_CORRUPT` when pages do not fit together */
export function checkIntegrity(database: Database.Database): void {
  const verdict = database.pragma('quick_check(1)', { simple: true });
  if (verdict !== 'ok') throw Object.assign(new Error(String(verdict)), { code: 'SQLITE_CORRUPT' });
}

function checksumOf(migration: Migration): string {
  return createHash('sha256').update(migration.sql.trim()).digest('hex');
}

function migrate(database: Database.Database, file: string, migrations: readonly Migration[]): Omit<OpenedDatabase, 'database'> {
  const isNew = database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'schema_migration'").get() === undefined;
  if (isNew)
    database.exec(
      'CREATE TABLE schema_migration (id TEXT PRIMARY KEY, checksum TEXT NOT NULL, applied_at INTEGER NOT NULL) STRICT, WITHOUT ROWID',
    );
  const applied = new Map(
    database
      .prepare<[], { id: string; checksum: string }>('SELECT id, checksum FROM schema_migration')
      .all()
      .map((row) => [row.id, row.checksum]),
  );
  const pending = findPending(file, applied, migrations);
  if (pending.length === 0) return { migrated: [], backup: null };
  const backup = applied.size > 0 ? makeBackup(database, file) : null;
  const remember = database.prepare('INSERT INTO schema_migration (id, checksum, applied_at) VALUES (?, ?, ?)');
  for (const migration of pending) {
    database.transaction(() => {
      database.exec(migration.sql);
      remember.run(migration.id, checksumOf(migration), Date.now());
    })();
  }
  return { migrated: pending.map(({ id }) => id), backup };
}

function findPending(file: string, applied: ReadonlyMap<string, string>, migrations: readonly Migration[]): Migration[] {
  const known = new Set(migrations.map(({ id }) => id));
  if (known.size !== migrations.length) throw new SchemaError('Two migrations have the same id.');
  const unknown = [...applied.keys()].filter((id) => !known.has(id));
  if (unknown.length > 0)
    throw new SchemaError(
      `The database ${file} was written by a newer version of Signalbox (it has ${unknown.join(', ')}). Install that version or start with another data folder.`,
    );
  return migrations.filter((migration) => {
    const checksum = applied.get(migration.id);
    if (checksum !== undefined && checksum !== checksumOf(migration))
      throw new SchemaError(
        `The migration ${migration.id} differs from the one that ${file} was made with. A released migration is never edited; this build of Signalbox is not right.`,
      );
    return checksum === undefined;
  });
}

/** A whole and consistent copy beside the file, of which the newest few are kept. */
function makeBackup(database: Database.Database, file: string): string {
  const prefix = `${basename(file)}.backup-`;
  const backup = join(dirname(file), `${prefix}${new Date().toISOString().replaceAll(/[:.]/g, '-')}`);
  const partial = `${backup}.partial`;
  rmSync(partial, { force: true });
  database.prepare('VACUUM INTO ?').run(partial);
  const descriptor = openSync(partial, 'r+');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  renameSync(partial, backup);
  const older = readdirSync(dirname(file))
    .filter((name) => name.startsWith(prefix) && !name.endsWith('.partial'))
    .sort()
    .slice(0, -nodeLimits.storeBackups);
  for (const name of older) rmSync(join(dirname(file), name), { force: true });
  return backup;
}
