/** What a member can do to the disks of the others with blocks that are right, and where copies may begin. */
import { expect, test } from 'vitest';
import { noShares } from '../../../../../../src/main/node/ledger/copy-share.ts';
import { MemoryNetwork } from '../../../../../helpers/chain-network.ts';
import { type ChainNode, startChainNode } from '../../../../../helpers/chain-node.ts';
import { ChainWriter } from '../../../../../helpers/ledger-fixture.ts';
import { until } from '../../../../../helpers/until.ts';

const height = (node: ChainNode, of: ChainNode) => node.sync.held.heightOf(of.writer.chainId);
const head = (node: ChainNode, of: ChainNode) => node.sync.held.get(of.writer.chainId);

test('a node that floods its chain fills no other: that is told with its name, and mended by allowing more', async () => {
  const network = new MemoryNetwork();
  const [a, b] = [await startChainNode(network, new ChainWriter(1)), await startChainNode(network, new ChainWriter(2))];
  await b.store.setShares({ ...noShares, totalEntries: 5 });
  for (let index = 0; index < 20; index++) await a.act();
  await until(() => head(b, a)?.overShare?.seenHeight === 19);
  expect(head(b, a)).toMatchObject({ height: 4, entries: 5, overShare: { share: 'total', missingEntries: 15 } });
  const problem = b.problems.list().find(({ id }) => id === 'ledger.overShare');
  expect(problem?.title).toContain(a.writer.chainId.slice(0, 8));
  expect(problem?.detail).toContain('ledger.copyEntries');
  expect(b.peer.conducts.filter(({ kind }) => kind === 'invalid')).toEqual([]);
  const asked = a.peer.received.filter((type) => type === 'GetBlocks').length;
  for (let index = 0; index < 5; index++) await a.act();
  await until(() => head(b, a)?.overShare?.seenHeight === 24);
  expect(a.peer.received.filter((type) => type === 'GetBlocks')).toHaveLength(asked);
  for (const chainId of await b.store.setShares(noShares)) await b.sync.held.refresh(chainId);
  await a.act();
  await until(() => height(b, a) === 25 && head(b, a)?.overShare === null);
  expect(b.problems.list().map(({ id }) => id)).not.toContain('ledger.overShare');
});

test('a fork of a node over its share still comes to light', async () => {
  const network = new MemoryNetwork();
  const [a, b, c] = [
    await startChainNode(network, new ChainWriter(1)),
    await startChainNode(network, new ChainWriter(2)),
    await startChainNode(network, new ChainWriter(3)),
  ] as [ChainNode, ChainNode, ChainNode];
  await b.store.setShares({ ...noShares, totalEntries: 2 });
  for (let index = 0; index < 4; index++) await a.act();
  await until(() => head(b, a)?.overShare?.seenHeight === 3 && height(c, a) === 3);
  network.cut(b.writer.chainId, c.writer.chainId);
  network.cut(a.writer.chainId, c.writer.chainId);
  const twin = a.writer.twin();
  await a.act({ act: 'queues.create' });
  await until(() => head(b, a)?.overShare?.seenHeight === 4);
  network.leave(a.writer.chainId);
  await c.store.take(a.writer.chainId, [twin.write(undefined, Date.now())], 'n1elsewhere', Date.now());
  await c.sync.held.refresh(a.writer.chainId);
  network.heal(b.writer.chainId, c.writer.chainId);
  await until(() => b.sync.forks.isForked(a.writer.chainId));
  expect(b.peer.conducts.filter(({ kind }) => kind === 'invalid')).toEqual([]);
});

/** A node that holds a chain from a height on, without anything that says why. */
async function startHolder(network: MemoryNetwork, seed: number, author: ChainWriter, from: number): Promise<ChainNode> {
  const writer = new ChainWriter(seed);
  // What the others hold must not get here first.
  for (const other of [1, 2, 3]) if (other !== seed) network.cut(writer.chainId, new ChainWriter(other).chainId);
  const node = await startChainNode(network, writer);
  await node.store.take(author.chainId, author.blocks.slice(from), 'n1elsewhere', Date.now() + 1e12, from);
  await node.store.confirmStart(author.chainId);
  await node.sync.held.refresh(author.chainId);
  return node;
}

/** A node that took the chain from one that holds it from block 4 on. */
async function startLate(network: MemoryNetwork, author: ChainWriter): Promise<ChainNode> {
  const holder = await startHolder(network, 1, author, 4);
  const writer = new ChainWriter(2);
  network.mend(holder.writer.chainId, writer.chainId);
  const late = await startChainNode(network, writer);
  await until(() => late.sync.held.heightOf(author.chainId) === 7);
  return late;
}

test('a copy that begins late on the word of one node is not confirmed until another begins it there too', async () => {
  const network = new MemoryNetwork();
  const author = new ChainWriter(9);
  author.writeMany(8);
  const late = await startLate(network, author);
  expect(late.sync.held.get(author.chainId)?.begunBy).not.toBeNull();
  const second = await startHolder(network, 3, author, 4);
  network.heal(second.writer.chainId, late.writer.chainId);
  await until(() => late.sync.held.get(author.chainId)?.begunBy === null);
  expect(late.sync.held.get(author.chainId)?.firstHeight).toBe(4);
});

