import { expect, test } from 'vitest';
import type { Broker } from '../../../src/main/node/broker/index.ts';
import { startBrokers } from '../../helpers/broker-cluster.ts';
import { clientOf, testBroker } from '../../helpers/broker-fixture.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';
import { until } from '../../helpers/until.ts';

const admin = { user: 'test', roles: ['admin'] } as const;
const noProgress = () => undefined;

test('three brokers keep what was acknowledged when the leader stops, and another leads', async () => {
  const { brokers } = await startBrokers(3);
  const [first, second, third] = brokers as [Broker, Broker, Broker];
  const client = await clientOf(first);
  await client.ask({ operation: 'CREATE_QUEUE', queue_name: 'orders' });
  for (let line = 1; line <= 20; line += 1)
    expect(await client.ask({ operation: 'APPEND', queue_name: 'orders', data: line })).toMatchObject({
      status: 'success',
      sequence_num: line,
    });
  await first.stop();
  await until(() => second.status().leaderOf + third.status().leaderOf === 1);
  const leader = second.status().leaderOf === 1 ? second : third;
  const follower = leader === second ? third : second;
  const after = await clientOf(leader);
  expect(await after.ask({ operation: 'APPEND', queue_name: 'orders', data: 21 })).toMatchObject({ status: 'success', sequence_num: 21 });
  const all = await after.ask({ operation: 'READ', queue_name: 'orders', client_id: 'C-1', max: 100 });
  expect((all.messages as { data: number }[]).map(({ data }) => data)).toEqual(Array.from({ length: 21 }, (_, place) => place + 1));
  const lost = await clientOf(follower);
  expect(await lost.ask({ operation: 'APPEND', queue_name: 'orders', data: 22 })).toMatchObject({
    code: 'NOT_LEADER',
    leader: { broker_id: leader.brokerId, port: leader.address?.port },
  });
});

test('replicas that have applied the same entry have the same log and state', async () => {
  const { brokers, groupId } = await startBrokers(2);
  const [first, second] = brokers as [Broker, Broker];
  const client = await clientOf(first);
  await client.ask({ operation: 'CREATE_QUEUE', queue_name: 'orders' });
  for (let line = 1; line <= 10; line += 1)
    await client.ask({ operation: 'APPEND', queue_name: 'orders', messages: Array.from({ length: 100 }, (_, data) => ({ data })) });
  const query = { operation: 'CLUSTER_QUERY', cluster_id: groupId, detail: true };
  const leads = await client.ask(query);
  const other = await clientOf(second);
  let follows = await other.ask(query);
  while (Number(follows.applied_index) < Number(leads.applied_index)) follows = await other.ask(query);
  expect(follows).toMatchObject({ applied_checksum: leads.applied_checksum, state_checksum: leads.state_checksum });
});

test('a backup becomes a group of its own, with the queues under new ids', async () => {
  const folder = await temporaryFolder();
  const broker = await testBroker(folder);
  await broker.start();
  const client = await clientOf(broker);
  const created = await client.ask({ operation: 'CREATE_QUEUE', queue_name: 'orders' });
  await client.ask({ operation: 'APPEND', queue_name: 'orders', messages: [{ data: 1 }, { data: 2 }] });
  const saved = await broker.request({ operation: 'BACKUP', cluster_id: created.cluster_id }, admin, noProgress);
  const file = 'answer' in saved ? saved.answer.fields.file : '';
  const restored = await broker.request({ operation: 'RESTORE', file }, admin, noProgress);
  expect(restored).toMatchObject({ answer: { fields: { queues: 1, messages: 2 } } });
  const groupId = 'answer' in restored ? restored.answer.fields.cluster_id : '';
  expect(groupId).not.toBe(created.cluster_id);
  expect(await client.ask({ operation: 'READ', queue_name: `${groupId}/orders`, client_id: 'C-1', max: 5 })).toMatchObject({
    messages: [{ data: 1 }, { data: 2 }],
  });
  expect(await client.ask({ operation: 'QUEUE_STATS', queue_name: 'orders' })).toMatchObject({ code: 'CONFLICT' });
});
