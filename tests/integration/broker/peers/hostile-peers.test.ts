import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { connect, createServer, type TLSSocket } from 'node:tls';
import { expect, onTestFinished, test } from 'vitest';
import { type BrokerParty, proveAsClient } from '../../../../src/main/node/broker/peers/broker-handshake.ts';
import { brokerProtocol } from '../../../../src/main/node/broker/peers/types.ts';
import { createThrowawayCertificate, overChannel } from '../../../../src/main/node/links/index.ts';
import { type FixtureBroker, formGroup, openBroker, testCluster } from '../../../helpers/broker-peers-fixture.ts';
import { staticPeerTrust } from '../../../helpers/broker-trust.ts';

const groupId = 'G-TEST1';

const isConnected = (broker: FixtureBroker, to: FixtureBroker) => broker.peers.isConnected(to.brokerId);
const hasRefused = (broker: FixtureBroker, code: string) =>
  expect.poll(() => broker.lines.some(({ fields }) => fields?.code === code)).toBe(true);

/** Opens TLS between two brokers: each of them has a connection to it, and it reads along. */
async function manInTheMiddle(target: number): Promise<number> {
  const { cert, key } = await createThrowawayCertificate();
  const server = createServer({ cert, key, ALPNProtocols: [brokerProtocol] }, (inner: TLSSocket) => {
    const outer = connect({ host: '127.0.0.1', port: target, ALPNProtocols: [brokerProtocol], rejectUnauthorized: false });
    for (const socket of [inner, outer]) socket.on('error', () => undefined);
    inner.pipe(outer);
    outer.pipe(inner);
    onTestFinished(() => {
      inner.destroy();
      outer.destroy();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

test('somebody who opens TLS between two brokers is found out: the proofs are bound to the connection', async () => {
  const b = await openBroker({ byte: 2, limits: { dialGraceMs: 60_000 } });
  const port = await manInTheMiddle(b.port);
  const a = await openBroker({ byte: 1, addressOf: () => ({ host: '127.0.0.1', port }) });
  formGroup(groupId, [a, b]);
  await hasRefused(a, 'CHANNEL_BINDING');
  expect(isConnected(a, b)).toBe(false);
  expect(b.heard).toEqual([]);
});

test('a copy of a disk is refused and told so, and the one that was there first goes on', async () => {
  const [a, b] = [await openBroker({ byte: 1 }), await openBroker({ byte: 2, incarnation: 7 })];
  formGroup(groupId, [a, b]);
  await expect.poll(() => isConnected(a, b)).toBe(true);
  // A copy that was made while the broker was off counts its start as the broker does: as many, under another id.
  const copy = await openBroker({ byte: 2, incarnation: 7, startId: 'start-of-the-copy' });
  formGroup(groupId, [copy, a]);
  await expect.poll(() => copy.renounced()).toBeGreaterThan(0);
  expect(copy.problems.list()).toMatchObject([{ id: 'broker.renounced', severity: 'crit' }]);
  expect(a.problems.list()).toMatchObject([{ id: 'broker.copyRefused', severity: 'crit' }]);
  expect(isConnected(a, b)).toBe(true);
  expect(b.renounced()).toBe(0);
});

test('a copy of a disk that was made while its broker runs counts one start more, and is refused because that broker answers', async () => {
  const [a, b] = [await openBroker({ byte: 1 }), await openBroker({ byte: 2, incarnation: 7 })];
  formGroup(groupId, [a, b]);
  await expect.poll(() => isConnected(a, b)).toBe(true);
  const copy = await openBroker({ byte: 2, incarnation: 8 });
  formGroup(groupId, [copy, a]);
  await expect.poll(() => copy.renounced()).toBeGreaterThan(0);
  expect(isConnected(a, b)).toBe(true);
});

test('a restart is known as such; an old state of the disk is refused, also by a broker that was restarted in between', async () => {
  const a = await openBroker({ byte: 1 });
  const b = await openBroker({ byte: 2, incarnation: 7 });
  formGroup(groupId, [a, b]);
  await expect.poll(() => isConnected(a, b)).toBe(true);
  await b.stop();
  await expect.poll(() => isConnected(a, b)).toBe(false);
  const restarted = await openBroker({ byte: 2, incarnation: 8 });
  formGroup(groupId, [a, restarted]);
  await expect.poll(() => isConnected(a, restarted)).toBe(true);
  await restarted.stop();
  await a.stop();
  const later = await openBroker({ byte: 1, incarnation: 2, directory: a.directory });
  const restored = await openBroker({ byte: 2, incarnation: 5 });
  formGroup(groupId, [later, restored]);
  await expect.poll(() => restored.renounced()).toBeGreaterThan(0);
  expect(later.problems.list()).toMatchObject([{ id: 'broker.copyRefused' }]);
  expect(isConnected(later, restored)).toBe(false);
});

test('a broker that shows one start to one and another to the other is cut off by both', async () => {
  const [a, c] = [await openBroker({ byte: 1 }), await openBroker({ byte: 3 })];
  const b = await openBroker({ byte: 2, incarnation: 7 });
  const copy = await openBroker({ byte: 2, incarnation: 7, startId: 'start-of-the-copy' });
  formGroup(groupId, [a, b]);
  formGroup(groupId, [c, copy]);
  await expect.poll(() => isConnected(a, b) && isConnected(c, copy)).toBe(true);
  formGroup('G-TEST2', [a, c]);
  await expect.poll(() => isConnected(a, c)).toBe(true);
  await expect.poll(() => isConnected(a, b) || isConnected(c, copy)).toBe(false);
  await expect.poll(() => b.renounced() > 0 && copy.renounced() > 0).toBe(true);
});

test('a broker id that another node has taken is refused', async () => {
  const [a, b] = [await openBroker({ byte: 1 }), await openBroker({ byte: 2 })];
  formGroup(groupId, [a, b]);
  await expect.poll(() => isConnected(a, b)).toBe(true);
  const other = await openBroker({ byte: 3, brokerId: b.brokerId, incarnation: 9 });
  other.peers.setMembers('G-TEST2', [a.member()]);
  await hasRefused(other, 'CONFLICT');
  expect(isConnected(a, b)).toBe(true);
});

test('a node that takes the id of a member before that member was met is refused, for the group says whose id it is', async () => {
  const [a, b] = [await openBroker({ byte: 1 }), await openBroker({ byte: 2 })];
  const squatter = await openBroker({ byte: 3, brokerId: b.brokerId });
  squatter.peers.setMembers('G-TEST2', [a.member()]);
  await expect.poll(() => isConnected(a, b)).toBe(true);
  formGroup(groupId, [a, b]);
  await hasRefused(squatter, 'CONFLICT');
  await expect.poll(() => isConnected(b, a)).toBe(true);
  expect(a.peers.isConnected(b.brokerId)).toBe(true);
});

test('what a proven broker claims costs what it sends, and what cannot be read ends its connection alone', async () => {
  const [a, b] = [await openBroker({ byte: 1 }), await openBroker({ byte: 2 })];
  formGroup(groupId, [a, b]);
  await expect.poll(() => isConnected(a, b)).toBe(true);
  const before = process.memoryUsage().arrayBuffers;
  for (const hostile of [
    // Ten million entries in a frame of a few bytes.
    frame(18, { group: groupId, term: 1, previous: { index: 0, term: 0, checksum: 0 }, commit_index: 0, read_round: 0, count: 10_000_000 }),
    // A list of brokers that is no list, a snapshot larger than any disk, a header longer than the frame.
    frame(33, { brokers: { length: 10_000_000 } }),
    frame(34, {
      group: groupId,
      snapshot_id: 'f'.repeat(64),
      total_bytes: 1e15,
      position: { index: 1, term: 1, checksum: 0 },
      configuration: {},
    }),
    frame(18, 'x'.repeat(100)),
    Buffer.from([0xff, 0xff, 0xff, 0xff]),
    Buffer.concat([Buffer.from([0, 0, 0, 10, 1, 18, 0, 0, 0, 0, 0, 0, 0xff, 0xff])]),
  ]) {
    const ended = sendAsBroker(3, a.port, hostile);
    await expect(ended).resolves.toBeUndefined();
  }
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(16_777_216);
  expect(isConnected(a, b)).toBe(true);
});

test('strangers that say nothing are bounded and let go', async () => {
  const a = await openBroker({ byte: 1, limits: { handshakeMs: 200, pendingPerAddress: 2 } });
  const ends = Array.from({ length: 6 }, () => {
    const socket = connect({ host: '127.0.0.1', port: a.port, ALPNProtocols: [brokerProtocol], rejectUnauthorized: false });
    socket.on('error', () => undefined);
    socket.resume();
    return new Promise((resolve) => socket.once('close', resolve));
  });
  await Promise.all(ends);
  await expect.poll(() => a.peers.counters.refused).toBe(6);
});

function frame(type: number, header: unknown): Buffer {
  const text = Buffer.from(JSON.stringify(header));
  const head = Buffer.alloc(14);
  head.writeUInt32BE(10 + text.byteLength);
  head.writeUInt8(1, 4);
  head.writeUInt8(type, 5);
  head.writeUInt16BE(text.byteLength, 12);
  return Buffer.concat([head, text]);
}

/** Proves itself as a member, sends bytes, and waits for the end of the connection. */
async function sendAsBroker(byte: number, port: number, bytes: Buffer): Promise<void> {
  const { trust } = staticPeerTrust({ byte, members: [1, 2, 3, 4], cluster: testCluster });
  const party: BrokerParty = {
    trust,
    describe: () => ({ brokerId: 'B-EVIL1', incarnation: 1, startId: randomBytes(4).toString('hex'), host: null, port: 1, groups: [] }),
    recognise: async () => undefined,
    onRenounced: () => undefined,
  };
  // Each time under an id of its own: another start of one id would be refused for that.
  const id = `B-${randomBytes(3).toString('hex').slice(0, 5).toUpperCase()}`;
  const limits = { handshakeFrameBytes: 16_384 };
  await overChannel({ host: '127.0.0.1', port }, { protocol: brokerProtocol, timeMs: 20_000, limits }, async (channel) => {
    await proveAsClient(channel, { ...party, describe: () => ({ ...party.describe(), brokerId: id }) }, null);
    const ended = new Promise<void>((resolve) => channel.onEnd(() => resolve()));
    channel.follow(16_777_216, () => undefined);
    channel.sendPieces([bytes]);
    await ended;
  });
}
