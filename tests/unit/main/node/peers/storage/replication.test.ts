import { cp } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { MemoryPeers } from '../../../../../helpers/memory-peers.ts';
import { bytes, type PeerStoreNode, roomyQuota, startStore, text } from '../../../../../helpers/peer-stores.ts';
import { temporaryFolder } from '../../../../../helpers/temporary-folder.ts';

const owner = 'n1-owner';
const near = 'n1-near';
const far = 'n1-far';
const by = 'ada@n1-owner';
const all = { prefix: '', after: '', limit: 100 };

async function statesOf({ part }: PeerStoreNode, key: string): Promise<Record<string, string>> {
  const { replicas } = await part.get(key);
  return Object.fromEntries(replicas.map(({ nodeId, state }) => [nodeId, state]));
}

/** Keys and versions that a node keeps of the owner. */
async function copiesAt({ part }: PeerStoreNode): Promise<Record<string, number>> {
  const { items } = await part.list(all, owner);
  return Object.fromEntries(items.map(({ key, version }) => [key, version]));
}

test('copies follow to the chosen peers and are read there when the owner is gone', async () => {
  const network = new MemoryPeers();
  const [a, b, c] = [await startStore(network, owner), await startStore(network, near), await startStore(network, far)];
  await a.part.put({ key: 'site/contact', value: bytes('Ines'), by, replicas: [near, far] });
  await expect.poll(() => statesOf(a, 'site/contact')).toEqual({ [near]: 'current', [far]: 'current' });
  network.cutOff(owner);
  for (const node of [b, c]) {
    const { value, ...copy } = await node.part.get('site/contact', owner);
    expect(text(value)).toBe('Ines');
    expect(copy).toMatchObject({ version: 1, updatedBy: by, replicas: [] });
  }
  expect(b.part.usage().copies).toEqual([{ ownerId: owner, items: 1, sizeBytes: 4 }]);
});

test('a peer that was away gets the newest version alone, and deletes what was deleted meanwhile', async () => {
  const network = new MemoryPeers();
  const [a, b] = [await startStore(network, owner), await startStore(network, near)];
  await a.part.put({ key: 'gone', value: bytes('x'), by, replicas: [near] });
  await expect.poll(() => copiesAt(b)).toEqual({ gone: 1 });
  network.cutOff(near);
  for (let count = 1; count <= 5; count++) await a.part.put({ key: 'k', value: bytes(`${count}`), by, replicas: [near] });
  await a.part.delete({ key: 'gone', by });
  expect(await statesOf(a, 'k')).toEqual({ [near]: 'waiting' });
  const before = network.sent.length;
  network.bringBack(near);
  await expect.poll(() => copiesAt(b)).toEqual({ k: 5 });
  const puts = network.sent.slice(before).filter(({ message }) => message.operation === 'Put');
  expect(puts.map(({ message }) => message.version)).toEqual([5]);
});

test('a replica that lost its store gets its copies again, and nothing is sent to one that has them', async () => {
  const network = new MemoryPeers();
  const a = await startStore(network, owner);
  const b = await startStore(network, near);
  for (let count = 0; count < 700; count++) await a.part.put({ key: `k/${count}`, value: bytes('x'), by, replicas: [near] });
  await expect.poll(async () => b.part.usage().copies[0]?.items).toBe(700);
  await expect.poll(() => statesOf(a, 'k/699')).toEqual({ [near]: 'current' });
  const before = network.sent.length;
  network.bringBack(near);
  await expect.poll(() => network.sent.length).toBe(before + 1);
  await b.part.stop();
  const wiped = await startStore(network, near);
  network.bringBack(near);
  await expect.poll(async () => wiped.part.usage().copies[0]?.items).toBe(700);
});

test('a replica that is no longer chosen deletes its copy, and one that is chosen again gets it', async () => {
  const network = new MemoryPeers();
  const [a, b] = [await startStore(network, owner), await startStore(network, near)];
  await a.part.put({ key: 'k', value: bytes('1'), by, replicas: [near] });
  await expect.poll(() => copiesAt(b)).toEqual({ k: 1 });
  await a.part.put({ key: 'k', value: bytes('2'), by, replicas: [] });
  await expect.poll(() => copiesAt(b)).toEqual({});
  await a.part.put({ key: 'k', value: bytes('3'), by, replicas: [near] });
  await expect.poll(() => copiesAt(b)).toEqual({ k: 3 });
});

