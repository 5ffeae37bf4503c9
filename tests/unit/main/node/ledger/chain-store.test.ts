/** The file of the chains: what goes in is checked, what comes out is what was signed. */
import { expect, test } from 'vitest';
import { signBlock } from '../../../../../src/main/node/ledger/block.ts';
import { checkpointDraft } from '../../../../../src/main/node/ledger/checkpoint-entry.ts';
import { merkleRoot } from '../../../../../src/main/node/ledger/merkle.ts';
import type { FullBlock } from '../../../../../src/main/node/ledger/types.ts';
import { toHex } from '../../../../../src/main/node/trust/digest.ts';
import { actDraft, ChainWriter, openChainStore } from '../../../../helpers/ledger-fixture.ts';

const nowMs = 1_732_150_000_000;

test('own blocks are on the disk when it answers, and are there after a restart', async () => {
  const own = new ChainWriter();
  const { store, file } = await openChainStore(own.chainId);
  for (const block of own.writeMany(3)) await store.append(block);
  await store.stop();
  const { store: again } = await openChainStore(own.chainId, file);
  expect(await again.chain(own.chainId)).toMatchObject({ height: 2, entries: 3, firstHeight: 0, verifiedHeight: 2, fault: null });
  expect(await again.auditId()).toBe(3);
  expect(await again.details(2)).toEqual(own.blocks[1]?.details[0]);
  const page = await again.blocks(own.chainId, 0);
  expect(page.more).toBe(false);
  expect(page.blocks.map(({ block }) => toHex(block.hash))).toEqual(own.blocks.map(({ block }) => toHex(block.hash)));
  expect((await again.blockOf(own.chainId, 2))?.block.height).toBe(1);
  expect(await again.hashes(own.chainId, [1, 9])).toEqual([toHex(own.blocks[1]?.block.hash as Uint8Array), null]);
});

test('an own block that does not follow is refused, and leaves nothing behind', async () => {
  const own = new ChainWriter();
  const { store } = await openChainStore(own.chainId);
  const [first, , third] = own.writeMany(3);
  await store.append(first as NonNullable<typeof first>);
  await expect(store.append(third as NonNullable<typeof third>)).rejects.toMatchObject({ code: 'CONFLICT', data: { fault: 'gap' } });
  expect(await store.chain(own.chainId)).toMatchObject({ height: 0, entries: 1 });
});

test('pages of blocks are bounded by number and by bytes', async () => {
  const own = new ChainWriter();
  const { store } = await openChainStore(own.chainId);
  for (const block of own.writeMany(10)) await store.append(block);
  const few = await store.blocks(own.chainId, 2, { blocks: 3 });
  expect([few.blocks.length, few.more, few.blocks[0]?.block.height]).toEqual([3, true, 2]);
  const small = await store.blocks(own.chainId, 0, { bytes: 1 });
  expect([small.blocks.length, small.more]).toEqual([1, true]);
});

test('blocks of others are taken in order, once', async () => {
  const self = new ChainWriter(1);
  const other = new ChainWriter(2);
  const { store } = await openChainStore(self.chainId);
  const blocks = other.writeMany(5);
  expect(await store.take(other.chainId, blocks.slice(0, 3), 'p', nowMs)).toEqual({ added: 3, height: 2, refused: null });
  expect(await store.take(other.chainId, blocks.slice(1, 4), 'p', nowMs)).toEqual({ added: 1, height: 3, refused: null });
  expect(await store.chain(other.chainId)).toMatchObject({ height: 3, verifiedHeight: 3 });
});

test('a gap is told, and what begins late is taken only where that was said', async () => {
  const self = new ChainWriter(1);
  const other = new ChainWriter(2);
  const { store } = await openChainStore(self.chainId);
  const blocks = other.writeMany(5);
  expect(await store.take(other.chainId, blocks.slice(2), 'p', nowMs)).toMatchObject({ added: 0, refused: { reason: 'gap', height: 2 } });
  expect(await store.take(other.chainId, blocks.slice(2), 'p', nowMs, 2)).toMatchObject({ added: 3, refused: null });
});

