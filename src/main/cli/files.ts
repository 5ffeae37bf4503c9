/** Files that a person names on the command line. */
import { type FileHandle, open, readFile, rm, stat, writeFile } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { UsageError } from './exit-codes.ts';

/**
 * Writes a file that is not there yet and that its owner alone may read.
 *
 * @throws UsageError when there is one of that name, or it cannot be written
 */
export async function writeNewFile(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text, newFile);
  } catch (error) {
    throw notWritten(file, error);
  }
}

/**
 * The same piece by piece. A file that could not be finished is removed, so that the command can be given again.
 *
 * @param write what is written; the file is closed when it resolves
 * @throws UsageError as {@link writeNewFile}, and what `write` throws
 */
export async function streamNewFile<T>(file: string, write: (to: Writable) => Promise<T>): Promise<T> {
  let handle: FileHandle;
  try {
    handle = await open(file, newFile.flag, newFile.mode);
  } catch (error) {
    throw notWritten(file, error);
  }
  const stream = handle.createWriteStream();
  const closed = finished(stream);
  // Looked at below: `write` may fail first.
  closed.catch(() => undefined);
  try {
    const written = await write(stream);
    stream.end();
    await closed;
    return written;
  } catch (error) {
    stream.destroy();
    await closed.catch(() => undefined);
    await rm(file, { force: true });
    throw (error as NodeJS.ErrnoException).syscall === undefined ? error : notWritten(file, error);
  }
}

const newFile = { mode: 0o600, flag: 'wx' } as const;

function notWritten(file: string, error: unknown): UsageError {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'EEXIST') return new UsageError(`There is a file ${file} already. It was left as it is; name another one.`);
  return new UsageError(`The file ${file} cannot be written (${code}).`);
}

/**
 * Reads a text file.
 *
 * @param mostBytes larger ones are not read
 * @throws UsageError when it is not there, cannot be read or is larger
 */
export async function readTextFile(file: string, mostBytes: number): Promise<string> {
  return (await readBytes(file, mostBytes)).toString('utf8');
}

/** The same for a file of any bytes. */
export async function readBytes(file: string, mostBytes: number): Promise<Buffer> {
  try {
    const { size } = await stat(file);
    if (size > mostBytes) throw new UsageError(`The file ${file} has ${size} bytes, more than such a file can have (${mostBytes}).`);
    return await readFile(file);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    throw new UsageError(code === 'ENOENT' ? `There is no file ${file}.` : `The file ${file} cannot be read (${code}).`);
  }
}
