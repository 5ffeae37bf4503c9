/** Members of a cluster that have nothing between them but a Mosquitto that nobody trusts. */
import { connectAsync, type MqttClient } from 'mqtt';
import { expect, it, onTestFinished, vi } from 'vitest';
import { startMembers, untilOnline } from '../../helpers/member-cluster.ts';
import { letJoin, type MemberNode, startMember } from '../../helpers/member-node.ts';
import { type Mosquitto, startMosquitto } from '../../helpers/mosquitto.ts';

interface Cluster {
  readonly broker: Mosquitto;
  readonly ada: MemberNode;
  readonly bo: MemberNode;
  readonly cy: MemberNode;
}

async function startThree(): Promise<Cluster> {
  const broker = await startMosquitto();
  const [ada, bo, cy] = await startMembers({ names: ['ada', 'bo', 'cy'], brokerUrl: broker.url });
  if (ada === undefined || bo === undefined || cy === undefined) throw new Error('no members');
  return { broker, ada, bo, cy };
}

interface Packet {
  readonly topic: string;
  readonly payload: Buffer;
}

/** Somebody on the broker who hears everything and says what they like. */
async function openAttacker({ url }: Mosquitto): Promise<{ readonly client: MqttClient; readonly heard: Packet[] }> {
  const client = await connectAsync(url);
  onTestFinished(() => client.endAsync(true).catch(() => undefined));
  const heard: Packet[] = [];
  client.on('message', (topic, payload) => heard.push({ topic, payload }));
  await client.subscribeAsync('#', { qos: 1 });
  return { client, heard };
}

/** Lowest byte of the sequence number in a binary envelope. */
const seqAt = 106;
const setLevel = { name: 'router', level: 'debug' } as const;
const waiting = { timeout: 15_000 };

/** How often a node has done it. */
async function timesSet({ client }: MemberNode): Promise<number> {
  const { entries } = await client.call('audit.list', { limit: 200 });
  return entries.filter(({ act, outcome }) => act === 'logs.setLevel' && outcome === 'done').length;
}

const refusedBy = ({ node }: MemberNode) => node.federation?.metrics.refused ?? {};
const inboxOf = ({ node }: MemberNode) => `cloudisense/service/${node.nodeId}/inbox`;

it('call, follow and tell each other everything, and the broker reads nothing but presence', async () => {
  const { broker, ada, bo, cy } = await startThree();
  const attacker = await openAttacker(broker);
  const status = await ada.client.call('node.status', {}, { target: { node: 'bo' } });
  expect(status.nodeId).toBe(bo.node.nodeId);
  expect((await bo.client.call('node.status', {}, { target: { node: 'ada' } })).nodeId).toBe(ada.node.nodeId);
  const { nodes } = await ada.client.call('nodes.list', {});
  expect(nodes.find(({ name }) => name === 'bo')).toMatchObject({ secure: true, via: 'mqtt' });

  const events: unknown[] = [];
  await ada.node.router.subscribe({ deliver: ({ message }) => events.push(message.data) }, 'bo/site/secret-topic');
  bo.node.router.publish('/site/secret-topic', { word: 'confidential' });
  await expect.poll(() => events, waiting).toEqual([{ word: 'confidential' }]);

  await ada.client.callUnknown('logs.setLevel', setLevel, { serviceId: '*' });
  for (const member of [ada, bo, cy]) await expect.poll(() => timesSet(member), waiting).toBe(1);

  for (const { topic, payload } of attacker.heard) {
    if (topic.endsWith('/status')) expect(JSON.parse(payload.toString())).toMatchObject({ signature: expect.any(String) });
    else expect(payload.toString('latin1')).not.toMatch(/Router|rpc|confidential|setLevel|node\.status/);
  }
  for (const member of [ada, bo, cy]) expect(refusedBy(member)).toEqual({});
});