test('of two nodes, one of which leaves out the beginning, the other is believed', async () => {
  const network = new MemoryNetwork();
  const author = new ChainWriter(9);
  author.writeMany(8);
  const holders = [await startHolder(network, 1, author, 4), await startHolder(network, 3, author, 0)];
  const writer = new ChainWriter(2);
  for (const holder of holders) network.mend(holder.writer.chainId, writer.chainId);
  const late = await startChainNode(network, writer);
  await until(() => late.sync.held.heightOf(author.chainId) === 7 && late.sync.held.get(author.chainId)?.firstHeight === 0);
  expect(late.sync.held.get(author.chainId)).toMatchObject({ begunBy: null });
});

test('what was left out before the beginning of a copy is filled in when a node comes that holds it', async () => {
  const network = new MemoryNetwork();
  const author = new ChainWriter(9);
  author.writeMany(8);
  const late = await startLate(network, author);
  const whole = await startHolder(network, 3, author, 0);
  network.heal(whole.writer.chainId, late.writer.chainId);
  await until(() => late.sync.held.get(author.chainId)?.firstHeight === 0);
  expect(late.sync.held.get(author.chainId)?.begunBy).toBeNull();
  expect((await late.store.verify(author.chainId)).fault).toBeNull();
});

test('with more allowed a copy goes on at once, without another block or comparison', async () => {
  const network = new MemoryNetwork();
  const [a, b] = [await startChainNode(network, new ChainWriter(1)), await startChainNode(network, new ChainWriter(2))];
  await b.store.setShares({ ...noShares, totalEntries: 2 });
  for (let index = 0; index < 5; index++) await a.act();
  await until(() => head(b, a)?.overShare?.seenHeight === 4);
  for (const chainId of await b.store.setShares(noShares)) b.changed(chainId);
  await until(() => height(b, a) === 4 && head(b, a)?.overShare === null);
});

test('a copy goes on that was over its share by a clock that was far ahead', async () => {
  const network = new MemoryNetwork();
  const [one, other] = [new ChainWriter(1), new ChainWriter(2)];
  network.cut(one.chainId, other.chainId);
  const [a, b] = [await startChainNode(network, one), await startChainNode(network, other)];
  await b.store.setShares({ ...noShares, dayEntries: 2 });
  for (let index = 0; index < 6; index++) await a.act();
  const taken = await b.store.take(one.chainId, one.blocks, 'n1elsewhere', Date.now() + 365 * 86_400_000);
  expect(taken).toMatchObject({ height: 3, refused: { reason: 'overShare' } });
  await b.sync.held.refresh(one.chainId);
  network.heal(one.chainId, other.chainId);
  await until(() => height(b, a) === 5);
});

test('what is said of a copy over its share ends when its node is no member any more', async () => {
  const network = new MemoryNetwork();
  const removed = new Set<string>();
  const [a, b] = [await startChainNode(network, new ChainWriter(1)), await startChainNode(network, new ChainWriter(2), removed)];
  await b.store.setShares({ ...noShares, totalEntries: 2 });
  for (let index = 0; index < 5; index++) await a.act();
  await until(() => b.problems.list().some(({ id }) => id === 'ledger.overShare'));
  removed.add(a.writer.chainId);
  b.sync.membersChanged();
  expect(b.problems.list().map(({ id }) => id)).not.toContain('ledger.overShare');
});

test('a node that speaks of earlier blocks and gives none keeps no copy from beginning', async () => {
  const network = new MemoryNetwork();
  const author = new ChainWriter(9);
  author.writeMany(8);
  const holder = await startHolder(network, 1, author, 4);
  const liar = await startHolder(network, 3, author, 0);
  network.tamper = (text, from) => {
    const message = JSON.parse(text) as { type: string; blocks?: unknown[] };
    const isPage = from === liar.writer.chainId && message.type === 'BlockResponse' && (message.blocks?.length ?? 0) > 1;
    return isPage ? JSON.stringify({ ...message, blocks: [] }) : text;
  };
  const writer = new ChainWriter(2);
  for (const { writer: known } of [holder, liar]) network.mend(known.chainId, writer.chainId);
  const late = await startChainNode(network, writer);
  await until(() => late.sync.held.heightOf(author.chainId) === 7);
  expect(late.sync.held.get(author.chainId)).toMatchObject({ firstHeight: 4 });
});

test('blocks before a copy that one node gives are on the word of that node', async () => {
  const network = new MemoryNetwork();
  const author = new ChainWriter(9);
  author.writeMany(8);
  const late = await startLate(network, author);
  const second = await startHolder(network, 3, author, 2);
  network.heal(second.writer.chainId, late.writer.chainId);
  await until(() => late.sync.held.get(author.chainId)?.firstHeight === 2);
  expect(late.sync.held.get(author.chainId)?.begunBy).toBe(second.writer.chainId);
});
