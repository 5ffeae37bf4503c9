import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Broker } from '../../../src/main/node/broker/index.ts';
import { startBrokers } from '../../helpers/broker-cluster.ts';
import { clientOf, testBroker } from '../../helpers/broker-fixture.ts';
import { logStore } from '../../helpers/log-store.ts';
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

test('a replica whose state cannot be read gets it again from the others, with the file kept aside, and has its vote back', async () => {
  const { brokers, groupId, again } = await startBrokers(3);
  const [first] = brokers as [Broker];
  const client = await clientOf(first);
  await client.ask({ operation: 'CREATE_QUEUE', queue_name: 'orders' });
  for (let data = 1; data <= 20; data += 1) await client.ask({ operation: 'APPEND', queue_name: 'orders', data });
  const damaged = Buffer.alloc(8_192, 'no database');
  let kept = '';
  const third = await again(2, async (folder) => {
    // What the state held is in the log no more, as after a while.
    const { store } = logStore(folder);
    const [image] = (await store.open()).images;
    if (image === undefined) throw new Error('it has a log');
    await store.compact(groupId, image.last);
    await store.close();
    const file = join(folder, 'groups', groupId, 'state.db');
    await writeFile(file, damaged);
    kept = `${file}.damaged`;
  });
  const query = { operation: 'CLUSTER_QUERY', cluster_id: groupId, detail: true };
  const other = await clientOf(third);
  const leads = await client.ask(query);
  const poll = { timeout: 20_000 };
  await expect.poll(async () => Number((await other.ask(query)).applied_index), poll).toBeGreaterThanOrEqual(Number(leads.applied_index));
  expect(await other.ask(query)).toMatchObject({ state_checksum: (await client.ask(query)).state_checksum });
  expect(await readFile(kept)).toEqual(damaged);
  const seen = async () => JSON.stringify(await other.ask({ operation: 'GROUP_LIST' }));
  await expect.poll(seen, poll).not.toContain('"impaired":true');
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