it('take nothing that was forged, altered, replayed or not signed, count it and write it down', async () => {
  const { broker, ada, bo, cy } = await startThree();
  const { client: attacker, heard } = await openAttacker(broker);
  const say = (topic: string, payload: string | Buffer) => attacker.publishAsync(topic, payload, { qos: 1 });
  await ada.client.callUnknown('logs.setLevel', setLevel, { serviceId: '*' });
  for (const member of [ada, bo, cy]) await expect.poll(() => timesSet(member), waiting).toBe(1);
  await ada.client.call('logs.setLevel', setLevel, { target: { node: 'bo' } });
  await expect.poll(() => timesSet(bo), waiting).toBe(2);
  // It has a connection of its own to the broker, and may hear of all this later than the nodes.
  const [broadcast, presence, sealed] = await Promise.all([
    vi.waitUntil(() => heard.find(({ topic }) => topic === 'cloudisense/broadcast'), waiting),
    vi.waitUntil(
      () => heard.find(({ topic, payload }) => topic.includes(bo.node.nodeId) && topic.endsWith('/status') && payload.length > 0),
      waiting,
    ),
    vi.waitUntil(() => heard.findLast(({ topic, payload }) => topic === inboxOf(bo) && payload[0] === 2), waiting),
  ]);

  // Row 42: exact replays, here and elsewhere.
  await say(sealed.topic, sealed.payload);
  await expect.poll(() => refusedBy(bo).REPLAYED, waiting).toBe(1);
  await say(inboxOf(cy), sealed.payload);
  await expect.poll(() => refusedBy(cy).DECRYPT, waiting).toBe(1);
  await say(broadcast.topic, broadcast.payload);

  // Row 41: one bit.
  const altered = Buffer.from(sealed.payload);
  altered[altered.length - 20] = (altered.at(-20) ?? 0) ^ 1;
  altered[16] = 0xff;
  await say(sealed.topic, altered);
  await expect.poll(() => refusedBy(bo).DECRYPT, waiting).toBe(1);
  const other = Buffer.from(broadcast.payload);
  other[other.length - 80] = (other.at(-80) ?? 0) ^ 1;
  other[1] = (other[1] ?? 0) ^ 0xff;
  // Row 43: its number is used, by another message.
  await say(broadcast.topic, other);
  await expect.poll(() => refusedBy(cy).REPLAYED, waiting).toBe(1);
  other[seqAt] = (other[seqAt] ?? 0) + 9;
  await say(broadcast.topic, other);
  for (const member of [bo, cy]) await expect.poll(() => refusedBy(member).BAD_SIGNATURE, waiting).toBe(1);
  // A broadcast as an event of its sender.
  await say(`cloudisense/service/${ada.node.nodeId}/events/stats`, broadcast.payload);

  // Rows 25 and 45: in the name of another, and without any proof.
  const forged = { type: 'rpc', requestid: 'x1', method: 'logs.setLevel', params: setLevel, originId: ada.node.nodeId };
  await say(inboxOf(bo), JSON.stringify(forged));
  await say('cloudisense/broadcast', JSON.stringify({ ...forged, serviceId: '*' }));
  await say(inboxOf(bo), JSON.stringify({ ...forged, originId: 'person' }));
  await expect.poll(() => refusedBy(bo).BAD_SIGNATURE, waiting).toBe(4);

  // A forged good-bye, signed by nobody or for another time.
  const status = JSON.parse(presence.payload.toString()) as Record<string, unknown>;
  for (const lie of [
    { ...status, status: 'offline' },
    { ...status, status: 'offline', signature: undefined },
    { ...status, epoch: 99 },
  ])
    await say(presence.topic, JSON.stringify(lie));
  await expect.poll(() => refusedBy(ada).BAD_SIGNATURE, waiting).toBeGreaterThanOrEqual(4);
  await attacker.publishAsync(inboxOf(bo), sealed.payload, { qos: 1, retain: true });
  await attacker.publishAsync(inboxOf(bo), '', { qos: 1, retain: true });

  expect(ada.node.federation?.directory.get(bo.node.nodeId)?.reachability).toBe('online');
  expect((await ada.client.call('node.status', {}, { target: { node: 'bo' } })).nodeId).toBe(bo.node.nodeId);
  expect([await timesSet(ada), await timesSet(bo), await timesSet(cy)]).toEqual([1, 2, 1]);
  const { entries } = await bo.client.call('audit.list', { outcome: 'refused' });
  expect(new Set(entries.map(({ code }) => code))).toEqual(new Set(['REPLAYED', 'DECRYPT', 'BAD_SIGNATURE']));
});

