import { rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { syncFolder } from '../store/index.ts';

/**
 * Moves a ledger that SQLite cannot open, and its journals, aside, so that the node can begin a new file. Nothing is deleted.
 *
 * @param nowMs names the file
 * @returns where it is now
 * @throws Error of the system
 */
export async function keepDamagedLedger(file: string, nowMs: number): Promise<string> {
  const aside = `${file}.damaged-${new Date(nowMs).toISOString().replaceAll(/[:.]/g, '-')}`;
  for (const journal of ['-wal', '-shm'])
    await rename(file + journal, aside + journal).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
    });
  await rename(file, aside);
  await syncFolder(dirname(file));
  return aside;
}
