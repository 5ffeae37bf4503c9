/** What can be done about a data folder that a node cannot start with. Nothing is deleted and nothing overwritten. */
import { cp, mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { SignalboxError } from '../../common/errors.ts';
import { readSettingsFile } from './config/settings-file.ts';
import { DamagedFileError, type DataFileKind } from './damaged-file-error.ts';
import { lockFileName } from './data-folder-lock.ts';
import { readIdentityFile } from './identity/identity-file.ts';
import { syncFolder } from './store/durable-file.ts';
import { checkIntegrity } from './store/open-database.ts';
import { loadSqlite } from './store/sqlite.ts';

/** Files of the data folder by what they hold. */
export const dataFiles: Readonly<Record<DataFileKind, string>> = {
  settings: 'config.json',
  database: 'node.db',
  identity: 'identity.json',
  ledger: 'ledger.db',
  values: 'store.db',
};

/** The lock, and the window's browser profile: in use by the very window that shows the rescue screen, and nobody's data. */
const notCopied: ReadonlySet<string> = new Set([lockFileName, 'desktop']);

export interface FileReport {
  /** Absolute path. */
  readonly file: string;
  readonly kind: DataFileKind;
  readonly sizeBytes: number;
  /** Milliseconds since the epoch. */
  readonly modifiedAt: number;
  /** What is wrong with it; null when it is whole. */
  readonly damage: string | null;
}

/**
 * Looks at every file of the data folder without changing one. The node must not run.
 *
 * @param options `resourcesPath`: Electron's `process.resourcesPath`
 */
export async function inspect(dataFolder: string, options: { readonly resourcesPath?: string | undefined } = {}): Promise<FileReport[]> {
  const checks: Readonly<Record<DataFileKind, (file: string) => Promise<unknown>>> = {
    settings: readSettingsFile,
    identity: readIdentityFile,
    database: (file) => checkDatabase(file, options.resourcesPath),
    ledger: (file) => checkDatabase(file, options.resourcesPath),
    values: (file) => checkDatabase(file, options.resourcesPath),
  };
  const reports: FileReport[] = [];
  for (const kind of Object.keys(dataFiles) as DataFileKind[]) {
    const file = resolve(dataFolder, dataFiles[kind]);
    const found = await stat(file).catch(() => undefined);
    if (found === undefined) continue;
    const damage = await checks[kind](file).then(
      () => null,
      (error: unknown) => (error instanceof DamagedFileError ? error.detail : (error as Error).message),
    );
    reports.push({ file, kind, sizeBytes: found.size, modifiedAt: found.mtimeMs, damage });
  }
  return reports;
}

async function checkDatabase(file: string, resourcesPath: string | undefined): Promise<void> {
  const sqlite = loadSqlite(resourcesPath);
  const journals = [`${file}-wal`, `${file}-shm`];
  const before = await Promise.all(
    journals.map((journal) =>
      stat(journal).then(
        () => true,
        () => false,
      ),
    ),
  );
  const database = new sqlite(file, { readonly: true, fileMustExist: true });
  try {
    checkIntegrity(database);
  } finally {
    database.close();
    // A reader makes empty journals and may not take them away again.
    for (const [index, journal] of journals.entries()) if (before[index] === false) await rm(journal, { force: true });
  }
}

/**
 * Copies the node's files into a new folder inside the data folder.
 *
 * @param nowMs names the copy
 * @returns the folder of the copy
 * @throws SignalboxError `STORAGE_FULL` when the copy is not complete
 */
export async function backup(dataFolder: string, nowMs: number = Date.now()): Promise<string> {
  const folder = join(dataFolder, `rescue-${timeName(nowMs)}`);
  try {
    await mkdir(folder, { mode: 0o700 });
    for (const name of await readdir(dataFolder)) {
      if (name.startsWith('rescue-') || notCopied.has(name)) continue;
      await cp(join(dataFolder, name), join(folder, name), { recursive: true, preserveTimestamps: true, errorOnExist: true, force: false });
    }
    await syncFolder(folder);
    return folder;
  } catch (error) {
    throw new SignalboxError(
      'STORAGE_FULL',
      `The backup in ${folder} is not complete: ${(error as Error).message}. Free space on the disk and try again.`,
      {
        cause: error,
        retryable: false,
      },
    );
  }
}

/**
 * Moves a damaged file, and the journals that belong to it, aside; the next start makes a new one.
 *
 * @param file one of {@link dataFiles}, as a path or a name
 * @returns where the file is now
 * @throws SignalboxError `INVALID_PARAMS` when it is no such file, `NOT_FOUND`, `STORAGE_FULL`
 */
export async function reset(dataFolder: string, file: string, nowMs: number = Date.now()): Promise<string> {
  const path = resolve(dataFolder, file);
  const known = Object.values(dataFiles);
  if (dirname(path) !== resolve(dataFolder) || !known.includes(basename(path)))
    throw new SignalboxError('INVALID_PARAMS', `${file} is not a file that can be reset. These are: ${known.join(', ')}.`, {
      executed: 'no',
    });
  const aside = `${path}.damaged-${timeName(nowMs)}`;
  try {
    await rename(path, aside);
    for (const journal of ['-wal', '-shm', '-journal']) await rename(path + journal, aside + journal).catch(ignoreMissing);
    await syncFolder(dataFolder);
    return aside;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT')
      throw new SignalboxError('NOT_FOUND', `There is no ${path}; there is nothing to reset.`, { executed: 'no' });
    throw new SignalboxError('STORAGE_FULL', `${path} could not be moved aside: ${(error as Error).message}.`, {
      cause: error,
      retryable: false,
    });
  }
}

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}

function timeName(nowMs: number): string {
  return new Date(nowMs).toISOString().replaceAll(/[:.]/g, '-');
}
