import { expect, test } from 'vitest';
import type { Broker } from '../../../src/main/node/broker/index.ts';
import { clientOf, testBroker } from '../../helpers/broker-fixture.ts';
import { staticPeerTrust } from '../../helpers/broker-trust.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';
import { until } from '../../helpers/until.ts';

const admin = { user: 'test', roles: ['admin'] } as const;
const noProgress = () => undefined;

/** Brokers that all hold one group; the first began it. */
async function cluster(size: number): Promise<{ readonly brokers: Broker[]; readonly groupId: string }> {
  const members = Array.from({ length: size }, (_, place) => place + 1);
  const brokers: Broker[] = [];
  for (const byte of members) {
    const { trust, nodeId } = staticPeerTrust({ byte, members });
    const broker = await testBroker(await temporaryFolder(), { trust, nodeId, name: `node-${byte}` });
    await broker.start();
    brokers.push(broker);
  }
  const [first, ...others] = brokers;
  if (first === undefined) throw new Error('a cluster has one broker at least');
  const created = await first.request({ operation: 'GROUP_CREATE' }, admin, noProgress);
  const groupId = 'answer' in created ? String(created.answer.fields.cluster_id) : '';
  await until(() => first.status().leaderOf === 1);
  for (const broker of others) {
    const joined = await broker.request(
      { operation: 'GROUP_JOIN', cluster_id: groupId, address: `127.0.0.1:${first.address?.port}` },
      admin,
      noProgress,
    );
    expect(joined).toMatchObject({ answer: { fields: { voter: true } } });
  }
  return { brokers, groupId };
}

test('three brokers keep what was acknowledged when the leader stops, and another leads', async () => {
  const { brokers } = await cluster(3);
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
