import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { temporaryFolder } from './temporary-folder.ts';

/** Why no small disk can be made here; undefined: it can. */
export function whyNoSmallDisk(): string | undefined {
  if (process.platform !== 'linux') return 'a small disk is made with the tmpfs of Linux';
  if (process.getuid?.() !== 0) return 'mounting a small disk needs root';
  const probe = `/tmp/signalbox-mount-probe-${process.pid}`;
  mkdirSync(probe);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', probe], { stdio: 'ignore' });
    execFileSync('umount', [probe], { stdio: 'ignore' });
    return undefined;
  } catch {
    return 'mounting is not allowed here';
  } finally {
    rmSync(probe, { recursive: true, force: true });
  }
}

/** A file system of its own that is soon full. */
export interface SmallDisk {
  readonly folder: string;
  /** Takes all the room that is left. */
  fill(): Promise<void>;
  free(): Promise<void>;
}

/** @param sizeBytes all that fits on it */
export async function smallDisk(sizeBytes: number): Promise<SmallDisk> {
  const mountPoint = await temporaryFolder();
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${sizeBytes}`, 'tmpfs', mountPoint]);
  onTestFinished(() => void execFileSync('umount', ['-l', mountPoint]));
  const filler = join(mountPoint, 'filler');
  return {
    folder: join(mountPoint, 'broker'),
    fill: async () => {
      for (const pieceBytes of [65_536, 4_096])
        try {
          for (;;) await writeFile(filler, Buffer.alloc(pieceBytes), { flag: 'a' });
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
        }
    },
    free: () => rm(filler),
  };
}
