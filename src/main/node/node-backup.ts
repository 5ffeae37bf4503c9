/**
 * The backup of who a node is, and a data folder made from one (security.md 2.8, rows 39 and 65). It holds what nobody else can give back
 * or what the node needs to find the others: its key, its name, the membership log, where members were found, how often it has started, and
 * how far its ledger goes.
 * Group keys and whatever has happened since come from the other members.
 */
import { mkdir, readdir, rename, rm, rmdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type Database from 'better-sqlite3';
import { SignalboxError } from '../../common/errors.ts';
import { nodeNameFrom } from './config/index.ts';
import { writeSettingsFile } from './config/settings-file.ts';
import {
  type BackupCell,
  type IdentityBackup,
  KnownKeys,
  type NodeIdentity,
  openBackup,
  restoreIdentity,
  type SecretStore,
  sealBackup,
} from './identity/index.ts';
import { nodeMigrations } from './migrations.ts';
import { loadSqlite, type Store, syncFolder } from './store/index.ts';
import { openDatabase } from './store/open-database.ts';
import { MembershipLog } from './trust/index.ts';

/** Tables of a backup, and the columns of each. */
const tables = {
  cluster: ['only_one', 'genesis', 'joined_at'],
  membership_operations: ['id', 'serial', 'bytes'],
  member_addresses: ['member', 'host', 'port', 'position'],
  link_epoch: ['only_one', 'epoch'],
  epochs: ['name', 'epoch'],
  ledger_mark: ['only_one', 'height', 'hash', 'at', 'last_number', 'audit_id', 'restored'],
} as const;
type Table = keyof typeof tables;
const tableNames = Object.keys(tables) as Table[];

/** Those that count starts of the node. */
const countingTables: readonly Table[] = ['link_epoch', 'epochs'];

/** No node starts oftener, in the long run: so many starts a restored node counts as missed. */
const shortestStartMs = 60_000;

/** Most starts that a restored node can have forgotten; others do not believe more (security.md row 43). */
const mostStarts = 1_048_576;

export interface BackupSource {
  readonly store: Store;
  readonly keySeed: Uint8Array;
  readonly name: string;
}

/**
 * Makes a backup of a running node.
 *
 * @param nowMs milliseconds since the epoch
 * @returns the text of the file
 * @throws SignalboxError `STORAGE_FULL`, `TOO_LARGE`
 */
export async function makeBackup({ store, keySeed, name }: BackupSource, passphrase: string, nowMs: number): Promise<string> {
  const rows: Record<string, IdentityBackup['tables'][string]> = {};
  for (const table of tableNames) {
    const found = await store.all<Record<string, unknown>>(`SELECT ${tables[table].join(', ')} FROM ${table}`);
    rows[table] = found.map((row) => Object.fromEntries(Object.entries(row).map(([column, value]) => [column, toCell(value)])));
  }
  return sealBackup({ name, createdMs: nowMs, keySeed, tables: rows }, passphrase);
}

export interface RestoreOptions {
  /** Must not be there, or be empty. */
  readonly folder: string;
  /** Protects the key in the new folder. @param folder where the store may keep a file of its own */
  readonly secrets: (folder: string) => Promise<SecretStore>;
  readonly nowMs?: number;
  /** Electron's `process.resourcesPath`. */
  readonly resourcesPath?: string | undefined;
}

/**
 * Makes a data folder from a backup: the whole folder, or nothing.
 *
 * @param text of the backup file
 * @returns who the restored node is
 * @throws SignalboxError `CONFLICT` when the folder holds anything; `TOO_LARGE`, `INVALID_PARAMS`, `VERSION`, `DECRYPT` as {@link openBackup};
 *   `STORAGE_FULL`
 */
export async function restoreBackup(
  text: string,
  passphrase: string,
  options: RestoreOptions,
): Promise<{ readonly identity: NodeIdentity; readonly name: string }> {
  const { folder, nowMs = Date.now() } = options;
  await requireEmpty(folder);
  const content = await openBackup(text, passphrase);
  const scratch = join(dirname(folder), `.${basename(folder)}.restoring`);
  try {
    await rm(scratch, { recursive: true, force: true });
    await mkdir(scratch, { recursive: true, mode: 0o700 });
    fillDatabase(join(scratch, 'node.db'), content, nowMs, options.resourcesPath);
    await writeSettingsFile(join(scratch, 'config.json'), new Map([['node.name', nodeNameFrom(content.name)]]));
    const identity = await restoreIdentity(
      { folder: scratch, secrets: await options.secrets(scratch) },
      content.keySeed,
      content.createdMs,
    );
    await rmdir(folder).catch(ignoreMissing);
    await rename(scratch, folder);
    await syncFolder(dirname(folder));
    return { identity, name: content.name };
  } catch (error) {
    await rm(scratch, { recursive: true, force: true });
    if (error instanceof SignalboxError) throw error;
    throw new SignalboxError('STORAGE_FULL', `The backup could not be restored into ${folder}: ${(error as Error).message}.`, {
      cause: error,
      executed: 'no',
    });
  }
}

async function requireEmpty(folder: string): Promise<void> {
  const found = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw new SignalboxError('STORAGE_FULL', `The folder ${folder} cannot be read (${error.code}).`, { cause: error, executed: 'no' });
  });
  if (found.length > 0)
    throw new SignalboxError(
      'CONFLICT',
      `The folder ${folder} is not empty, and nothing in it was changed. Name a new folder with --data.`,
      {
        executed: 'no',
      },
    );
}

