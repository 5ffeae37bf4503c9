import { createHash, randomBytes } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { PeerReceiver } from '../../../../src/main/node/broker/peers/types.ts';
import type { SnapshotFile } from '../../../../src/main/node/broker/state/types.ts';
import { type FixtureBroker, formGroup, openBroker } from '../../../helpers/broker-peers-fixture.ts';
import { startFaultProxy } from '../../../helpers/fault-proxy.ts';
import { temporaryFolder } from '../../../helpers/temporary-folder.ts';

const groupId = 'G-TEST1';

interface Installed {
  readonly bytes: Buffer;
  readonly sha256: string;
}

async function snapshotOf(leader: FixtureBroker, sizeBytes: number): Promise<{ readonly file: SnapshotFile; readonly bytes: Buffer }> {
  const bytes = randomBytes(sizeBytes);
  const path = join(await temporaryFolder(), 'snapshot.db');
  await writeFile(path, bytes);
  const configuration = leader.statuses.get(groupId)?.configuration;
  if (configuration === undefined) throw new Error('The leader has no group.');
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { bytes, file: { path, position: { index: 100, term: 2, checksum: 7 }, configuration, sizeBytes, sha256 } };
}

/** Keeps what is installed. */
function installer(): { readonly installed: Installed[]; readonly install: PeerReceiver['installSnapshot'] } {
  const installed: Installed[] = [];
  return {
    installed,
    install: async (_groupId, path, sha256) => void installed.push({ bytes: await readFile(path), sha256 }),
  };
}

test('a snapshot comes piece by piece and is installed whole', async () => {
  const { installed, install } = installer();
  const [leader, member] = [await openBroker({ byte: 1 }), await openBroker({ byte: 2, install })];
  formGroup(groupId, [leader, member], leader);
  await expect.poll(() => leader.peers.isConnected(member.brokerId)).toBe(true);
  const { file, bytes } = await snapshotOf(leader, 1_500_000);
  await expect(leader.peers.offerSnapshot(member.brokerId, groupId, file)).resolves.toBe(true);
  expect(installed).toHaveLength(1);
  expect(installed[0]?.bytes.equals(bytes)).toBe(true);
  expect(await readdir(join(member.directory, 'incoming'))).toEqual([]);
  expect(member.peers.snapshotProgress(groupId, member.brokerId)).toBeNull();
});

test('after a connection was cut the next offer goes on where the first one stopped', async () => {
  const { installed, install } = installer();
  const member = await openBroker({ byte: 2, install, limits: { dialGraceMs: 60_000 } });
  const proxy = await startFaultProxy(member.port);
  const leader = await openBroker({ byte: 1, addressOf: () => ({ host: '127.0.0.1', port: proxy.port }) });
  formGroup(groupId, [leader, member], leader);
  await expect.poll(() => leader.peers.isConnected(member.brokerId)).toBe(true);
  const { file, bytes } = await snapshotOf(leader, 30_000_000);
  const first = leader.peers.offerSnapshot(member.brokerId, groupId, file);
  await expect.poll(() => (member.peers.snapshotProgress(groupId, member.brokerId) ?? 0) > 0.05, { interval: 1 }).toBe(true);
  expect(leader.peers.snapshotProgress(groupId, member.brokerId)).toBeGreaterThan(0);
  proxy.cut();
  await expect(first).resolves.toBe(false);
  await expect.poll(() => member.peers.snapshotProgress(groupId, member.brokerId)).toBeNull();
  const [name = ''] = await readdir(join(member.directory, 'incoming'));
  const kept = await readFile(join(member.directory, 'incoming', name));
  expect(kept.byteLength).toBeGreaterThan(1_000_000);
  expect(kept.equals(bytes.subarray(0, kept.byteLength))).toBe(true);
  // What was kept is taken as it is: another byte in it must show in the end.
  await writeFile(join(member.directory, 'incoming', name), Buffer.concat([Buffer.from([(kept[0] ?? 0) ^ 1]), kept.subarray(1)]));
  await expect.poll(() => leader.peers.isConnected(member.brokerId)).toBe(true);
  await expect(leader.peers.offerSnapshot(member.brokerId, groupId, file)).resolves.toBe(true);
  expect(installed[0]?.bytes.subarray(1).equals(bytes.subarray(1))).toBe(true);
  expect(installed[0]?.bytes[0]).not.toBe(bytes[0]);
});

test('a snapshot that cannot be installed is thrown away, and the leader is told', async () => {
  const install = () => Promise.reject(new Error('The digest is another.'));
  const [leader, member] = [await openBroker({ byte: 1 }), await openBroker({ byte: 2, install })];
  formGroup(groupId, [leader, member], leader);
  await expect.poll(() => leader.peers.isConnected(member.brokerId)).toBe(true);
  const { file } = await snapshotOf(leader, 100_000);
  await expect(leader.peers.offerSnapshot(member.brokerId, groupId, file)).resolves.toBe(false);
  expect(await readdir(join(member.directory, 'incoming'))).toEqual([]);
});

test('a snapshot is taken from members of the group alone', async () => {
  const { installed, install } = installer();
  const [other, member] = [await openBroker({ byte: 1 }), await openBroker({ byte: 2, install })];
  formGroup(groupId, [member]);
  formGroup('G-TEST2', [other, member], other);
  await expect.poll(() => other.peers.isConnected(member.brokerId)).toBe(true);
  formGroup(groupId, [other], other);
  const { file } = await snapshotOf(other, 1_000);
  await expect(other.peers.offerSnapshot(member.brokerId, groupId, file)).resolves.toBe(false);
  expect(installed).toEqual([]);
});

test('messages pass while a snapshot is on its way', async () => {
  const { installed, install } = installer();
  const [leader, member] = [await openBroker({ byte: 1 }), await openBroker({ byte: 2, install })];
  formGroup(groupId, [leader, member], leader);
  await expect.poll(() => leader.peers.isConnected(member.brokerId)).toBe(true);
  const { file } = await snapshotOf(leader, 40_000_000);
  const brought = leader.peers.offerSnapshot(member.brokerId, groupId, file);
  await expect.poll(() => member.peers.snapshotProgress(groupId, member.brokerId), { interval: 1 }).not.toBeNull();
  leader.peers.send(member.brokerId, groupId, { type: 'HEARTBEAT', term: 2, commitIndex: 1, readRound: 1, durable: {} });
  await expect.poll(() => member.heard.some(({ what }) => what === 'message'), { interval: 1 }).toBe(true);
  expect(installed).toEqual([]);
  await expect(brought).resolves.toBe(true);
});