it('go on after one of them was started anew, and a broadcast of before is not run again', async () => {
  const { broker, ada, bo } = await startThree();
  const { client: attacker, heard } = await openAttacker(broker);
  await bo.client.call('node.status', {}, { target: { node: 'ada' } });
  await ada.client.callUnknown('logs.setLevel', setLevel, { serviceId: '*' });
  await expect.poll(() => timesSet(bo), waiting).toBe(1);
  await bo.stop();
  const again = await startMember(
    'bo',
    { 'federation.mode': 'external', 'federation.brokerUrl': broker.url, 'links.mode': 'off' },
    bo.folder,
  );
  await untilOnline(again, 'ada');
  await untilOnline(ada, 'bo');
  expect((await ada.client.call('node.status', {}, { target: { node: 'bo' } })).nodeId).toBe(bo.node.nodeId);
  expect((await again.client.call('node.status', {}, { target: { node: 'ada' } })).nodeId).toBe(ada.node.nodeId);
  const broadcast = await vi.waitUntil(() => heard.find(({ topic }) => topic === 'cloudisense/broadcast'), waiting);
  await attacker.publishAsync(broadcast.topic, broadcast.payload);
  await ada.client.call('node.status', {}, { target: { node: 'bo' } });
  expect(await timesSet(again)).toBe(1);
});

it('refuse who was removed at once, and tell it why', async () => {
  const { ada, bo, cy } = await startThree();
  await bo.client.call('node.status', {}, { target: { node: 'ada' } });
  await ada.client.call('membership.revoke', { node: 'bo' });
  const known = () => cy.node.federation?.directory.get(bo.node.nodeId);
  await expect.poll(known, waiting).toBeUndefined();
  await expect(ada.client.call('node.status', {}, { target: { node: bo.node.nodeId } })).rejects.toMatchObject({ executed: 'no' });
  await expect(bo.client.call('node.status', {}, { target: { node: 'ada' } })).rejects.toMatchObject({
    code: 'REVOKED',
    message: expect.stringContaining('was removed from the cluster by ada'),
  });
});

it('may do on another what both the person and the node may', async () => {
  const { ada, bo } = await startThree();
  await ada.client.call('logs.setLevel', setLevel, { target: { node: 'bo' } });
  await ada.client.call('membership.setRoles', { node: 'bo', roles: ['peer', 'viewer'] });
  const refused = bo.client.call('logs.setLevel', setLevel, { target: { node: 'ada' } });
  await expect(refused).rejects.toMatchObject({ code: 'FORBIDDEN', executed: 'no' });
  expect((await bo.client.call('node.status', {}, { target: { node: 'ada' } })).nodeId).toBe(ada.node.nodeId);
  const { entries } = await ada.client.call('audit.list', { outcome: 'refused' });
  expect(entries).toMatchObject([{ act: 'logs.setLevel', code: 'FORBIDDEN', user: expect.stringContaining(bo.node.nodeId) }]);
});

it('are members from the moment they join, and strangers when they have left', async () => {
  const broker = await startMosquitto();
  const settings = { 'federation.mode': 'external', 'federation.brokerUrl': broker.url };
  const [ada, bo] = await Promise.all([startMember('ada', settings), startMember('bo', settings)]);
  const { heard } = await openAttacker(broker);
  const seen = (from: MemberNode, of: MemberNode) => from.node.federation?.directory.get(of.node.nodeId);
  const said = (of: MemberNode) => {
    const last = heard.findLast(({ topic }) => topic === `cloudisense/service/${of.node.nodeId}/status`);
    return last === undefined ? undefined : (JSON.parse(last.payload.toString()) as { status: string; signature?: string });
  };
  await Promise.all([untilOnline(ada, 'bo'), untilOnline(bo, 'ada')]);
  expect(seen(ada, bo)?.secure).toBe(false);
  expect((await ada.client.call('node.status', {}, { target: { node: 'bo' } })).nodeId).toBe(bo.node.nodeId);

  await ada.client.call('membership.create', { name: 'North yard' });
  await expect.poll(() => seen(ada, bo), waiting).toBeUndefined();
  await letJoin(ada, bo);
  for (const [from, of] of [
    [ada, bo],
    [bo, ada],
  ] as const) {
    await expect.poll(() => seen(from, of)?.secure, waiting).toBe(true);
    await expect.poll(() => said(of), waiting).toMatchObject({ status: 'online', signature: expect.any(String) });
    expect((await from.client.call('node.status', {}, { target: { node: of.name } })).nodeId).toBe(of.node.nodeId);
  }

  await bo.client.call('membership.leave', {});
  await expect.poll(() => said(bo)?.signature, waiting).toBeUndefined();
  await expect(bo.client.call('logs.setLevel', setLevel, { target: { node: ada.node.nodeId } })).rejects.toMatchObject({ executed: 'no' });
  expect(await timesSet(ada)).toBe(0);
});
