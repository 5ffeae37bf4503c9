import { connectAsync } from 'mqtt';
import { expect, it, onTestFinished } from 'vitest';
import type { PeerContext, PeerMessage } from '../../../src/main/node/peers/types.ts';
import { startHub } from '../../helpers/hub-fixture.ts';
import { startLinkedMembers, startMembers, untilOnline } from '../../helpers/member-cluster.ts';
import { type MemberNode, startMember } from '../../helpers/member-node.ts';

/** Answers each `Ask` with its number and who asked. */
function answering({ node }: MemberNode): PeerContext[] {
  const { communicator } = node.peers;
  const asked: PeerContext[] = [];
  communicator.on('Ask', (message, context) => {
    asked.push(context);
    communicator.answer(message, context, { type: 'Told', number: message.number });
  });
  return asked;
}

const ask = ({ node }: MemberNode, other: MemberNode, number: number): Promise<PeerMessage> =>
  node.peers.communicator.request(other.node.nodeId, { type: 'Ask', number }, { priority: 'High', timeoutMs: 10_000 });

it('carries messages between members over their link', async () => {
  const [north, south] = await startLinkedMembers(['north', 'south']);
  const asked = answering(south);
  expect(await ask(north, south, 7)).toMatchObject({ type: 'Told', number: 7 });
  expect(asked).toMatchObject([{ origin: { nodeId: north.node.nodeId, secure: true, kind: 'link', role: 'admin' } }]);
  const { settled } = await north.node.peers.communicator.send(south.node.nodeId, { type: 'Unheard' }, { priority: 'Critical' });
  expect(await settled).toMatchObject({ outcome: 'refused', error: { code: 'BAD_REQUEST' } });
  expect(south.node.peers.communicator.deadLetters().letters).toMatchObject([{ nodeId: north.node.nodeId, type: 'Unheard' }]);
});

it('speaks over its links again after a restart, and so do the others with it', async () => {
  const members = await startLinkedMembers(['north', 'south', 'east']);
  const [north, south, east] = members;
  await south.stop();
  const again = await startMember('south', {}, south.folder);
  const viaOf = ({ node }: MemberNode, name: string) => node.federation.directory.online().find((other) => other.name === name)?.via;
  const ways = () => [viaOf(again, 'north'), viaOf(again, 'east'), viaOf(north, 'south'), viaOf(east, 'south')];
  // Well before the next time that each says who it is.
  await expect.poll(ways, { timeout: 20_000, interval: 25 }).toEqual(['link', 'link', 'link', 'link']);
  answering(again);
  expect(await ask(north, again, 7)).toMatchObject({ type: 'Told', number: 7 });
});

it('carries messages between members over the broker, sealed', async () => {
  const hub = await startHub();
  const [north, south] = (await startMembers({ names: ['north', 'south'], brokerUrl: hub.url })) as [MemberNode, MemberNode];
  const asked = answering(south);
  const spy = await connectAsync(hub.url, { reconnectPeriod: 0 });
  onTestFinished(() => spy.endAsync(true));
  const seen: string[] = [];
  spy.on('message', (_topic, payload) => seen.push(payload.toString('latin1')));
  await spy.subscribeAsync('cloudisense/service/+/inbox');
  expect(await ask(north, south, 8)).toMatchObject({ type: 'Told', number: 8 });
  expect(asked).toMatchObject([{ origin: { secure: true, kind: 'mqtt' } }]);
  expect(seen.length).toBeGreaterThan(0);
  expect(seen.some((text) => text.includes('Told') || text.includes('Envelopes'))).toBe(false);
});

it('carries messages of nodes in no cluster in envelopes that nobody signs, also to and from a node of the first system', async () => {
  const hub = await startHub();
  const settings = { 'federation.mode': 'external', 'federation.brokerUrl': hub.url };
  const [north, south] = await Promise.all([startMember('north', settings), startMember('south', settings)]);
  await Promise.all([untilOnline(north, 'south'), untilOnline(south, 'north')]);
  const asked = answering(south);
  expect(await ask(north, south, 9)).toMatchObject({ type: 'Told', number: 9 });
  expect(asked).toMatchObject([{ origin: { nodeId: north.node.nodeId, secure: false, kind: 'mqtt', role: 'viewer' } }]);

  const first = await connectAsync(hub.url, { reconnectPeriod: 0 });
  onTestFinished(() => first.endAsync(true));
  const came = new Promise<{ topic: string; envelope: Record<string, unknown> }>((resolve) => {
    first.on('message', (topic, payload) => {
      const envelope = JSON.parse(payload.toString());
      if (envelope.payload?.type === 'Told') resolve({ topic, envelope });
    });
  });
  await first.subscribeAsync('cloudisense/service/old-one/inbox');
  await first.publishAsync('cloudisense/service/old-one/status', JSON.stringify({ serviceId: 'old-one', status: 'online' }), {
    retain: true,
  });
  await untilOnline(south, 'old-one');
  const envelope = {
    message_id: '7c9e6679-7425-40de-944b-e07fc1f90ae7',
    source_node_id: 'old-one',
    target_node_id: south.node.nodeId,
    timestamp: Math.floor(Date.now() / 1_000),
    ttl: 300,
    priority: 'High',
    is_encrypted: false,
    payload: { type: 'Ask', request_id: 'r1', number: 10 },
  };
  await first.publishAsync(`cloudisense/service/${south.node.nodeId}/inbox`, JSON.stringify(envelope));
  expect(await came).toMatchObject({
    envelope: {
      source_node_id: south.node.nodeId,
      target_node_id: 'old-one',
      priority: 'High',
      payload: { type: 'Told', number: 10, request_id: 'r1' },
    },
  });
});
