import { expect, test } from 'vitest';
import { MemoryNetwork } from '../../../../../helpers/chain-network.ts';
import { type ChainNode, startChainNode } from '../../../../../helpers/chain-node.ts';
import { ChainWriter } from '../../../../../helpers/ledger-fixture.ts';
import { until } from '../../../../../helpers/until.ts';

const heads = (node: ChainNode) => JSON.stringify(node.sync.held.heads());
const height = (node: ChainNode, of: ChainNode) => node.sync.held.heightOf(of.writer.chainId);

async function startThree() {
  const network = new MemoryNetwork();
  const nodes = [];
  for (const seed of [1, 2, 3]) nodes.push(await startChainNode(network, new ChainWriter(seed)));
  const [a, b, c] = nodes as [ChainNode, ChainNode, ChainNode];
  return { network, a, b, c };
}

test('an act at one node is held by the others', async () => {
  const { a, b, c } = await startThree();
  await a.act();
  await a.act();
  await until(() => height(b, a) === 1 && height(c, a) === 1);
  expect((await b.store.list({ limit: 10 })).total).toBe(2);
});

test('a node of no cluster is told nothing about chains, so that it has nothing to refuse', async () => {
  const network = new MemoryNetwork();
  const strangerId = new ChainWriter(9).chainId;
  const strangers = new Set([strangerId]);
  const a = await startChainNode(network, new ChainWriter(1), strangers);
  const b = await startChainNode(network, new ChainWriter(2), strangers);
  const stranger = network.join(strangerId);
  await a.act();
  await until(() => height(b, a) === 0);
  expect(stranger.received).toEqual([]);
});

test('a node that was away catches up, also from a third when the author is gone', async () => {
  const { network, a, b } = await startThree();
  for (let index = 0; index < 5; index++) await a.act();
  await until(() => height(b, a) === 4);
  network.leave(a.writer.chainId);
  const late = await startChainNode(network, new ChainWriter(4));
  await until(() => height(late, a) === 4);
  expect(late.peer.conducts.some(({ kind }) => kind === 'invalid')).toBe(false);
});

test('after a partition in which both sides wrote all hold the same, and nothing is lost', async () => {
  const { network, a, b, c } = await startThree();
  await a.act();
  await until(() => height(b, a) === 0 && height(c, a) === 0);
  network.cut(a.writer.chainId, c.writer.chainId);
  network.cut(b.writer.chainId, c.writer.chainId);
  for (let index = 0; index < 3; index++) await a.act();
  for (let index = 0; index < 4; index++) await c.act();
  await until(() => height(b, a) === 3);
  network.heal(a.writer.chainId, c.writer.chainId);
  network.heal(b.writer.chainId, c.writer.chainId);
  await until(() => heads(a) === heads(b) && heads(b) === heads(c) && height(c, a) === 3 && height(a, c) === 3);
});

test('more blocks than fit a page arrive in pages', async () => {
  const network = new MemoryNetwork();
  const a = await startChainNode(network, new ChainWriter(1));
  for (let index = 0; index < 60; index++) await a.act({ text: 'x'.repeat(1_000), params: { index } });
  const full = { actor: 'a'.repeat(120), text: 'y'.repeat(1_000) };
  for (let index = 0; index < 200; index++) await a.act(full);
  const b = await startChainNode(network, new ChainWriter(2));
  await until(() => height(b, a) === 259);
  expect(b.peer.received.filter((type) => type === 'BlockResponse').length).toBeGreaterThan(1);
});

test('blocks of a node that never was a member are refused', async () => {
  const network = new MemoryNetwork();
  const stranger = new ChainWriter(9);
  const b = await startChainNode(network, new ChainWriter(2), new Set([stranger.chainId]));
  const outsider = await startChainNode(network, stranger);
  await outsider.act();
  await until(() => b.peer.conducts.some(({ why }) => why.includes('members of the cluster alone')));
  expect(b.sync.held.get(stranger.chainId)).toBeUndefined();
});

test('blocks that were changed on the way are not kept, count against who brought them, and come from another', async () => {
  const network = new MemoryNetwork();
  const [a, b] = [await startChainNode(network, new ChainWriter(1)), await startChainNode(network, new ChainWriter(2))];
  for (let index = 0; index < 3; index++) await a.act();
  await until(() => height(b, a) === 2);
  network.tamper = (text, from) =>
    from === a.writer.chainId && text.includes('"BlockResponse"') ? text.replace('queues.create', 'queues.delete') : text;
  const late = await startChainNode(network, new ChainWriter(3));
  await until(() => height(late, a) === 2);
  await a.store.verify(a.writer.chainId);
  expect((await late.store.verify(a.writer.chainId)).fault).toBeNull();
});

test('a fork by a copied key is kept as evidence at every node, told, and recorded', async () => {
  const { network, a, b, c } = await startThree();
  await a.act();
  await until(() => height(b, a) === 0 && height(c, a) === 0);
  const twin = a.writer.twin();
  network.cut(b.writer.chainId, c.writer.chainId);
  network.cut(a.writer.chainId, c.writer.chainId);
  await a.act({ act: 'queues.create' });
  await until(() => height(b, a) === 1);
  const other = twin.write(undefined, Date.now());
  await c.store.take(a.writer.chainId, [other], 'n1elsewhere', Date.now());
  await c.sync.held.refresh(a.writer.chainId);
  network.heal(b.writer.chainId, c.writer.chainId);
  network.heal(a.writer.chainId, c.writer.chainId);
  await until(() => [b, c].every((node) => node.sync.forks.isForked(a.writer.chainId)));
  for (const node of [b, c]) {
    expect(node.problems.list().map(({ id }) => id)).toContain('ledger.forked');
    await until(() => height(node, node) === 0);
    expect((await node.store.list({ chainId: node.writer.chainId, act: 'ledger.fork', limit: 5 })).total).toBe(1);
    expect((await node.store.forks())[0]?.blocks).toHaveLength(2);
  }
  expect(c.peer.conducts.filter(({ kind }) => kind === 'invalid')).toEqual([]);
});

