import { expect, test } from 'vitest';
import { Copies } from '../../../../../../src/main/node/peers/storage/copies.ts';
import { storageMigrations } from '../../../../../../src/main/node/peers/storage/migrations.ts';
import { Usage } from '../../../../../../src/main/node/peers/storage/usage.ts';
import { memoryStore } from '../../../../../helpers/memory-store.ts';
import { bytes, roomyQuota } from '../../../../../helpers/peer-stores.ts';

const owner = 'n1-owner';
const copy = (version: number, text: string) => ({
  key: 'k',
  version,
  value: bytes(text),
  sizeBytes: text.length,
  updatedAt: version,
  updatedBy: 'ada@n1-owner',
});

test('an owner that is forgotten while a copy of it comes is counted as it is held', async () => {
  const usage = new Usage(() => roomyQuota);
  const copies = new Copies(memoryStore(storageMigrations), usage, Date.now);
  await copies.put(owner, copy(1, 'four'));
  const put = copies.put(owner, copy(2, 'longer'));
  expect(await copies.forget(owner)).toBe(1);
  await put;
  expect((await copies.list(owner, { prefix: '', after: '', limit: 9 })).items).toHaveLength(1);
  expect([usage.of(owner), usage.total]).toEqual([
    { items: 1, sizeBytes: 6 },
    { items: 1, sizeBytes: 6 },
  ]);
});

test('the digest over copies is made anew only after one has changed', async () => {
  const store = memoryStore(storageMigrations);
  let reads = 0;
  const all: typeof store.all = (...query) => {
    reads++;
    return store.all(...query);
  };
  const copies = new Copies({ ...store, all }, new Usage(() => roomyQuota), Date.now);
  const none = await copies.digest(owner);
  await copies.put(owner, copy(1, 'four'));
  const first = await copies.digest(owner);
  expect([await copies.digest(owner), reads]).toEqual([first, 1]);
  await copies.put(owner, copy(2, 'longer'));
  const second = await copies.digest(owner);
  await copies.delete(owner, 'k', 3);
  expect(new Set([none, first, second]).size).toBe(3);
  expect([await copies.digest(owner), reads]).toEqual([none, 2]);
});
