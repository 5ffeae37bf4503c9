/** Files that a person names on the command line. */
import { readFile, stat, writeFile } from 'node:fs/promises';
import { UsageError } from './exit-codes.ts';

/**
 * Writes a file that is not there yet and that its owner alone may read.
 *
 * @throws UsageError when there is one of that name, or it cannot be written
 */
export async function writeNewFile(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') throw new UsageError(`There is a file ${file} already. It was left as it is; name another one.`);
    throw new UsageError(`The file ${file} cannot be written (${code}).`);
  }
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