test('a value that changes while copies are compared is sent', async () => {
  const network = new MemoryPeers();
  const [a, b] = [await startStore(network, owner), await startStore(network, near)];
  await a.part.put({ key: 'k', value: bytes('1'), by, replicas: [near] });
  await expect.poll(() => statesOf(a, 'k')).toEqual({ [near]: 'current' });
  network.beforeDelivery = async ({ digest }) => {
    if (digest !== true) return;
    network.beforeDelivery = undefined;
    await a.part.put({ key: 'k', value: bytes('2'), by });
  };
  network.bringBack(near);
  await expect.poll(() => copiesAt(b)).toEqual({ k: 2 });
  await expect.poll(() => statesOf(a, 'k')).toEqual({ [near]: 'current' });
});

test('a late copy of a deleted value does not bring it back', async () => {
  const network = new MemoryPeers();
  const [a, b] = [await startStore(network, owner), await startStore(network, near)];
  await a.part.put({ key: 'k', value: bytes('1'), by, replicas: [near] });
  await expect.poll(() => copiesAt(b)).toEqual({ k: 1 });
  const late = network.sent.find(({ message }) => message.operation === 'Put')?.message;
  await a.part.delete({ key: 'k', by });
  await expect.poll(() => copiesAt(b)).toEqual({});
  expect(await network.deliver(owner, near, late ?? { type: '' })).toMatchObject({ result: 'Error', reason: 'CONFLICT', held_version: 2 });
  expect(await copiesAt(b)).toEqual({});
});

test('an owner that lost its store counts past the versions that its replicas hold, and deletes nothing there that it forgot', async () => {
  const network = new MemoryPeers();
  const a = await startStore(network, owner);
  const b = await startStore(network, near);
  for (let count = 0; count < 4; count++) await a.part.put({ key: 'k', value: bytes('old'), by, replicas: [near] });
  await a.part.put({ key: 'forgotten', value: bytes('still there'), by, replicas: [near] });
  await expect.poll(() => copiesAt(b)).toEqual({ forgotten: 1, k: 4 });
  await a.part.stop();
  const again = await startStore(network, owner);
  await again.part.put({ key: 'k', value: bytes('new'), by, replicas: [near] });
  await expect.poll(() => copiesAt(b)).toEqual({ forgotten: 1, k: 5 });
  expect(text((await b.part.get('k', owner)).value)).toBe('new');
  await expect.poll(() => statesOf(again, 'k')).toEqual({ [near]: 'current' });
  network.bringBack(near);
  expect(text((await b.part.get('forgotten', owner)).value)).toBe('still there');
});

test('a replica without room refuses with a reason that the owner shows, and is asked again when it has some', async () => {
  const network = new MemoryPeers();
  let perOwnerBytes = 10;
  const a = await startStore(network, owner);
  await startStore(network, near, { quota: () => ({ ...roomyQuota, perOwnerBytes }) });
  await a.part.put({ key: 'k', value: new Uint8Array(11), by, replicas: [near] });
  await expect.poll(() => statesOf(a, 'k')).toEqual({ [near]: 'refused' });
  const [replica] = (await a.part.get('k')).replicas;
  expect(replica?.refusal).toMatch(/no room: it keeps 0 bytes of copies of one node, 10 are the most/);
  expect(a.problems.list()).toMatchObject([{ id: 'store.copiesRefused' }]);
  perOwnerBytes = 100;
  network.bringBack(near);
  await expect.poll(() => statesOf(a, 'k')).toEqual({ [near]: 'current' });
  await expect.poll(() => a.problems.list()).toEqual([]);
});

test('a node whose settings say so keeps no copies', async () => {
  const network = new MemoryPeers();
  const a = await startStore(network, owner);
  await startStore(network, near, { keepsCopies: () => false });
  await a.part.put({ key: 'k', value: bytes('1'), by, replicas: [near] });
  await expect.poll(async () => (await a.part.get('k')).replicas[0]?.refusal).toMatch(/keeps no copies for others/);
});

