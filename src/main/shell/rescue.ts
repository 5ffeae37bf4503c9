/** What can be done about a file of the node that cannot be read. Nothing is ever overwritten or deleted. */
import { cp, rename } from 'node:fs/promises';
import { basename, dirname, join, relative, sep } from 'node:path';
import { SignalboxError } from '../../common/errors.ts';
import type { DamageReport } from '../../preload/api.ts';
import type { DamagedFileError } from '../node/damaged-file-error.ts';

const words: Readonly<Record<DamagedFileError['kind'], string>> = {
  settings: 'the settings',
  database: 'the node database (users, sessions, audit, saved work)',
  identity: 'the identity of this node',
};

/** What the rescue page shows. */
export function describeDamage(error: DamagedFileError, dataFolder: string): DamageReport {
  return { what: words[error.kind], file: error.file, dataFolder, reason: error.detail, confirmation: basename(error.file) };
}

/**
 * Copies the whole data folder beside itself, the window's own profile excepted.
 *
 * @param nowMs names the copy
 * @returns the folder of the copy
 * @throws SignalboxError `STORAGE_FULL` when it could not be copied completely
 */
export async function backUpDataFolder(dataFolder: string, profileFolder: string, nowMs: number): Promise<string> {
  const folder = `${dataFolder}-backup-${timeStamp(nowMs)}`;
  try {
    await cp(dataFolder, folder, {
      recursive: true,
      errorOnExist: true,
      force: false,
      preserveTimestamps: true,
      filter: (file) => file !== profileFolder && !file.startsWith(profileFolder + sep),
    });
    return folder;
  } catch (error) {
    throw new SignalboxError('STORAGE_FULL', `The backup to ${folder} is not complete: ${(error as Error).message}`, { cause: error });
  }
}

/**
 * Moves a damaged file, and the journals that belong to it, aside under a name that says when.
 *
 * @param confirmation the file's name as the person typed it
 * @returns where the file is now
 * @throws SignalboxError `INVALID_PARAMS` when the confirmation is another name, `STORAGE_FULL` when it could not be moved
 */
export async function setAside(error: DamagedFileError, dataFolder: string, confirmation: string, nowMs: number): Promise<string> {
  const { file } = error;
  if (confirmation !== basename(file)) throw new SignalboxError('INVALID_PARAMS', `Type ${basename(file)} to confirm.`);
  if (relative(dataFolder, file).startsWith('..')) throw new SignalboxError('FORBIDDEN', `${file} is not in the data folder.`);
  const aside = join(dirname(file), `${basename(file)}.damaged-${timeStamp(nowMs)}`);
  try {
    await rename(file, aside);
    for (const journal of ['-wal', '-shm']) await rename(file + journal, aside + journal).catch(ignoreMissing);
    return aside;
  } catch (cause) {
    throw new SignalboxError('STORAGE_FULL', `${file} could not be moved aside: ${(cause as Error).message}`, { cause });
  }
}

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}

function timeStamp(nowMs: number): string {
  return new Date(nowMs).toISOString().replace(/[:.]/g, '-');
}