/** What another node can bring that must not be stored (security.md row 34). */
const wrong: Readonly<Record<string, (good: FullBlock, writer: ChainWriter) => FullBlock>> = {
  'a signature of another key': (good) => ({ ...good, block: signBlock(good.block, new ChainWriter(9).signer) }),
  'a flipped signature': (good) => ({ ...good, block: { ...good.block, signature: good.block.signature.map((byte) => byte ^ 1) } }),
  'a link to another block': (good, writer) => ({
    ...good,
    block: signBlock({ ...good.block, prevHash: new Uint8Array(32).fill(7) }, writer.signer),
  }),
  'a changed entry': (good) => ({
    ...good,
    entries: good.entries.map((bytes) => Buffer.from(Buffer.from(bytes).toString().replace('anna', 'ben_'))),
  }),
  'a missing entry': (good) => ({ ...good, entries: [] }),
  'an entry too many': (good) => ({ ...good, entries: [...good.entries, ...good.entries] }),
  'a number that is another': (good, writer) => ({
    ...good,
    block: signBlock({ ...good.block, firstNumber: good.block.firstNumber + 1 }, writer.signer),
  }),
  'a time before the block before it': (good, writer) => ({ ...good, block: signBlock({ ...good.block, at: 1 }, writer.signer) }),
  'an entry with hidden characters': (good, writer) => {
    const entries = good.entries.map((bytes) => Buffer.from(Buffer.from(bytes).toString().replace('anna', 'an\u202ena')));
    return { entries, block: signBlock({ ...good.block, entriesRoot: merkleRoot(entries) }, writer.signer) };
  },
};

test.each(Object.keys(wrong))('%s is refused, what is before it stays', async (name) => {
  const self = new ChainWriter(1);
  const other = new ChainWriter(2);
  const { store } = await openChainStore(self.chainId);
  const [first, second] = other.writeMany(2) as unknown as [FullBlock, FullBlock];
  const bad = (wrong[name] as (typeof wrong)[string])(second, other);
  expect(await store.take(other.chainId, [first, bad], 'p', nowMs)).toMatchObject({
    added: 1,
    height: 0,
    refused: { reason: 'invalid', height: 1 },
  });
  expect(await store.take(other.chainId, [second], 'p', nowMs)).toMatchObject({ added: 1, height: 1, refused: null });
});

test('a block from the future is put off, not refused for good', async () => {
  const self = new ChainWriter(1);
  const other = new ChainWriter(2);
  const { store } = await openChainStore(self.chainId);
  const block = other.write([actDraft()], nowMs + 121_000);
  expect(await store.take(other.chainId, [block], 'p', nowMs)).toMatchObject({ added: 0, refused: { reason: 'notYet' } });
  expect(await store.take(other.chainId, [block], 'p', nowMs + 1_000)).toMatchObject({ added: 1, refused: null });
});

test('two blocks of one height that one node signed are both kept as evidence', async () => {
  const self = new ChainWriter(1);
  const other = new ChainWriter(2);
  other.writeMany(2);
  const twin = other.twin();
  const { store } = await openChainStore(self.chainId);
  await store.take(other.chainId, [...other.blocks, other.write()], 'p', nowMs);
  const rival = twin.write([actDraft({ actor: 'mallory' })]);
  expect(await store.take(other.chainId, [rival], 'q', nowMs)).toMatchObject({
    added: 0,
    height: 2,
    refused: { reason: 'fork', height: 2 },
  });
  expect(await store.take(other.chainId, [rival], 'q', nowMs)).toMatchObject({ refused: { reason: 'fork' } });
  const [fork, ...more] = await store.forks();
  expect(more).toEqual([]);
  expect(fork).toMatchObject({ chainId: other.chainId, height: 2 });
  expect(fork?.blocks.map(({ from }) => from).sort()).toEqual([other.chainId, 'q'].sort());
  expect((await store.blocks(other.chainId, 2)).blocks[0]?.block.hash).toEqual(other.blocks[2]?.block.hash);
});

