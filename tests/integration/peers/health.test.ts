/** Peers of whole nodes: how they are is seen, and what follows from it. */
import { expect, test } from 'vitest';
import type { ResultOf } from '../../../src/common/contract/index.ts';
import type { PeerInfo } from '../../../src/common/contract/peers.ts';
import { startLinkedMembers, untilOnline, untilVia } from '../../helpers/member-cluster.ts';
import { letJoin, type MemberNode, startMember } from '../../helpers/member-node.ts';
import { killMemberProcess, runClusterCommand, startMemberProcess } from '../../helpers/member-processes.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';

const peerTimes = { heartbeatMs: 200, askedProbeMs: 300, askMs: 1_000 };

async function peerOf({ client }: MemberNode, name: string): Promise<PeerInfo> {
  const { peers } = await client.call('peers.list', {});
  const peer = peers.find((candidate) => candidate.name === name);
  if (peer === undefined) throw new Error(`no peer ${name}`);
  return peer;
}

/** On a busy machine a node says of itself that it serves worse, and is right. */
const serving = expect.stringMatching(/^(Healthy|Warning)$/);

/** Resolves when a node sees a peer as the test wants it. */
function untilPeer(member: MemberNode, name: string, expected: Partial<PeerInfo>): Promise<void> {
  return expect.poll(() => peerOf(member, name), { timeout: 20_000, interval: 25 }).toMatchObject(expected);
}

test('peers are seen well, their standing decides who is asked, and one that stops is off line at once', async () => {
  const mill = await startMember('mill-01', {}, undefined, peerTimes);
  const able = { 'node.capabilities': ['press'] };
  const [kiln, press] = await Promise.all([
    startMember('kiln-02', able, undefined, peerTimes),
    startMember('press-07', able, undefined, peerTimes),
  ]);
  await mill.client.call('membership.create', { name: 'North yard' });
  for (const guest of [kiln, press]) await letJoin(mill, guest);
  await Promise.all([untilVia(mill, 'kiln-02', 'link'), untilVia(mill, 'press-07', 'link'), untilVia(kiln, 'press-07', 'link')]);

  await untilPeer(mill, 'kiln-02', { health: serving, reported: serving, secure: true, degree: 2 });
  await expect.poll(async () => (await peerOf(mill, 'press-07')).latencyMs).not.toBeNull();
  await untilPeer(mill, 'press-07', {
    successRate: expect.any(Number),
    missedHeartbeats: 0,
    ways: expect.arrayContaining([expect.objectContaining({ kind: 'link', inUse: true, circuit: 'closed' })]),
  });
  const { history, events } = await mill.client.call('peers.get', { node: 'press-07' });
  expect(history[0]).toMatchObject({ score: expect.any(Number) });
  expect(events.map(({ kind }) => kind)).toContain('appeared');
  expect(await mill.client.call('peers.probe', { node: 'press-07', priority: 'Critical' })).toMatchObject({ kind: 'link' });

  const first = mill.node.peers.book.find('kiln-02').nodeId;
  for (let count = 0; count < 5; count++) mill.node.peers.communicator.conduct(first, 'invalid', 'it sent a block that is not valid');
  expect(await peerOf(mill, 'kiln-02')).toMatchObject({ standing: { level: 'noRelay' } });
  expect(mill.node.peers.communicator.reachable().at(-1)).toBe(first);
  for (let count = 0; count < 3; count++)
    expect(await mill.client.call('node.status', {}, { target: { any: 'press' } })).toMatchObject({ name: 'press-07' });
  await mill.client.call('peers.forgive', { node: 'kiln-02' });
  // What it did well since then counts already.
  expect((await peerOf(mill, 'kiln-02')).standing.score).toBeGreaterThanOrEqual(0);

  await press.stop();
  await untilPeer(mill, 'press-07', { health: 'Offline', reason: expect.stringContaining('good-bye') });
  await untilPeer(kiln, 'press-07', { health: 'Offline', reason: expect.stringContaining('good-bye') });
});

test('a person’s choice of peers holds over a restart, and one that was removed is sent nothing', async () => {
  const [mill, kiln] = await startLinkedMembers(['mill-01', 'kiln-02'], {}, peerTimes);
  const { nodeId } = await peerOf(mill, 'kiln-02');
  await mill.client.call('peers.remove', { node: 'kiln-02' });
  const sent = (await peerOf(mill, 'kiln-02')).counts.sent;
  await expect(mill.node.peers.communicator.send(nodeId, { type: 'Block' }, { priority: 'High' })).rejects.toMatchObject({
    code: 'FORBIDDEN',
  });
  await expect(mill.client.call('peers.probe', { node: 'kiln-02' })).rejects.toMatchObject({ code: 'FORBIDDEN' });
  // Heartbeats of the other keep coming meanwhile.
  const { received } = (await peerOf(mill, 'kiln-02')).counts;
  await expect.poll(async () => (await peerOf(mill, 'kiln-02')).counts.received).toBeGreaterThan(received + 2);
  expect(await peerOf(mill, 'kiln-02')).toMatchObject({ removed: true, counts: { sent } });

  expect(await mill.client.call('peers.add', { node: nodeId })).toMatchObject({ pinned: true, removed: false });
  await kiln.stop();
  await mill.stop();
  const again = await startMember('mill-01', {}, mill.folder, peerTimes);
  expect(await peerOf(again, 'kiln-02')).toMatchObject({ pinned: true, health: 'Offline' });
});

test('one that was killed is off line after others were asked', async () => {
  const [mill, kiln] = await startLinkedMembers(['mill-01', 'kiln-02'], {}, peerTimes);
  const { code } = await mill.client.call('membership.invite', { roles: ['peer', 'viewer'] });
  const folder = await temporaryFolder();
  const victim = await startMemberProcess(folder, 'press-07');
  expect((await runClusterCommand(folder, 'join', code, '--at', await mill.address())).code).toBe(0);
  await Promise.all([untilOnline(mill, 'press-07'), untilOnline(kiln, 'press-07')]);
  await untilPeer(mill, 'press-07', { health: serving });
  await killMemberProcess(victim);
  await untilPeer(mill, 'press-07', { health: 'Offline', reason: expect.stringContaining('the other node that was asked does not') });
  const { events }: ResultOf<'peers.get'> = await mill.client.call('peers.get', { node: 'press-07' });
  const changes = events.filter(({ kind }) => kind === 'healthChanged').map(({ detail }) => detail.split(':')[0]);
  expect(changes.slice(0, 2)).toEqual(['Critical → Offline', expect.stringMatching(/ → Critical$/)]);
});
