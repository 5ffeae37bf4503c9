import { expect } from 'vitest';
import type { Broker } from '../../src/main/node/broker/index.ts';
import { testBroker } from './broker-fixture.ts';
import { staticPeerTrust } from './broker-trust.ts';
import { temporaryFolder } from './temporary-folder.ts';
import { until } from './until.ts';

const admin = { user: 'test', roles: ['admin'] } as const;
const noProgress = () => undefined;

interface StartedBrokers {
  readonly brokers: Broker[];
  readonly groupId: string;
  /** Stops one, does something to its files, and starts it again. */
  readonly again: (place: number, toFiles: (folder: string) => Promise<void>) => Promise<Broker>;
}

/** Brokers that all hold one group; the first began it. */
export async function startBrokers(size: number): Promise<StartedBrokers> {
  const members = Array.from({ length: size }, (_, place) => place + 1);
  const brokers: Broker[] = [];
  const folders: string[] = [];
  const start = async (place: number, folder: string, port: number) => {
    const byte = place + 1;
    const { trust, nodeId } = staticPeerTrust({ byte, members });
    const broker = await testBroker(folder, { trust, nodeId, name: `node-${byte}`, port });
    await broker.start();
    brokers[place] = broker;
    folders[place] = folder;
    return broker;
  };
  for (const place of members.keys()) await start(place, await temporaryFolder(), 0);
  const again: StartedBrokers['again'] = async (place, toFiles) => {
    const folder = folders[place] ?? '';
    const port = brokers[place]?.address?.port ?? 0;
    await brokers[place]?.stop();
    await toFiles(folder);
    return start(place, folder, port);
  };
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
  return { brokers, groupId, again };
}