test('what waits for a replica waits over a restart of the owner', async () => {
  const network = new MemoryPeers();
  const dataFolder = await temporaryFolder();
  const a = await startStore(network, owner, { dataFolder });
  const b = await startStore(network, near);
  network.cutOff(near);
  await a.part.put({ key: 'k', value: bytes('1'), by, replicas: [near] });
  await a.part.stop();
  await startStore(network, owner, { dataFolder });
  network.bringBack(near);
  await expect.poll(() => copiesAt(b)).toEqual({ k: 1 });
});

test('a replica that lists keys without end or order is asked no further, and it is noted', async () => {
  const network = new MemoryPeers();
  const a = await startStore(network, owner);
  const liar = network.peer(near);
  let asked = 0;
  liar.on('StorageRequest', (message, context) => {
    asked++;
    const keys = [{ key: 'k', version: 2 ** 48, size_bytes: 4_294_967_296, updated_at: 1 }];
    liar.answer(message, context, { type: 'StorageResponse', result: 'Keys', keys, more: true, digest: 'none' });
  });
  await a.part.put({ key: 'k', value: bytes('1'), by, replicas: [near] });
  network.bringBack(near);
  await expect.poll(() => a.peer.noted.length).toBeGreaterThan(0);
  expect(a.peer.noted[0]).toMatchObject({ nodeId: near, kind: 'invalid' });
  expect(asked).toBeLessThan(20);
});

test('copies that were kept for a node that does not come back are dropped on request', async () => {
  const network = new MemoryPeers();
  const [a, b] = [await startStore(network, owner), await startStore(network, near)];
  await a.part.put({ key: 'k', value: bytes('1'), by, replicas: [near] });
  await expect.poll(() => copiesAt(b)).toEqual({ k: 1 });
  expect(await b.part.forget(owner)).toBe(1);
  expect(b.part.usage().copies).toEqual([]);
});

test('an owner that was restored from a backup brings its own value where a replica holds another one of the same version', async () => {
  const network = new MemoryPeers();
  const backup = await temporaryFolder();
  const a = await startStore(network, owner, { dataFolder: backup });
  const b = await startStore(network, near);
  await a.part.put({ key: 'k', value: bytes('first'), by, replicas: [near] });
  await expect.poll(() => statesOf(a, 'k')).toEqual({ [near]: 'current' });
  await a.part.stop();
  const dataFolder = await temporaryFolder();
  await cp(backup, dataFolder, { recursive: true });
  const later = await startStore(network, owner, { dataFolder });
  await later.part.put({ key: 'k', value: bytes('lost with the disk'), by });
  await expect.poll(() => copiesAt(b)).toEqual({ k: 2 });
  await later.part.stop();
  network.cutOff(near);
  const restored = await startStore(network, owner, { dataFolder: backup, nowMs: () => Date.now() + 60_000 });
  await restored.part.put({ key: 'k', value: bytes('second'), by });
  network.bringBack(near);
  await expect.poll(async () => text((await b.part.get('k', owner)).value)).toBe('second');
  await expect.poll(() => statesOf(restored, 'k')).toEqual({ [near]: 'current' });
});

test('a replica that says each time that it holds something newer ends neither the versions nor the rest of the node', async () => {
  const network = new MemoryPeers();
  const a = await startStore(network, owner);
  const liar = network.peer(near);
  const puts: number[] = [];
  liar.on('StorageRequest', (message, context) => {
    if (message.operation === 'Put') puts.push(message.version as number);
    const held_version = message.key === 'far' ? 2 ** 48 : ((message.version as number | undefined) ?? 0) + 1;
    const refusal = { result: 'Error', code: 'StorageError', reason: 'CONFLICT', message: 'It is newer here.', held_version };
    liar.answer(message, context, { type: 'StorageResponse', ...refusal });
  });
  await a.part.put({ key: 'k', value: bytes('1'), by, replicas: [near] });
  await expect.poll(() => statesOf(a, 'k')).toEqual({ [near]: 'refused' });
  expect(puts).toEqual([1, 3]);
  await a.part.put({ key: 'far', value: bytes('1'), by, replicas: [near] });
  await expect.poll(() => statesOf(a, 'far')).toEqual({ [near]: 'refused' });
  expect((await a.part.get('far')).version).toBe(1);
  expect(a.peer.noted).toMatchObject([{ nodeId: near, kind: 'invalid' }]);
});
