import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { GuardFile, type GuardRecord, guardGroupsMax } from '../../../../../../src/main/node/broker/log/guard-file.ts';
import { temporaryFolder } from '../../../../../helpers/temporary-folder.ts';

const record = (index: number): GuardRecord => ({ index, term: 2, hardTerm: 3, stage: 'kept' });
const idOf = (number: number) => `G-${String(number).padStart(5, '0')}`;

async function opened(file: string): Promise<GuardFile> {
  return GuardFile.open(file, (error) => {
    throw error;
  });
}

test('remembers of each group what was set last, and never grows', async () => {
  const file = join(await temporaryFolder(), 'guard');
  const first = await opened(file);
  const { size } = await stat(file);
  for (let index = 1; index <= 20; index++) {
    first.set(idOf(1), record(index));
    first.set(idOf(2), { index: Number.MAX_SAFE_INTEGER, term: Number.MAX_SAFE_INTEGER, hardTerm: index, stage: 'removing' });
    await first.flush();
  }
  first.set(idOf(3), record(1));
  first.delete(idOf(3));
  await first.close();
  expect((await stat(file)).size).toBe(size);
  const second = await opened(file);
  expect(second.groupIds()).toEqual([idOf(1), idOf(2)]);
  expect(second.get(idOf(1))).toEqual(record(20));
  expect(second.get(idOf(2))).toEqual({ index: Number.MAX_SAFE_INTEGER, term: Number.MAX_SAFE_INTEGER, hardTerm: 20, stage: 'removing' });
  await second.close();
});

test('gets what was set onto the disk by itself', async () => {
  const file = join(await temporaryFolder(), 'guard');
  const guard = await opened(file);
  const before = await readFile(file);
  guard.set(idOf(1), record(7));
  await expect.poll(async () => (await readFile(file)).equals(before)).toBe(false);
  await guard.close();
});

test('whoever waits for a flush finds everything set before on the disk', async () => {
  const file = join(await temporaryFolder(), 'guard');
  const guard = await opened(file);
  await Promise.all(
    Array.from({ length: 50 }, async (_, index) => {
      guard.set(idOf(1), record(index + 1));
      await guard.flush();
    }),
  );
  const copy = await opened(file);
  expect(copy.get(idOf(1))).toEqual(record(50));
  await copy.close();
  await guard.close();
});

test('has room for many groups, and says when it is full', async () => {
  const file = join(await temporaryFolder(), 'guard');
  const guard = await opened(file);
  for (let number = 0; number < guardGroupsMax; number++) {
    expect(guard.isFull).toBe(false);
    guard.set(idOf(number), record(number));
  }
  expect(guard.isFull).toBe(true);
  await guard.close();
  const again = await opened(file);
  expect(again.groupIds()).toHaveLength(guardGroupsMax);
  expect(again.get(idOf(guardGroupsMax - 1))).toEqual(record(guardGroupsMax - 1));
  await again.close();
});