test('what another node wrote down of a head is compared with the copy here, and a second past comes to light', async () => {
  const { network, a, b, c } = await startThree();
  await a.act();
  await until(() => height(b, a) === 0 && height(c, a) === 0);
  const twin = a.writer.twin();
  network.cut(a.writer.chainId, c.writer.chainId);
  network.cut(b.writer.chainId, c.writer.chainId);
  await a.act();
  await until(() => height(b, a) === 1);
  twin.writeMany(2);
  await c.store.take(a.writer.chainId, twin.blocks.slice(1), 'n1elsewhere', Date.now());
  await c.sync.held.refresh(a.writer.chainId);
  await b.sync.witness.write();
  network.leave(a.writer.chainId);
  network.heal(b.writer.chainId, c.writer.chainId);
  await until(() => c.sync.forks.isForked(a.writer.chainId) && b.sync.forks.isForked(a.writer.chainId));
});

test('a block that comes first by gossip does not begin a copy in the middle: what is before it is fetched', async () => {
  const network = new MemoryNetwork();
  const a = await startChainNode(network, new ChainWriter(1));
  const b = await startChainNode(network, new ChainWriter(2));
  network.cut(a.writer.chainId, b.writer.chainId);
  for (let index = 0; index < 3; index++) await a.act();
  network.mend(a.writer.chainId, b.writer.chainId);
  await a.act();
  await until(() => height(b, a) === 3);
  expect(b.sync.held.get(a.writer.chainId)?.firstHeight).toBe(0);
});

test('a node whose own chain is behind what others hold takes its blocks back, and its writer is told', async () => {
  const network = new MemoryNetwork();
  const a = await startChainNode(network, new ChainWriter(1));
  const b = await startChainNode(network, new ChainWriter(2));
  await a.act();
  await until(() => height(b, a) === 0);
  network.cut(a.writer.chainId, b.writer.chainId);
  await b.store.take(a.writer.chainId, a.writer.writeMany(3), 'n1elsewhere', Date.now());
  await b.sync.held.refresh(a.writer.chainId);
  network.heal(a.writer.chainId, b.writer.chainId);
  await until(() => height(a, a) === 3);
  expect(a.heard.filter((word) => word !== 'answered')).toEqual(['peers hold 3', 'changed']);
  expect(a.sync.forks.forks).toEqual([]);
});

test('a writer that waits for the word of others is told when they hold no more than it', async () => {
  const network = new MemoryNetwork();
  const a = await startChainNode(network, new ChainWriter(1));
  await a.act();
  await startChainNode(network, new ChainWriter(2));
  await until(() => a.heard.includes('answered'));
});

test('a node that cannot write its own chain stops all the same, whatever it has found', async () => {
  const network = new MemoryNetwork();
  const a = await startChainNode(network, new ChainWriter(1));
  await a.act();
  const twin = a.writer.twin();
  let asked = 0;
  const record = () => {
    asked++;
    return new Promise<number>(() => undefined);
  };
  const b = await startChainNode(network, new ChainWriter(2), new Set(), 3_600_000, { record, witnessMs: 5 });
  await a.act();
  await until(() => height(b, a) === 1 && asked > 0);
  network.leave(a.writer.chainId);
  const third = new ChainWriter(3);
  network.cut(b.writer.chainId, third.chainId);
  const c = await startChainNode(network, third);
  twin.writeMany(2);
  await c.store.take(a.writer.chainId, twin.blocks, 'n1elsewhere', Date.now());
  await c.sync.held.refresh(a.writer.chainId);
  network.heal(b.writer.chainId, third.chainId);
  await until(() => b.sync.forks.isForked(a.writer.chainId));
  await b.sync.stop();
});

test('in a large cluster heads are compared with a few nodes at a time, and with all of them in turn', async () => {
  const network = new MemoryNetwork();
  const others = Array.from({ length: 40 }, (_none, index) => network.join(new ChainWriter(100 + index).chainId));
  const a = await startChainNode(network, new ChainWriter(1));
  const asked = () => others.map(({ received }) => received.filter((type) => type === 'ChainHeads').length);
  // Each was told once as it appeared, and some more of them at the start.
  await until(() => asked().every((count) => count >= 1));
  const before = asked();
  const sinceThen = () => asked().map((count, index) => count - (before[index] ?? 0));
  a.sync.membersChanged();
  await until(() => sinceThen().some((count) => count > 0));
  expect(sinceThen().reduce((sum, count) => sum + count, 0)).toBe(16);
  for (let round = 2; round <= 3; round++) {
    a.sync.membersChanged();
    await until(() => sinceThen().reduce((sum, count) => sum + count, 0) === round * 16);
  }
  expect(sinceThen().every((count) => count >= 1)).toBe(true);
});
