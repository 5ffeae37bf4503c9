import { readFile, rm, stat } from 'node:fs/promises';
import { SignalboxError } from '../../../common/errors.ts';
import { DamagedFileError, type DataFileKind } from '../damaged-file-error.ts';
import { nodeLimits } from '../limits.ts';
import { temporaryName } from './durable-file.ts';

/**
 * Reads a small text file of the data folder that is replaced as a whole (`writeFileDurably`).
 *
 * @returns its text, or undefined when there is no file yet
 * @throws DamagedFileError when it is far larger than such a file can be; SignalboxError `STORAGE_FULL` when it cannot be read
 */
export async function readDataFile(file: string, kind: DataFileKind): Promise<string | undefined> {
  // Left over when the machine lost power in the middle of a write; the file itself is whole.
  await rm(temporaryName(file), { force: true }).catch(() => undefined);
  try {
    const { size } = await stat(file);
    if (size > nodeLimits.settingsFileBytes) throw new DamagedFileError(file, kind, `It has ${size} bytes, far more than ${kind} takes.`);
    return await readFile(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    if (error instanceof DamagedFileError) throw error;
    throw new SignalboxError('STORAGE_FULL', `The file ${file} cannot be read (${code}). Make it readable.`, { cause: error });
  }
}
