import { fork } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { lockDataFolder, lockFileName } from '../../../../src/main/node/data-folder-lock.ts';
import { temporaryFolder } from '../../../helpers/temporary-folder.ts';

async function holdInOtherProcess(folder: string) {
  const child = fork(join(import.meta.dirname, '../../../helpers/lock-holder.ts'), [folder], { execArgv: [] });
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child, 'message');
  return child;
}

test('a folder held by another process is refused with its process id, and free once that is killed', async () => {
  const folder = await temporaryFolder();
  const child = await holdInOtherProcess(folder);
  expect(() => lockDataFolder(folder, undefined)).toThrow(
    expect.objectContaining({
      code: 'CONFLICT',
      message: expect.stringContaining(`process ${child.pid}`),
      data: { folder, pid: child.pid },
    }),
  );
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
  lockDataFolder(folder, undefined).release();
});

test('a folder is held once within a process too, and can be taken again after its release', async () => {
  const folder = await temporaryFolder();
  const lock = lockDataFolder(folder, undefined);
  expect(() => lockDataFolder(folder, undefined)).toThrow(expect.objectContaining({ data: { folder, pid: process.pid } }));
  lock.release();
  lockDataFolder(folder, undefined).release();
});

test('a folder that cannot be written, and a lock file that is no lock, say what to do', async () => {
  const folder = await temporaryFolder();
  expect(() => lockDataFolder(join(folder, 'missing'), undefined)).toThrow(expect.objectContaining({ code: 'STORAGE_FULL' }));
  await writeFile(join(folder, lockFileName), 'something else entirely'.repeat(100));
  expect(() => lockDataFolder(folder, undefined)).toThrow(/delete it/);
});
