import { expect } from 'vitest';
import type { Broker } from '../../src/main/node/broker/index.ts';
import { testBroker } from './broker-fixture.ts';
import { staticPeerTrust } from './broker-trust.ts';
import { temporaryFolder } from './temporary-folder.ts';
import { until } from './until.ts';

const admin = { user: 'test', roles: ['admin'] } as const;
const noProgress = () => undefined;

/** Brokers that all hold one group; the first began it. */
export async function startBrokers(size: number): Promise<{ readonly brokers: Broker[]; readonly groupId: string }> {
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
