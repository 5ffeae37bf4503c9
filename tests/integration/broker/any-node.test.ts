/** Queues as people have them: nodes of one cluster with brokers, asked at any of them. */
import { expect, test } from 'vitest';
import type { NodeClient } from '../../../src/common/client/node-client.ts';
import type { GroupInfo } from '../../../src/common/contract/brokers.ts';
import type { Role } from '../../../src/common/roles.ts';
import { connectClient } from '../../helpers/federated-router.ts';
import { JsonQueueClient } from '../../helpers/json-queue-client.ts';
import { startLinkedMembers } from '../../helpers/member-cluster.ts';
import type { MemberNode } from '../../helpers/member-node.ts';

const broker = { 'broker.enabled': true, 'broker.port': 0 };
const threeNodes = ['press-07', 'mill-02', 'depot-gw'] as const;

/** Three linked members whose brokers form a group; the first begins it. */
async function startQueues(): Promise<{ readonly members: readonly [MemberNode, MemberNode, MemberNode]; readonly groupId: string }> {
  const members = await startLinkedMembers(threeNodes, broker);
  const [first, second, third] = members;
  const { groupId } = await first.client.call('brokers.createGroup', {});
  for (const member of [second, third]) await member.client.call('brokers.join', { groupId }, { timeoutMs: 20_000 });
  return { members, groupId };
}

const orders = (first: number, count: number) => Array.from({ length: count }, (_, index) => ({ data: { order: first + index } }));
const as = (member: MemberNode, role: Role): NodeClient => connectClient(member.node.router, role);

async function groupOf({ client }: MemberNode): Promise<GroupInfo | undefined> {
  return (await client.call('brokers.groups', {})).groups[0];
}

test('a queue is made, filled and read at any node, and goes on when the node of its leader is gone', async () => {
  const { members, groupId } = await startQueues();
  const [press, mill, depot] = members;
  expect(await mill.client.call('queues.create', { name: 'orders' })).toMatchObject({ groupId, created: true });
  expect(await depot.client.call('queues.create', { name: 'orders' })).toMatchObject({ groupId, created: false });
  expect(await depot.client.call('queues.append', { queue: 'orders', messages: orders(1, 10) })).toMatchObject({
    firstSequence: 1,
    count: 10,
  });
  for (const { client } of members)
    expect(await client.call('queues.get', { queue: 'orders' })).toMatchObject({
      lastSequence: 10,
      replicas: 3,
      leader: { name: 'press-07' },
    });
  expect(await mill.client.call('queues.read', { queue: 'orders', clientId: 'billing', max: 4 })).toMatchObject({ position: 4 });

  await press.stop();
  const producer = { id: 'C-PLC01', epoch: 0, sequence: 1 };
  const append = { queue: 'orders', messages: orders(11, 5), producer };
  const went = await mill.client.call('queues.append', append, { timeoutMs: 20_000 });
  expect(went).toMatchObject({ firstSequence: 11, count: 5, repeated: false });
  expect(await depot.client.call('queues.append', append)).toMatchObject({ firstSequence: 11, repeated: true });
  const group = await groupOf(depot);
  expect(group).toMatchObject({ groupId, writable: true, voters: 3 });
  expect(group?.members.find(({ brokerId }) => brokerId === group.leader)?.name).toMatch(/^(mill-02|depot-gw)$/);
  const { messages } = await depot.client.call('queues.read', { queue: 'orders', clientId: 'billing', max: 100 });
  expect(messages.map(({ data }) => (data as { order: number }).order)).toEqual(Array.from({ length: 11 }, (_, index) => index + 5));
});

test('leadership is handed over, and a replica leaves and comes back, asked at any node', async () => {
  const { members, groupId } = await startQueues();
  const [press, mill, depot] = members;
  await press.client.call('queues.create', { name: 'orders' });
  const brokerOf = async (member: MemberNode) => (await member.client.call('brokers.status', {})).brokerId ?? '';
  expect(await depot.client.call('brokers.transfer', { groupId, to: await brokerOf(mill) })).toMatchObject({
    leader: await brokerOf(mill),
  });
  expect(await press.client.call('queues.append', { queue: 'orders', messages: orders(1, 3) })).toMatchObject({ count: 3 });
  await press.client.call('brokers.leave', { groupId }, { timeoutMs: 20_000 });
  await expect.poll(async () => (await press.client.call('brokers.status', {})).groups).toBe(0);
  // Without a replica it uses those of the others.
  expect(await press.client.call('queues.append', { queue: 'orders', messages: orders(4, 1) })).toMatchObject({ firstSequence: 4 });
  const names = async () => (await groupOf(press))?.members.map(({ name }) => name).sort();
  await expect.poll(names).toEqual(['depot-gw', 'mill-02']);
  const rejoined = await press.client.call('brokers.join', { groupId }, { timeoutMs: 20_000 });
  expect(rejoined).toMatchObject({ groupId, voter: true });
  await press.client.call('brokers.remove', { groupId, brokerId: await brokerOf(depot) }, { timeoutMs: 20_000 });
  await expect.poll(async () => (await groupOf(depot))?.voters).toBe(2);
  expect((await depot.client.call('queues.browse', { queue: 'orders', from: 'first' })).messages).toHaveLength(4);
});

