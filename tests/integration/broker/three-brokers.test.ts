import { expect, test } from 'vitest';
import type { Broker } from '../../../src/main/node/broker/index.ts';
import { startBrokers } from '../../helpers/broker-cluster.ts';
import { clientOf } from '../../helpers/broker-fixture.ts';
import { until } from '../../helpers/until.ts';

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