function fillDatabase(file: string, content: IdentityBackup, nowMs: number, resourcesPath: string | undefined): void {
  const { database } = openDatabase(loadSqlite(resourcesPath), file, nodeMigrations);
  try {
    database.transaction(() => {
      for (const table of tableNames) insertRows(database, table, content.tables[table] ?? []);
      const missed = startsSince(content.createdMs, nowMs);
      // The audit table begins anew, and the chain may have gone on since: other nodes know (security.md row 39).
      database.prepare('UPDATE ledger_mark SET audit_id = 0, restored = 1').run();
      for (const table of countingTables) database.prepare(`UPDATE ${table} SET epoch = epoch + ?`).run(missed);
    })();
    checkLog(database);
  } finally {
    database.close();
  }
}

function insertRows(database: Database.Database, table: Table, rows: IdentityBackup['tables'][string]): void {
  const columns = tables[table];
  const insert = database.prepare(`INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`);
  for (const row of rows) insert.run(columns.map((column) => fromCell(row[column] ?? null)));
}

/**
 * Other members refuse what seems to come from an earlier start of this node (security.md row 39): it goes on above every start that they
 * can have seen since the backup was made.
 */
function startsSince(createdMs: number, nowMs: number): number {
  return Math.min(mostStarts, 1 + Math.max(0, Math.ceil((nowMs - createdMs) / shortestStartMs)));
}

/** @throws SignalboxError `INVALID_PARAMS` */
function checkLog(database: Database.Database): void {
  const cluster = database.prepare('SELECT genesis FROM cluster').get() as { genesis: Uint8Array } | undefined;
  if (cluster === undefined) return;
  try {
    const log = new MembershipLog(cluster.genesis, new KnownKeys());
    const operations = database.prepare('SELECT bytes FROM membership_operations ORDER BY serial, id').all() as { bytes: Uint8Array }[];
    for (const { bytes } of operations) log.insert(bytes, Number.MAX_SAFE_INTEGER);
    if (log.waiting > 0) throw new Error('Operations are missing.');
  } catch (error) {
    throw new SignalboxError('INVALID_PARAMS', `The membership in the backup is not valid: ${(error as Error).message}`, {
      cause: error,
      executed: 'no',
    });
  }
}

function toCell(value: unknown): BackupCell {
  if (value instanceof Uint8Array) return { bytes: Buffer.from(value).toString('base64') };
  return typeof value === 'number' || typeof value === 'string' ? value : null;
}

function fromCell(cell: BackupCell): number | string | Buffer | null {
  return typeof cell === 'object' && cell !== null ? Buffer.from(cell.bytes, 'base64') : cell;
}

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}