test('a message that is longer than what one node sends another is read at any node, whole or part by part', async () => {
  const [press, depot] = await startLinkedMembers(['press-07', 'depot-gw'], { 'broker.port': 0 });
  await press.client.call('config.set', { values: { 'broker.enabled': true } });
  await expect.poll(() => depot.node.federation.directory.online().some(({ capabilities }) => capabilities.includes('broker'))).toBe(true);
  await press.client.call('queues.create', { name: 'pictures', options: { maxMessageBytes: 8_388_608 } });
  const text = { rows: 'ä'.repeat(800_000) };
  const bytes = Buffer.alloc(1_400_000, 'picture').toString('base64');
  const huge = Buffer.alloc(6_200_000, 'film').toString('base64');
  const { port } = await press.client.call('brokers.status', {});
  const program = await JsonQueueClient.connect(port ?? 0);
  const append = (message: object) => program.ask({ operation: 'APPEND', queue_name: 'pictures', ...message });
  await append({ data: text, key: 'k' });
  await append({ data: bytes, encoding: 'base64' });
  expect(await append({ data: huge, encoding: 'base64' })).toMatchObject({ sequence_num: 3 });
  program.close();
  const read = { queue: 'pictures', clientId: 'C-1', requestId: 'first' };
  for (const { client } of [depot, press]) {
    expect(await client.call('queues.message', { queue: 'pictures', sequence: 1 })).toMatchObject({ data: text, key: 'k', cut: false });
    expect(await client.call('queues.message', { queue: 'pictures', sequence: 2 })).toMatchObject({ data: bytes, cut: false });
    expect(await client.call('queues.message', { queue: 'pictures', sequence: 3 })).toMatchObject({ sizeBytes: 6_200_000, cut: true });
    const part = { queue: 'pictures', sequence: 3, offset: 6_199_998 };
    expect(await client.call('queues.messagePart', part)).toMatchObject({ part: btoa('lm'), more: false });
    // The request was done once: the same messages come again, at the other node too.
    expect(await client.call('queues.read', read)).toMatchObject({ messages: [{ data: text, cut: false }], position: 1 });
  }
  const whole = { queue: 'pictures', clientId: 'C-2', maxDataBytes: 2_000_000 };
  expect(await depot.client.call('queues.read', whole)).toMatchObject({ messages: [{ data: text, cut: false }] });
  expect(await depot.client.call('queues.read', { queue: 'pictures', clientId: 'C-1' })).toMatchObject({ messages: [{ data: bytes }] });
  expect(await depot.client.call('queues.read', { queue: 'pictures', clientId: 'C-1' })).toMatchObject({
    messages: [{ sizeBytes: 6_200_000, cut: true }],
    position: 3,
  });
});

test('who may do what is decided by the roles of the person, of the node and of the queue', async () => {
  const { members } = await startQueues();
  const [press, mill] = members;
  await press.client.call('queues.create', { name: 'orders' });
  await press.client.call('queues.create', { name: 'wages', options: { readRole: 'admin', appendRole: 'admin' } });
  await press.client.call('queues.append', { queue: 'wages', messages: [{ data: 1 }] });
  const viewer = as(mill, 'viewer');
  const operator = as(mill, 'operator');
  expect((await viewer.call('queues.list', {})).queues.map(({ name }) => name)).toEqual(['orders', 'wages']);
  expect((await viewer.call('queues.browse', { queue: 'orders' })).messages).toEqual([]);
  await expect(viewer.call('queues.append', { queue: 'orders', messages: [{ data: 1 }] })).rejects.toMatchObject({ code: 'FORBIDDEN' });
  await expect(viewer.call('queues.browse', { queue: 'wages' })).rejects.toMatchObject({ code: 'FORBIDDEN' });
  await expect(operator.call('queues.append', { queue: 'wages', messages: [{ data: 1 }] })).rejects.toMatchObject({ code: 'FORBIDDEN' });
  await expect(operator.call('queues.read', { queue: 'wages', clientId: 'C-1' })).rejects.toMatchObject({ code: 'FORBIDDEN' });
  await expect(operator.call('queues.purge', { queue: 'orders' })).rejects.toMatchObject({ code: 'FORBIDDEN' });
  expect(await operator.call('queues.append', { queue: 'orders', messages: [{ data: 1 }] })).toMatchObject({ firstSequence: 1 });
  // An admin at a node that is an operator in the cluster is one: the leader is elsewhere.
  await expect(mill.client.call('queues.purge', { queue: 'orders' })).rejects.toMatchObject({ code: 'FORBIDDEN' });
  expect(await press.client.call('queues.purge', { queue: 'orders' })).toMatchObject({ messages: 1 });
});

test('a node without a broker uses the queues of others, and says what to do when there is none', async () => {
  const [press, depot] = await startLinkedMembers(['press-07', 'depot-gw']);
  await expect(depot.client.call('queues.create', { name: 'orders' })).rejects.toMatchObject({
    code: 'NODE_UNREACHABLE',
    message: expect.stringContaining('broker.enabled'),
  });
  await press.client.call('config.set', { values: { 'broker.port': 0, 'broker.enabled': true } });
  await expect.poll(() => depot.node.federation.directory.online().some(({ capabilities }) => capabilities.includes('broker'))).toBe(true);
  // The broker elsewhere has no group yet: it begins its first.
  const made = await depot.client.call('queues.create', { name: 'orders' });
  expect(made).toMatchObject({ name: 'orders', created: true });
  const reading = depot.client.call('queues.read', { queue: 'orders', clientId: 'C-1', waitMs: 5_000 });
  await depot.client.call('queues.append', { queue: made.queueId, messages: [{ data: 'here' }] });
  expect(await reading).toMatchObject({ messages: [{ data: 'here', sequence: 1 }] });
  expect(await depot.client.call('brokers.status', {})).toMatchObject({ state: 'off' });
  expect((await depot.client.call('queues.list', {})).queues).toMatchObject([
    { name: 'orders', leader: { name: 'press-07' }, lastSequence: 1 },
  ]);
});
