/** Malformed properties of MQTT 5, wills that are too large, and wills in another's name (security.md row 28). */
import { connect, connectAsync } from 'mqtt';
import { expect, it } from 'vitest';
import { startHub } from '../../helpers/hub-fixture.ts';
import { startMembers } from '../../helpers/member-cluster.ts';
import { startMosquitto } from '../../helpers/mosquitto.ts';
import { connectPacket, encodeLength, openRawMqtt, packet, text } from '../../helpers/raw-mqtt.ts';

const status = (id: string) => `cloudisense/service/${id}/status`;

/** CONNECT of MQTT 5 with these bytes where the properties stand. */
function connectWith(properties: Buffer, will = Buffer.alloc(0)): Buffer {
  const flags = will.length > 0 ? 2 | 4 : 2;
  return packet(0x10, text('MQTT'), Buffer.from([5, flags, 0, 60]), properties, text('five'), will);
}

const malformed: readonly (readonly [string, Buffer])[] = [
  ['a length beyond the packet', connectWith(Buffer.from([0x7f]))],
  ['a length without an end', connectWith(Buffer.from([0xff, 0xff, 0xff, 0xff, 0xff]))],
  ['an unknown property', connectWith(Buffer.from([2, 0xee, 0]))],
  ['a property that is cut off', connectWith(Buffer.from([1, 0x11]))],
  ['a user property longer than all of them', connectWith(Buffer.from([5, 0x26, 0xff, 0xff, 0x61, 0x61]))],
  ['the same property twice', connectWith(Buffer.from([10, 0x11, 0, 0, 0, 1, 0x11, 0, 0, 0, 1]))],
  [
    'a will whose properties are longer than it',
    connectWith(Buffer.from([0]), Buffer.concat([Buffer.from([0x7f]), text(status('x')), text('y')])),
  ],
];

it.each(malformed)('the hub refuses %s and serves the others', async (_what, bytes) => {
  const { port, url, hub } = await startHub();
  const raw = await openRawMqtt(port);
  raw.socket.write(bytes);
  // Whether it closes or waits for more bytes until its time is over: nothing is accepted.
  raw.socket.write(Buffer.alloc(64));
  await raw.closed;
  expect([...raw.received()].slice(0, 4)).not.toEqual([0x20, 2, 0, 0]);
  const honest = await connectAsync(url);
  expect(honest.connected).toBe(true);
  await honest.endAsync();
  expect(hub.restarts).toBe(0);
});

it('the hub refuses a will of 1 MiB from the length of its packet alone', async () => {
  const { port, hub } = await startHub();
  const raw = await openRawMqtt(port);
  raw.socket.write(Buffer.concat([Buffer.from([0x10]), encodeLength(1_048_576 + 64), connectPacket({ clientId: 'w' }).subarray(2)]));
  await raw.closed;
  expect((await hub.sample())?.refused).toMatchObject({ 'too-large': 1 });
});

it('a will in the name of a member changes nothing: only what the member signed says that it is gone', async () => {
  const broker = await startMosquitto();
  const [ada, bo] = await startMembers({ names: ['ada', 'bo'], brokerUrl: broker.url });
  if (ada === undefined || bo === undefined) throw new Error('no members');
  const states: (string | undefined)[] = [];
  const stateOfAda = async () => (await bo.client.call('nodes.list', {})).nodes.find(({ name }) => name === 'ada')?.status;
  const refused = () => Object.values(bo.node.federation?.metrics.refused ?? {}).reduce((sum, count) => sum + count, 0);
  const wills = [
    { serviceId: ada.node.nodeId, status: 'offline', name: 'ada', epoch: 4_294_967_295, session: 99 },
    { serviceId: ada.node.nodeId, status: 'offline', name: 'ada', signature: Buffer.alloc(64, 1).toString('base64url') },
    'not JSON',
  ];
  for (const [index, payload] of wills.entries()) {
    const forger = connect(broker.url, {
      reconnectPeriod: 0,
      protocolVersion: index === 0 ? 5 : 4,
      will: { topic: status(ada.node.nodeId), payload: Buffer.from(JSON.stringify(payload)), qos: 1, retain: true },
    });
    await new Promise((resolve) => forger.once('connect', resolve));
    const before = refused();
    forger.stream.destroy();
    await expect.poll(refused).toBeGreaterThan(before);
    states.push(await stateOfAda());
  }
  expect(states).toEqual(['online', 'online', 'online']);
  expect(await ada.client.call('nodes.clock', {}, { target: { node: 'bo' } })).toHaveProperty('nowMs');
});
