import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryName, writeFileDurably } from '../../../../../src/main/node/store/index.ts';
import { temporaryFolder } from '../../../../helpers/temporary-folder.ts';

test('a file is replaced whole, for its owner alone, and leaves nothing beside it', async () => {
  const folder = await temporaryFolder();
  const file = join(folder, 'deep', 'a.json');
  await writeFileDurably(file, 'old');
  await writeFile(temporaryName(file), 'left over by a power cut');
  await writeFileDurably(file, 'new');
  expect(await readFile(file, 'utf8')).toBe('new');
  expect(await readdir(join(folder, 'deep'))).toEqual(['a.json']);
  if (process.platform !== 'win32') expect((await stat(file)).mode & 0o777).toBe(0o600);
});

test('when the disk refuses, the old file stays and the caller knows', async () => {
  const folder = await temporaryFolder();
  const file = join(folder, 'a.json');
  await mkdir(file);
  await expect(writeFileDurably(file, 'new')).rejects.toMatchObject({
    code: 'STORAGE_FULL',
    executed: 'no',
    message: expect.stringContaining(file),
  });
  expect(await readdir(folder)).toEqual(['a.json']);
});
