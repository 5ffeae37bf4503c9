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
