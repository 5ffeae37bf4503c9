import { mkdir, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { SignalboxError } from '../../../common/errors.ts';

/** Name of the file a write goes to before it takes the place of the old one. */
export function temporaryName(file: string): string {
  return join(dirname(file), `.${basename(file)}.tmp`);
}

/**
 * Replaces a file so that after a power cut there is the old or the new content, never a mix: temporary file, fsync, rename,
 * fsync of the folder. One writer a file at a time.
 *
 * @param mode permissions of the new file
 * @throws SignalboxError `STORAGE_FULL` when the disk refuses; the old file is then untouched
 */
export async function writeFileDurably(file: string, content: string | Uint8Array, mode = 0o600): Promise<void> {
  const temporary = temporaryName(file);
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    await rm(temporary, { force: true });
    const handle = await open(temporary, 'wx', mode);
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
    await syncFolder(dirname(file));
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw new SignalboxError(
      'STORAGE_FULL',
      `The file ${file} could not be written (${(error as NodeJS.ErrnoException).code ?? 'unknown'}). Free space on the disk or make the folder writable.`,
      {
        cause: error,
        executed: 'no',
      },
    );
  }
}

/** Makes a rename survive a power cut. Windows has no fsync of folders and needs none. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
