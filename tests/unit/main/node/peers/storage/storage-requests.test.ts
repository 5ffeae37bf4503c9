import { expect, test } from 'vitest';
import { storageLimits } from '../../../../../../src/main/node/peers/storage/index.ts';
import type { PeerMessage } from '../../../../../../src/main/node/peers/types.ts';
import { MemoryPeers } from '../../../../../helpers/memory-peers.ts';
import { bytes, roomyQuota, startStore, text } from '../../../../../helpers/peer-stores.ts';
import { temporaryFolder } from '../../../../../helpers/temporary-folder.ts';

const here = 'n1-here';
const peer = 'n1-peer';
const other = 'n1-other';
const value = Buffer.from('value').toString('base64');

let requests = 0;
function ask(fields: Record<string, unknown>): PeerMessage {
  return { type: 'StorageRequest', request_id: `r${requests++}`, ...fields };
}

async function startHere(options: Parameters<typeof startStore>[2] = {}) {
  const network = new MemoryPeers();
  const node = await startStore(network, here, options);
  network.peer(peer);
  const send = (fields: Record<string, unknown>, messageId?: string) => network.deliver(peer, here, ask(fields), messageId);
  return { network, node, send };
}

test('a peer gets, puts, lists and deletes values of this node as its role allows', async () => {
  const { network, node, send } = await startHere();
  expect(await send({ operation: 'Put', key: 'a', value })).toMatchObject({
    type: 'StorageResponse',
    result: 'Success',
    key: 'a',
    version: 1,
  });
  expect(await send({ operation: 'Get', key: 'a' })).toMatchObject({
    result: 'Value',
    key: 'a',
    value,
    version: 1,
    updated_by: `node@${peer}`,
  });
  expect(await send({ operation: 'List' })).toMatchObject({ result: 'Keys', keys: [{ key: 'a', version: 1, size_bytes: 5 }], more: false });
  expect(await send({ operation: 'Put', key: 'a', value, if_version: 0 })).toMatchObject({ result: 'Error', reason: 'CONFLICT' });
  network.role = 'viewer';
  expect(await send({ operation: 'Get', key: 'a' })).toMatchObject({ result: 'Value' });
  expect(await send({ operation: 'Delete', key: 'a' })).toMatchObject({ result: 'Error', code: 'SecurityError', reason: 'FORBIDDEN' });
  network.role = undefined;
  expect(await send({ operation: 'Get', key: 'a' })).toMatchObject({ result: 'Error', reason: 'FORBIDDEN' });
  network.role = 'operator';
  expect(await send({ operation: 'Delete', key: 'a' })).toMatchObject({ result: 'Success', version: 2 });
  expect(await send({ operation: 'Get', key: 'a' })).toMatchObject({ result: 'Error', code: 'StorageError', reason: 'NOT_FOUND' });
  await expect(node.part.get('a')).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

test('a write that comes again has no second effect, also after a restart', async () => {
  const dataFolder = await temporaryFolder();
  const first = await startHere({ dataFolder });
  const put = { operation: 'Put', key: 'a', value };
  expect(await first.send(put, 'm1')).toMatchObject({ version: 1 });
  expect(await first.send(put, 'm1')).toMatchObject({ result: 'Success', version: 1 });
  await first.node.part.stop();
  const again = await startHere({ dataFolder });
  expect(await again.send(put, 'm1')).toMatchObject({ result: 'Success', version: 1 });
  expect(await again.send({ operation: 'Delete', key: 'a' }, 'm2')).toMatchObject({ version: 2 });
  expect(await again.send({ operation: 'Delete', key: 'a' }, 'm2')).toMatchObject({ result: 'Success', version: 2 });
  expect((await again.node.part.list({ prefix: '', after: '', limit: 1 })).items).toEqual([]);
});

test('a copy is written by its owner alone, at a version that it names, and never goes back', async () => {
  const { node, send } = await startHere();
  const copy = { operation: 'Put', key: 'k', value, owner: peer, updated_at: 7, updated_by: 'ada@peer' };
  expect(await send({ ...copy, owner: other, version: 9 })).toMatchObject({ reason: 'FORBIDDEN' });
  expect(node.peer.noted).toEqual([{ nodeId: peer, kind: 'invalid', why: 'it wrote k of another owner' }]);
  expect(await send(copy)).toMatchObject({ reason: 'INVALID_PARAMS' });
  expect(await send({ ...copy, version: 3 })).toMatchObject({ result: 'Success', version: 3 });
  expect(await send({ ...copy, version: 2 })).toMatchObject({ reason: 'CONFLICT', held_version: 3 });
  expect(await send({ ...copy, version: 3, value: Buffer.from('forged').toString('base64') })).toMatchObject({
    reason: 'CONFLICT',
    held_version: 3,
  });
  expect(await send({ ...copy, version: 3 })).toMatchObject({ result: 'Success', version: 3 });
  expect(text((await node.part.get('k', peer)).value)).toBe('value');
  expect(await send({ ...copy, version: 2 ** 49 })).toMatchObject({ reason: 'INVALID_PARAMS' });
  // Another key of the same name is this node's own.
  await expect(node.part.get('k')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  expect(await send({ operation: 'Put', key: 'k', value, owner: here, version: 5 })).toMatchObject({ reason: 'FORBIDDEN' });
});

test('a member keeps copies here whatever its role; what proves nothing has to be an operator', async () => {
  const { network, send } = await startHere();
  const copy = { operation: 'Put', key: 'k', value, owner: peer, version: 1 };
  network.role = undefined;
  expect(await send(copy)).toMatchObject({ result: 'Success' });
  expect(await send({ operation: 'List', owner: peer })).toMatchObject({ result: 'Keys' });
  network.secure = false;
  expect(await send({ ...copy, version: 2 })).toMatchObject({ reason: 'FORBIDDEN' });
  network.role = 'operator';
  expect(await send({ ...copy, version: 2 })).toMatchObject({ result: 'Success' });
});

test.each([
  ['a key with NUL', { operation: 'Get', key: 'a\u0000b' }],
  ['a key with a line end', { operation: 'Put', key: 'a\nb', value }],
  ['a key that turns the direction of writing', { operation: 'Put', key: 'a\u202eb', value }],
  ['a key with a space', { operation: 'Get', key: 'a b' }],
  ['no key', { operation: 'Get', key: '' }],
  ['a long key', { operation: 'Get', key: 'k'.repeat(257) }],
  ['a further field', { operation: 'Get', key: 'a', admin: true }],
  ['an unknown operation', { operation: 'Drop', key: 'a' }],
  ['a value that is no text', { operation: 'Put', key: 'a', value: { length: 4_294_967_296 } }],
  ['a value that is no base64', { operation: 'Put', key: 'a', value: 'a*b=' }],
  ['base64 with bits to spare', { operation: 'Put', key: 'a', value: 'QR==' }],
  ['a value that is too long', { operation: 'Put', key: 'a', value: 'A'.repeat(349_532) }],
  ['a version that is none', { operation: 'Put', key: 'a', value, owner: peer, version: -1 }],
  ['a version beyond counting', { operation: 'Put', key: 'a', value, owner: peer, version: Number.MAX_VALUE }],
  ['an author with orders for a terminal', { operation: 'Put', key: 'a', value, owner: peer, version: 1, updated_by: '\u001b[2J' }],
  ['an owner with a line end', { operation: 'Get', key: 'a', owner: 'n1\nn2' }],
  ['a limit that is none', { operation: 'List', limit: -1 }],
])('%s is refused and stores nothing', async (_what, fields) => {
  const { node, send } = await startHere();
  expect(await send(fields)).toMatchObject({ result: 'Error', code: 'ProtocolError', reason: 'INVALID_PARAMS' });
  expect(node.part.usage()).toMatchObject({ own: { items: 0 }, copies: [] });
  expect(await node.metrics.text()).toContain('signalbox_store_requests_refused_total{code="INVALID_PARAMS"} 1');
});

test('a list has its own bound, whatever is asked for', async () => {
  const { node, send } = await startHere();
  const put = (index: number) => node.part.put({ key: `k/${String(index).padStart(4, '0')}`, value: bytes('x'), by: 'ada' });
  await Promise.all(Array.from({ length: storageLimits.listItems + 1 }, (_, index) => put(index)));
  const answer = await send({ operation: 'List', limit: 1e9 });
  expect(answer).toMatchObject({ result: 'Keys', more: true });
  expect(answer?.keys).toHaveLength(storageLimits.listItems);
  expect(await send({ operation: 'List', limit: 1e9, after: 'k/0499' })).toMatchObject({ keys: [{ key: 'k/0500' }], more: false });
});

test('a flood of copies ends at the quota of their owner; what the node keeps for itself has room', async () => {
  const { node, send } = await startHere({ quota: () => ({ ...roomyQuota, perOwnerItems: 10 }) });
  const flood = Array.from({ length: 30 }, (_, index) => send({ operation: 'Put', key: `k${index}`, value, owner: peer, version: 1 }));
  const answers = await Promise.all(flood);
  expect(answers.filter((answer) => answer?.result === 'Success')).toHaveLength(10);
  expect(answers.filter((answer) => answer?.reason === 'LIMIT')).toHaveLength(20);
  await node.part.put({ key: 'own', value: bytes('x'), by: 'ada' });
  expect(node.part.usage()).toMatchObject({ own: { items: 1 }, copies: [{ ownerId: peer, items: 10 }], refused: 20 });
});

test('a peer that asks more than the disk is to bear is told so', async () => {
  const { send } = await startHere();
  const flood = Array.from({ length: storageLimits.requestsAtOnce + 5 }, () => send({ operation: 'Put', key: 'k', value }));
  const refused = (await Promise.all(flood)).filter((answer) => answer?.reason === 'OVERLOADED');
  expect(refused).toHaveLength(5);
});

test('what the disk says stays here', async () => {
  const { node, send } = await startHere();
  await node.part.put({ key: 'a', value: bytes('x'), by: 'ada' });
  await node.part.stop();
  const answer = await send({ operation: 'Get', key: 'a' });
  expect(answer).toMatchObject({ result: 'Error', code: 'StorageError', reason: 'STORAGE_FULL' });
  expect(JSON.stringify(answer)).not.toContain(node.dataFolder);
});
