import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { storageLimits } from '../../../../../../src/main/node/peers/storage/index.ts';
import { bytes, roomyQuota, startStore, text } from '../../../../../helpers/peer-stores.ts';
import { smallDisk, whyNoSmallDisk } from '../../../../../helpers/small-disk.ts';
import { temporaryFolder } from '../../../../../helpers/temporary-folder.ts';

const by = 'ada@n1-owner';

test('a value is kept over a restart, and each change of it counts', async () => {
  const { part, dataFolder } = await startStore(undefined, 'n1-owner', { nowMs: () => 5 });
  await part.put({ key: 'site/contact', value: bytes('Ines'), by });
  await part.put({ key: 'site/contact', value: bytes('Ines, hall 2'), by });
  await part.stop();
  const { part: again } = await startStore(undefined, 'n1-owner', { dataFolder });
  const { value, ...item } = await again.get('site/contact');
  expect(text(value)).toBe('Ines, hall 2');
  expect(item).toEqual({ key: 'site/contact', version: 2, sizeBytes: 12, updatedAt: 5, updatedBy: by, replicas: [] });
  expect(again.usage().own).toEqual({ items: 1, sizeBytes: 12 });
});

test('a store that nobody uses has no file and no thread', async () => {
  const { part, dataFolder } = await startStore();
  expect(await part.list({ prefix: '', after: '', limit: 10 })).toEqual({ items: [], more: false });
  expect(existsSync(join(dataFolder, 'store.db'))).toBe(false);
});

test('a key that was deleted goes on counting where it stood', async () => {
  const { part } = await startStore();
  await part.put({ key: 'a', value: bytes('1'), by });
  expect(await part.delete({ key: 'a', by })).toBe(true);
  expect(await part.delete({ key: 'a', by })).toBe(false);
  await expect(part.get('a')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await part.put({ key: 'a', value: bytes('2'), by });
  expect(await part.get('a')).toMatchObject({ version: 3 });
});

test('a key whose tombstone was let go of counts on above it', async () => {
  const { part } = await startStore();
  for (let count = 0; count < 5; count++) await part.put({ key: 'first', value: bytes('x'), by });
  await part.delete({ key: 'first', by });
  const atOnce = 500;
  for (let gone = 0; gone < storageLimits.tombstones; gone += atOnce)
    await Promise.all(
      Array.from({ length: atOnce }, async (_, index) => {
        await part.put({ key: `gone/${gone + index}`, value: bytes('x'), by });
        await part.delete({ key: `gone/${gone + index}`, by });
      }),
    );
  await part.put({ key: 'first', value: bytes('back'), by });
  expect((await part.get('first')).version).toBe(7);
});

test('a change with a condition happens only at that version', async () => {
  const { part } = await startStore();
  await part.put({ key: 'a', value: bytes('1'), by, ifVersion: 0 });
  await expect(part.put({ key: 'a', value: bytes('2'), by, ifVersion: 0 })).rejects.toMatchObject({
    code: 'CONFLICT',
    data: { version: 1 },
  });
  await part.put({ key: 'a', value: bytes('2'), by, ifVersion: 1 });
  await expect(part.delete({ key: 'a', by, ifVersion: 1 })).rejects.toMatchObject({ code: 'CONFLICT' });
  expect(text((await part.get('a')).value)).toBe('2');
});

test('of many who change a key at once on one condition, one does', async () => {
  const { part } = await startStore();
  const tries = Array.from({ length: 20 }, (_, index) => part.put({ key: 'a', value: bytes(`${index}`), by, ifVersion: 0 }));
  const settled = await Promise.allSettled(tries);
  expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  expect((await part.get('a')).version).toBe(1);
});

test('keys are listed in order, by prefix and in pages', async () => {
  const { part } = await startStore();
  for (const key of ['b/2', 'a', 'b/10', 'b', 'c~', 'b/1']) await part.put({ key, value: bytes(key), by });
  const keys = async (prefix: string, after: string, limit: number) => {
    const { items, more } = await part.list({ prefix, after, limit });
    return [items.map(({ key }) => key), more];
  };
  expect(await keys('', '', 10)).toEqual([['a', 'b', 'b/1', 'b/10', 'b/2', 'c~'], false]);
  expect(await keys('b/', '', 2)).toEqual([['b/1', 'b/10'], true]);
  expect(await keys('b/', 'b/10', 2)).toEqual([['b/2'], false]);
});

test('what is beyond the quota is refused and counted, however many come at once, and room that is made is used', async () => {
  const quota = { ...roomyQuota, items: 3, sizeBytes: 100 };
  const { part } = await startStore(undefined, 'n1-owner', { quota: () => quota });
  const tries = await Promise.allSettled(Array.from({ length: 10 }, (_, index) => part.put({ key: `k${index}`, value: bytes('x'), by })));
  expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
  await expect(part.put({ key: 'k0', value: new Uint8Array(99), by })).rejects.toMatchObject({ code: 'LIMIT' });
  await part.delete({ key: 'k1', by });
  await part.put({ key: 'k0', value: new Uint8Array(99), by });
  expect(part.usage()).toMatchObject({ own: { items: 2, sizeBytes: 100 }, refused: 8 });
});

test('a store that cannot be read is named, and the node is of use without it', async () => {
  const dataFolder = await temporaryFolder();
  await writeFile(join(dataFolder, 'store.db'), 'This is no database, and long enough to be taken for a damaged one.'.repeat(20));
  const { part, problems } = await startStore(undefined, 'n1-owner', { dataFolder });
  expect(problems.list().map(({ id }) => id)).toContain('store.unreadable');
  await expect(part.get('a')).rejects.toThrow(/store\.db/);
  await expect(part.put({ key: 'a', value: bytes('1'), by })).rejects.toThrow(/store\.db/);
  await rm(join(dataFolder, 'store.db'));
  await part.put({ key: 'a', value: bytes('1'), by });
  expect(problems.list().map(({ id }) => id)).not.toContain('store.unreadable');
});

test.skipIf(whyNoSmallDisk() !== undefined)(
  'a full disk acknowledges nothing, and what was acknowledged before stays (row 37)',
  async () => {
    const disk = await smallDisk(1_048_576);
    await mkdir(disk.folder);
    const { part } = await startStore(undefined, 'n1-owner', { dataFolder: disk.folder });
    await part.put({ key: 'kept', value: bytes('before'), by });
    await disk.fill();
    await expect(part.put({ key: 'kept', value: new Uint8Array(200_000), by })).rejects.toMatchObject({ code: 'STORAGE_FULL' });
    expect(part.usage().own).toEqual({ items: 1, sizeBytes: 6 });
    await disk.free();
    expect(text((await part.get('kept')).value)).toBe('before');
    await part.put({ key: 'kept', value: bytes('after'), by });
    expect(await part.get('kept')).toMatchObject({ version: 2 });
  },
);