test('one node that signs many pasts pushes no evidence against others out', async () => {
  const [self, forger, other] = [new ChainWriter(1), new ChainWriter(2), new ChainWriter(3)];
  const { store } = await openChainStore(self.chainId);
  const fork = async (writer: ChainWriter, blocks: number) => {
    const twin = writer.twin();
    await store.take(writer.chainId, writer.writeMany(blocks), 'p', nowMs);
    const refusals = [];
    for (let index = 0; index < blocks; index++)
      refusals.push((await store.take(writer.chainId, [twin.write([actDraft({ actor: 'mallory' })])], 'q', nowMs)).refused);
    return refusals;
  };
  const refusals = await fork(forger, 40);
  expect(refusals.every((refused) => refused?.reason === 'fork')).toBe(true);
  expect(refusals[0]?.message).toContain('Both are kept');
  expect(refusals.at(-1)?.message).toContain('As many blocks of it as may be are kept');
  await fork(other, 1);
  const chains = (await store.forks()).map(({ chainId }) => chainId);
  expect(chains.filter((chainId) => chainId === forger.chainId)).toHaveLength(16);
  expect(chains).toContain(other.chainId);
});

test('a copy that was begun on the word of one node is confirmed when all before it was sealed and is let go of', async () => {
  const [self, other] = [new ChainWriter(1), new ChainWriter(2)];
  const { store } = await openChainStore(self.chainId);
  other.writeMany(8);
  const sealedHash = toHex(other.blocks[5]?.block.hash as Uint8Array);
  const checkpoint = { sealedHeight: 5, sealedHash, digest: sealedHash, blocks: 6, entries: 6, archive: 'ledger-0-5.jsonl' };
  other.write([checkpointDraft(checkpoint, other.chainId, nowMs)]);
  await store.take(other.chainId, other.blocks.slice(4), 'p', nowMs, 4);
  expect(await store.chain(other.chainId)).toMatchObject({ firstHeight: 4, begunBy: 'p' });
  await store.prune(other.chainId, 5);
  expect(await store.chain(other.chainId)).toMatchObject({ firstHeight: 6, begunBy: null });
});

test('entries are listed newest first, page by page, with every filter', async () => {
  const self = new ChainWriter(1);
  const other = new ChainWriter(2);
  const { store } = await openChainStore(self.chainId);
  const start = 1_732_147_200_000;
  for (let index = 0; index < 20; index++) {
    const writer = index % 2 === 0 ? self : other;
    const block = writer.write(
      [
        actDraft({
          at: start + index,
          actor: index < 10 ? 'anna' : 'ben',
          act: index % 4 === 0 ? 'queues.create' : 'settings.set',
          target: `t${index}_%`,
        }),
      ],
      start + index,
    );
    if (writer === self) await store.append(block);
    else await store.take(other.chainId, [block], 'p', nowMs);
  }
  const seen: number[] = [];
  let before: string | undefined;
  do {
    const page = await store.list({ limit: 6, before });
    expect(page.total).toBe(20);
    seen.push(...page.entries.map(({ entry }) => entry.at - start));
    before = page.next ?? undefined;
  } while (before !== undefined);
  expect(seen).toEqual(Array.from({ length: 20 }, (_none, index) => 19 - index));
  const totals = async (query: Parameters<typeof store.list>[0]) => (await store.list(query)).total;
  expect(await totals({ limit: 1, chainId: self.chainId })).toBe(10);
  expect(await totals({ limit: 1, actor: 'ben' })).toBe(10);
  expect(await totals({ limit: 1, act: 'queues.', chainId: self.chainId })).toBe(5);
  expect(await totals({ limit: 1, target: '5_%' })).toBe(2);
  expect(await totals({ limit: 1, outcome: 'failed' })).toBe(0);
  expect(await totals({ limit: 1, fromMs: start + 5, toMs: start + 7 })).toBe(3);
  await expect(store.list({ limit: 1, before: 'x' })).rejects.toMatchObject({ code: 'INVALID_PARAMS' });
});

test('a verification can be watched and stopped', async () => {
  const own = new ChainWriter();
  const { store } = await openChainStore(own.chainId);
  for (const block of own.writeMany(130)) await store.append(block);
  const seen: number[] = [];
  const result = await store.verify(own.chainId, {}, { onProgress: ({ checked }) => seen.push(checked) });
  expect(result).toMatchObject({ checkedBlocks: 130, checkedEntries: 130, fault: null });
  expect(seen).toEqual([64, 128, 130]);
  await expect(store.verify(own.chainId, {}, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'CANCELLED' });
  expect(await store.verify(own.chainId, { fromHeight: 100, toHeight: 109 })).toMatchObject({ checkedBlocks: 10, fault: null });
});
