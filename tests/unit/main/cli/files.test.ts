import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { SignalboxError } from '../../../../src/common/errors.ts';
import { UsageError } from '../../../../src/main/cli/exit-codes.ts';
import { streamNewFile } from '../../../../src/main/cli/files.ts';
import { temporaryFolder } from '../../../helpers/temporary-folder.ts';

const write = (to: Writable, text: string) => new Promise<void>((resolve) => void to.write(text, () => resolve()));

test('a file that cannot be finished is not left behind, and what stopped it is told as it is', async () => {
  const folder = await temporaryFolder();
  const file = join(folder, 'chain.jsonl');
  const stopped = new SignalboxError('EXPIRED', 'It took too long.');
  const broken = streamNewFile(file, async (to) => {
    await write(to, 'a beginning');
    throw stopped;
  });
  await expect(broken).rejects.toBe(stopped);
  expect(await readdir(folder)).toEqual([]);
  expect(await streamNewFile(file, async (to) => write(to, 'all').then(() => 7))).toBe(7);
  expect(await readFile(file, 'utf8')).toBe('all');
});

test('a file that is there is left as it is', async () => {
  const file = join(await temporaryFolder(), 'chain.jsonl');
  await writeFile(file, 'mine');
  await expect(streamNewFile(file, () => Promise.resolve())).rejects.toThrow(UsageError);
  expect(await readFile(file, 'utf8')).toBe('mine');
});
