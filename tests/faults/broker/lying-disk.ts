/** A disk before the files of a broker that loses at a power cut what was not flushed, and can be slow, full, or lie (disk-shim.c). */
import { execFile } from 'node:child_process';
import { mkdir, open, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const headerBytes = 32;

export interface DiskMood {
  /** Added to each flush. */
  readonly flushDelayMs?: number;
  readonly isFull?: boolean;
  /** A flush says that it was done, and nothing was. */
  readonly lies?: boolean;
}

/** Compiles the shim. @returns its path; undefined where there is no C compiler */
export async function compileShim(folder: string): Promise<string | undefined> {
  const shim = join(folder, 'disk-shim.so');
  try {
    await promisify(execFile)('cc', ['-O2', '-shared', '-fPIC', '-o', shim, join(import.meta.dirname, 'disk-shim.c'), '-ldl']);
    return shim;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

export class LyingDisk {
  readonly #shim: string;
  readonly #data: string;
  readonly #undo: string;
  readonly #control: string;

  /**
   * @param data the folder that it looks after
   * @param own for what it keeps itself
   */
  constructor(shim: string, data: string, own: string) {
    this.#shim = shim;
    this.#data = data;
    this.#undo = join(own, 'undo');
    this.#control = join(own, 'disk-mood');
  }

  /** Makes its folder; it is in a good mood then. */
  async begin(mood: DiskMood = {}): Promise<void> {
    await mkdir(this.#undo, { recursive: true });
    await this.be(mood);
  }

  /** What the broker's process must have in its environment. */
  environment(): NodeJS.ProcessEnv {
    return { LD_PRELOAD: this.#shim, SHIM_FOLDER: `${this.#data}/`, SHIM_UNDO: this.#undo, SHIM_CONTROL: this.#control };
  }

  /** From now on, until told otherwise. */
  async be({ flushDelayMs = 0, isFull = false, lies = false }: DiskMood): Promise<void> {
    await writeFile(this.#control, `${flushDelayMs} ${isFull ? 1 : 0} ${lies ? 1 : 0}\n`);
  }

  /**
   * The power goes, and what was not flushed with it; the broker must be dead. SQLite makes its index of the journal anew.
   *
   * @returns bytes of the writes that are gone
   */
  async loseUnflushed(): Promise<number> {
    let lost = 0;
    for (const name of await readdir(this.#undo)) {
      const journal = join(this.#undo, name);
      lost += await undo(join(this.#data, name.replaceAll('%', '/')), await readFile(journal));
      await rm(journal);
    }
    for (const name of await readdir(this.#data, { recursive: true })) if (name.endsWith('-shm')) await rm(join(this.#data, name));
    return lost;
  }

  /** The disk was replaced by another: there is nothing to undo. */
  async forget(): Promise<void> {
    await rm(this.#undo, { recursive: true, force: true });
    await mkdir(this.#undo);
  }
}

interface Written {
  readonly offset: number;
  readonly before: Buffer;
  readonly sizeBefore: number;
  readonly length: number;
}

/** Takes back what a journal remembers, the last first. */
async function undo(path: string, journal: Buffer): Promise<number> {
  const records: Written[] = [];
  for (let at = 0; at + headerBytes <= journal.length; ) {
    const [offset = 0, there = 0, sizeBefore = 0, length = 0] = [0, 8, 16, 24].map((place) => Number(journal.readBigUInt64LE(at + place)));
    at += headerBytes;
    // Killed while it wrote this: then the file was not written either.
    if (at + there > journal.length) break;
    records.push({ offset, before: journal.subarray(at, at + there), sizeBefore, length });
    at += there;
  }
  if (records.length === 0) return 0;
  const file = await open(path, 'r+').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (file === undefined) return 0;
  for (const { offset, before } of records.toReversed()) if (before.length > 0) await file.write(before, 0, before.length, offset);
  await file.close();
  await truncate(path, records[0]?.sizeBefore ?? 0);
  return records.reduce((sum, { length }) => sum + length, 0);
}
