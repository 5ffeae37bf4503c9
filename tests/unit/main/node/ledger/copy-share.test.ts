/** A copy takes no more of the disk than it may, whatever its author signs; the own chain has no bound. */
import { expect, test } from 'vitest';
import { type CopyShares, noShares, takeShare } from '../../../../../src/main/node/ledger/copy-share.ts';
import { toHex } from '../../../../../src/main/node/trust/digest.ts';
import { actDraft, ChainWriter, openChainStore } from '../../../../helpers/ledger-fixture.ts';

const hourMs = 3_600_000;
const startMs = 1_732_147_200_000;

async function openWith(shares: Partial<CopyShares>) {
  const self = new ChainWriter(1);
  const other = new ChainWriter(2);
  const { store, file } = await openChainStore(self.chainId);
  await store.setShares({ ...noShares, ...shares });
  return { self, other, store, file };
}

test('the share of a day comes back evenly, by the times in the blocks before the clock', () => {
  const writer = new ChainWriter(2);
  const block = (atMs: number) => writer.write([actDraft(), actDraft()], atMs);
  const shares = { ...noShares, dayEntries: 24 };
  const held = (entries: number, atMs: number) => ({ sizeBytes: 0, entries: 0, day: { bytes: 0, entries, atMs } });
  expect(takeShare(held(23, startMs), block(startMs), shares, startMs)).toBe('day');
  expect(takeShare(held(24, startMs), block(startMs + hourMs), shares, startMs + 2 * hourMs)).toMatchObject({ entries: 24 });
  expect(takeShare(held(24, startMs), block(startMs + 5 * hourMs), shares, startMs + 9 * hourMs)).toMatchObject({
    entries: 21,
    atMs: startMs + 5 * hourMs,
  });
});

test('a copy ends where its share does, and its newest block is followed', async () => {
  const { other, store, file, self } = await openWith({ totalEntries: 3 });
  const blocks = other.writeMany(10);
  expect(await store.take(other.chainId, blocks, 'p', startMs + hourMs)).toMatchObject({
    added: 3,
    height: 2,
    refused: { reason: 'overShare', height: 3 },
  });
  for (const block of blocks.slice(5, 8)) await store.take(other.chainId, [block], 'p', startMs + hourMs);
  const expected = { height: 2, entries: 3, overShare: { share: 'total', seenHeight: 7, missingEntries: 5 } };
  expect(await store.chain(other.chainId)).toMatchObject(expected);
  await store.stop();
  const { store: again } = await openChainStore(self.chainId, file);
  expect(await again.chain(other.chainId)).toMatchObject(expected);
  expect((await again.list({ limit: 10 })).total).toBe(3);
});

test('bytes are bounded like entries, and blocks that are not kept take no room', async () => {
  const { other, store } = await openWith({ totalBytes: 10_000 });
  for (const block of Array.from({ length: 60 }, () => other.write([actDraft({ text: 'x'.repeat(1_000) })])))
    await store.take(other.chainId, [block], 'p', startMs + hourMs);
  const head = await store.chain(other.chainId);
  expect(head?.sizeBytes).toBeLessThanOrEqual(10_000);
  expect(head?.overShare?.seenHeight).toBe(59);
});

test('the own chain has no bound', async () => {
  const { self, store } = await openWith({ totalEntries: 1, dayEntries: 1, totalBytes: 1, dayBytes: 1 });
  for (const block of self.writeMany(3)) await store.append(block);
  const { store: other } = await openChainStore(self.chainId);
  await other.setShares({ totalEntries: 1, dayEntries: 1, totalBytes: 1, dayBytes: 1 });
  expect(await other.take(self.chainId, self.blocks, 'p', startMs + hourMs)).toMatchObject({ added: 3, refused: null });
});

test('with more allowed the copy goes on, and is whole again when it has come as far', async () => {
  const { other, store } = await openWith({ totalEntries: 3 });
  const blocks = other.writeMany(6);
  await store.take(other.chainId, blocks, 'p', startMs + hourMs);
  expect(await store.setShares({ ...noShares, totalEntries: 5 })).toEqual([other.chainId]);
  expect(await store.chain(other.chainId)).toMatchObject({ overShare: { againAt: 0 } });
  expect(await store.take(other.chainId, blocks.slice(3), 'p', startMs + hourMs)).toMatchObject({ added: 2, height: 4 });
  await store.setShares(noShares);
  expect(await store.take(other.chainId, blocks.slice(5), 'p', startMs + hourMs)).toMatchObject({ added: 1, refused: null });
  expect(await store.chain(other.chainId)).toMatchObject({ height: 5, overShare: null });
});

