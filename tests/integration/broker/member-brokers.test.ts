import { expect, test } from 'vitest';
import { startLinkedMembers } from '../../helpers/member-cluster.ts';

test('brokers of the members of a cluster hold a group together, and a member that is removed is cut off from it', async () => {
  const members = await startLinkedMembers(['alpha', 'beta', 'gamma'], { 'broker.enabled': true, 'broker.port': 0 });
  const [alpha, beta, gamma] = members;
  const peersOf = async (member: typeof alpha) => (await member.client.call('brokers.status', {})).peers;
  for (const { client } of members) await expect.poll(async () => (await client.call('brokers.status', {})).state).toBe('running');
  const { groupId } = await alpha.client.call('queues.create', { name: 'orders' });
  for (const { client } of [beta, gamma]) await expect(client.call('brokers.join', { groupId })).resolves.toMatchObject({ voter: true });
  for (const member of members) await expect.poll(() => peersOf(member)).toBe(2);
  await beta.client.call('queues.append', { queue: 'orders', messages: [{ data: 1 }, { data: 2 }] });

  await alpha.client.call('membership.revoke', { node: 'gamma' });
  await expect.poll(() => peersOf(gamma)).toBe(0);
  await expect.poll(() => peersOf(alpha)).toBe(1);

  await beta.client.call('queues.append', { queue: 'orders', messages: [{ data: 3 }] });
  const { messages } = await alpha.client.call('queues.read', { queue: 'orders', clientId: 'C-1', max: 10 });
  expect(messages.map(({ data }) => data)).toEqual([1, 2, 3]);
  // What was appended after the removal has not come to it.
  const held = await gamma.client.call('queues.browse', { queue: 'orders', from: 'first' }).catch(() => undefined);
  expect(held?.messages.some(({ data }) => data === 3) ?? false).toBe(false);
});
