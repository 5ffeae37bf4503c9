import { expect, test } from 'vitest';
import type { CoreMessage } from '../../../../src/main/node/broker/core/types.ts';
import { type FixtureBroker, formGroup, openBroker } from '../../../helpers/broker-peers-fixture.ts';
import { startFaultProxy } from '../../../helpers/fault-proxy.ts';

const groupId = 'G-TEST1';
const heartbeat: CoreMessage = { type: 'HEARTBEAT', term: 3, commitIndex: 9, readRound: 1, durable: { 'B-00001': 9 } };

const isConnected = (broker: FixtureBroker, to: FixtureBroker) => broker.peers.isConnected(to.brokerId);

async function connected(...brokers: FixtureBroker[]): Promise<void> {
  for (const one of brokers) for (const other of brokers) if (one !== other) await expect.poll(() => isConnected(one, other)).toBe(true);
}

test('members find each other, and what the core of one says comes to the core of the other', async () => {
  const [a, b, c] = [await openBroker({ byte: 1 }), await openBroker({ byte: 2 }), await openBroker({ byte: 3 })];
  formGroup(groupId, [a, b, c]);
  await connected(a, b, c);
  expect(b.peers.send(a.brokerId, groupId, heartbeat)).toBe(true);
  await expect
    .poll(() => a.heard.filter(({ what }) => what === 'message'))
    .toEqual([{ what: 'message', from: b.brokerId, groupId, message: heartbeat }]);
  // One connection a pair, whoever dialled.
  expect(a.heard.filter(({ what }) => what === 'connected')).toHaveLength(2);
});

test('a node of another cluster, and one that is no member, get nothing', async () => {
  const a = await openBroker({ byte: 1, members: [1, 2] });
  const stranger = await openBroker({ byte: 9, members: [1, 2, 9] });
  formGroup(groupId, [stranger, a]);
  await expect.poll(() => stranger.lines.some(({ fields }) => fields?.code === 'NOT_MEMBER')).toBe(true);
  await expect.poll(() => a.peers.counters.refused).toBeGreaterThan(0);
  expect(a.heard).toEqual([]);
});

test('a member that is removed is cut off at once, and stays out', async () => {
  const [a, b] = [await openBroker({ byte: 1 }), await openBroker({ byte: 2 })];
  formGroup(groupId, [a, b]);
  await connected(a, b);
  a.trust.revoke(2);
  expect(isConnected(a, b)).toBe(false);
  await expect.poll(() => b.lines.some(({ fields }) => fields?.code === 'NOT_MEMBER')).toBe(true);
  expect(isConnected(a, b)).toBe(false);
});

test('an address at which another broker answers now is no way to the one that is meant, and disturbs nobody', async () => {
  const [a, b] = [await openBroker({ byte: 1 }), await openBroker({ byte: 2 })];
  const gone = { brokerId: 'B-GONE1', voter: true, nodeId: null, host: '127.0.0.1', port: b.port };
  formGroup(groupId, [a, b]);
  await connected(a, b);
  a.peers.setMembers('G-TEST2', [a.member(), gone]);
  await expect.poll(() => a.lines.filter(({ fields }) => fields?.code === 'PIN').length).toBeGreaterThan(0);
  expect(a.heard.map(({ what }) => what)).toEqual(['connected']);
  expect(b.heard.map(({ what }) => what)).toEqual(['connected']);
});

test('a connection that breaks is made again', async () => {
  const b = await openBroker({ byte: 2 });
  const proxy = await startFaultProxy(b.port);
  const a = await openBroker({ byte: 1, addressOf: () => ({ host: '127.0.0.1', port: proxy.port }) });
  formGroup(groupId, [a, b]);
  await connected(a, b);
  proxy.cut();
  await expect.poll(() => a.heard.filter(({ what }) => what === 'connected').length).toBeGreaterThan(1);
  await connected(a, b);
});

test('a side that is silent without a word is found, and the other told', async () => {
  const b = await openBroker({ byte: 2, limits: { dialGraceMs: 60_000 } });
  const proxy = await startFaultProxy(b.port);
  const limits = { idleMs: 50, deadMs: 200 };
  const a = await openBroker({ byte: 1, limits, addressOf: () => ({ host: '127.0.0.1', port: proxy.port }) });
  formGroup(groupId, [a, b]);
  await connected(a, b);
  proxy.stall();
  await expect.poll(() => isConnected(a, b)).toBe(false);
});

test('what waits for a side that does not read is bounded: messages are dropped, and the broker counts as gone until it reads', async () => {
  const b = await openBroker({ byte: 2, limits: { dialGraceMs: 60_000 } });
  const proxy = await startFaultProxy(b.port);
  const limits = { unsentBytes: 1_048_576 };
  const a = await openBroker({ byte: 1, limits, addressOf: () => ({ host: '127.0.0.1', port: proxy.port }) });
  formGroup(groupId, [a, b]);
  await connected(a, b);
  proxy.stall();
  const data = Buffer.alloc(262_144);
  const replicate: CoreMessage = {
    type: 'REPLICATE',
    term: 1,
    previous: { index: 0, term: 0, checksum: 0 },
    entries: [{ index: 1, term: 1, kind: 'commands', data, checksum: 0 }],
    commitIndex: 0,
    readRound: 0,
  };
  while (a.peers.send(b.brokerId, groupId, replicate)) await new Promise((resolve) => setImmediate(resolve));
  expect(isConnected(a, b)).toBe(false);
  expect(a.heard.at(-1)).toEqual({ what: 'disconnected', from: b.brokerId });
  expect(a.peers.counters.dropped).toBe(1);
  proxy.resume();
  await expect.poll(() => isConnected(a, b)).toBe(true);
  expect(a.heard.at(-1)).toEqual({ what: 'connected', from: b.brokerId });
});