test('the share of a day comes back by itself', async () => {
  const { other, store } = await openWith({ dayEntries: 4 });
  const blocks = other.writeMany(6);
  expect(await store.take(other.chainId, blocks, 'p', startMs + hourMs)).toMatchObject({ added: 4, refused: { reason: 'overShare' } });
  const dayLater = startMs + 25 * hourMs;
  expect(await store.take(other.chainId, blocks.slice(4), 'p', dayLater)).toMatchObject({ added: 2, refused: null });
});

test('a long past of an ordinary chain is taken at once by who comes late', async () => {
  const { other, store } = await openWith({ dayEntries: 4 });
  const blocks = Array.from({ length: 40 }, (_none, index) => other.write([actDraft()], startMs + index * 8 * hourMs));
  expect(await store.take(other.chainId, blocks, 'p', startMs + 400 * hourMs)).toMatchObject({ added: 40, refused: null });
});

test('a second past beyond the end of a copy over its share is kept as evidence', async () => {
  const { other, store } = await openWith({ totalEntries: 2 });
  other.writeMany(5);
  const twin = other.twin();
  const newest = other.write();
  await store.take(other.chainId, other.blocks.slice(0, 3), 'p', startMs + hourMs);
  expect(await store.take(other.chainId, [newest], 'p', startMs + hourMs)).toMatchObject({ refused: { reason: 'overShare' } });
  expect(await store.hashes(other.chainId, [5])).toEqual([toHex(newest.block.hash)]);
  const rival = twin.write([actDraft({ actor: 'mallory' })]);
  expect(await store.take(other.chainId, [rival], 'q', startMs + hourMs)).toMatchObject({ refused: { reason: 'fork', height: 5 } });
  const [fork] = await store.forks();
  expect(fork?.blocks.map(({ block }) => toHex(block.hash)).sort()).toEqual([newest, rival].map(({ block }) => toHex(block.hash)).sort());
  const next = twin.write();
  expect(await store.take(other.chainId, [next], 'q', startMs + hourMs)).toMatchObject({
    refused: { reason: 'overShare', fault: { fault: 'prevHash' } },
  });
});

test('a wrong block above a copy over its share counts against who brought it', async () => {
  const { other, store } = await openWith({ totalEntries: 2 });
  other.writeMany(6);
  await store.take(other.chainId, other.blocks.slice(0, 3), 'p', startMs + hourMs);
  const last = other.blocks[5] as (typeof other.blocks)[number];
  const wrong = { ...last, block: { ...last.block, signature: last.block.signature.map((byte) => byte ^ 1) } };
  expect(await store.take(other.chainId, [wrong], 'p', startMs + hourMs)).toMatchObject({ refused: { reason: 'invalid', height: 5 } });
  expect((await store.chain(other.chainId))?.overShare?.seenHeight).toBe(2);
});

test('what was used while a setting allowed more is given back in one day', () => {
  const block = new ChainWriter(2).write([actDraft()], startMs + 24 * hourMs);
  const held = { sizeBytes: 0, entries: 0, day: { bytes: 1e9, entries: 1_000, atMs: startMs } };
  expect(takeShare(held, block, { ...noShares, dayEntries: 24, dayBytes: 10_000 }, startMs + 24 * hourMs)).toMatchObject({ entries: 1 });
});

test('what was noted by a clock that was far ahead keeps no copy from going on', () => {
  const block = new ChainWriter(2).write([actDraft()], startMs);
  const held = { sizeBytes: 0, entries: 0, day: { bytes: 0, entries: 24, atMs: startMs + 365 * 24 * hourMs } };
  expect(takeShare(held, block, { ...noShares, dayEntries: 24 }, startMs)).toMatchObject({ entries: 1, atMs: startMs });
});

test('a block that is larger than the share of a day waits for a whole one', () => {
  const block = new ChainWriter(2).write([actDraft(), actDraft(), actDraft()], startMs);
  const held = (entries: number) => ({ sizeBytes: 0, entries: 0, day: { bytes: 0, entries, atMs: startMs } });
  expect(takeShare(held(1), block, { ...noShares, dayEntries: 2 }, startMs)).toBe('day');
  expect(takeShare(held(1), block, { ...noShares, dayEntries: 2 }, startMs + 12 * hourMs)).toMatchObject({ entries: 3 });
});

test('earlier blocks of a copy are taken as far as its share goes', async () => {
  const { other, store } = await openWith({ totalEntries: 6 });
  other.writeMany(8);
  await store.take(other.chainId, other.blocks.slice(4), 'p', startMs + hourMs, 4);
  expect(await store.replace(other.chainId, other.blocks.slice(0, 4).toReversed(), 'q')).toBe(2);
  expect(await store.chain(other.chainId)).toMatchObject({ firstHeight: 2, entries: 6, begunBy: 'q' });
});
