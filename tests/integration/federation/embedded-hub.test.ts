import { Worker } from 'node:worker_threads';
import { connectAsync, type IClientOptions, type MqttClient } from 'mqtt';
import { describe, expect, it, onTestFinished } from 'vitest';
import { EmbeddedHub } from '../../../src/main/node/federation/index.ts';
import { Problems } from '../../../src/main/node/telemetry/index.ts';
import { startHub } from '../../helpers/hub-fixture.ts';
import { connectPacket, openRawMqtt, packet, publishPacket, subscribePacket, text } from '../../helpers/raw-mqtt.ts';
import { recordingLogger } from '../../helpers/router-fixture.ts';
import { until } from '../../helpers/until.ts';

const inbox = (id: string) => `cloudisense/service/${id}/inbox`;
const status = (id: string) => `cloudisense/service/${id}/status`;

async function client(url: string, options: IClientOptions = {}): Promise<MqttClient> {
  const connected = await connectAsync(url, { reconnectPeriod: 0, ...options });
  connected.on('error', () => undefined);
  onTestFinished(() => void connected.end(true));
  return connected;
}

function nextMessage(from: MqttClient): Promise<{ topic: string; payload: string; retain: boolean }> {
  return new Promise((resolve) => {
    from.once('message', (topic, payload, { retain }) => resolve({ topic, payload: payload.toString(), retain }));
  });
}

/** Shows that the hub still serves others. */
async function servesOthers(url: string): Promise<void> {
  const [one, other] = [await client(url), await client(url)];
  await one.subscribeAsync(inbox('honest'));
  const message = nextMessage(one);
  await other.publishAsync(inbox('honest'), 'hello', { qos: 1 });
  expect((await message).payload).toBe('hello');
}

/** A connected raw client. */
async function connected(port: number, clientId: string) {
  const raw = await openRawMqtt(port);
  raw.socket.write(connectPacket({ clientId }));
  expect([...(await raw.bytes(4))]).toEqual([0x20, 2, 0, 0]);
  return raw;
}

describe('the embedded hub', () => {
  it('carries messages, retained status and wills between clients', async () => {
    const { url, hub } = await startHub();
    const watcher = await client(url);
    await watcher.subscribeAsync(status('+'), { qos: 1 });
    const node = await client(url, { will: { topic: status('n'), payload: Buffer.from('offline'), qos: 1, retain: true } });
    const online = nextMessage(watcher);
    await node.publishAsync(status('n'), 'online', { qos: 1, retain: true });
    expect(await online).toEqual({ topic: status('n'), payload: 'online', retain: false });
    const gone = nextMessage(watcher);
    node.stream.destroy();
    expect((await gone).payload).toBe('offline');
    const late = await client(url);
    const kept = nextMessage(late);
    await late.subscribeAsync(status('n'));
    expect(await kept).toEqual({ topic: status('n'), payload: 'offline', retain: true });
    expect(await hub.sample()).toMatchObject({ retained: 1, clients: 2 });
  });

  it('closes a connection without a CONNECT (row 21)', async () => {
    const { port, url } = await startHub();
    const silent = await openRawMqtt(port);
    const wrong = await openRawMqtt(port);
    wrong.socket.write(connectPacket({ protocol: 'HTTP' }));
    const twice = await connected(port, 'twice');
    twice.socket.write(connectPacket({ clientId: 'twice' }));
    await Promise.all([wrong.closed, twice.closed, silent.closed]);
    await servesOthers(url);
  });

  it('refuses a huge packet from its header alone (row 22)', async () => {
    const { port, url, hub } = await startHub();
    const before = await openRawMqtt(port);
    before.socket.write(Buffer.from([0x10, 0xff, 0xff, 0xff, 0x7f]));
    const five = await openRawMqtt(port);
    five.socket.write(Buffer.from([0x10, 0xff, 0xff, 0xff, 0xff, 0x01]));
    const after = await connected(port, 'after');
    after.socket.write(Buffer.from([0x30, 0x81, 0x80, 0x40]));
    await Promise.all([before.closed, five.closed, after.closed]);
    expect((await hub.sample())?.refused).toMatchObject({ 'too-large': 3 });
    await servesOthers(url);
  });

  it('refuses client ids that are too long, empty with a session, or in use (row 23)', async () => {
    const { port, url } = await startHub();
    const honest = await connected(port, 'node-a');
    for (const connect of [
      connectPacket({ clientId: 'x'.repeat(10_000) }),
      connectPacket({ clientId: '', clean: false }),
      connectPacket({ clientId: 'node-a' }),
    ]) {
      const raw = await openRawMqtt(port);
      raw.socket.write(connect);
      expect([...(await raw.bytes(4))]).toEqual([0x20, 2, 0, 2]);
      await raw.closed;
    }
    honest.socket.write(packet(0xc0));
    expect([...(await honest.bytes(6)).subarray(4)]).toEqual([0xd0, 0]);
    await servesOthers(url);
  });

  it('refuses topics that are not for clients (row 24)', async () => {
    const { port, url } = await startHub();
    const topics = [
      'cloudisense/#',
      'cloudisense/+/x',
      '$SYS/x',
      'cloudisense/a\u0000b',
      `cloudisense/${'x'.repeat(65_000)}`,
      `cloudisense${'/x'.repeat(10_000)}`,
      'elsewhere/x',
      '',
    ];
    for (const [index, topic] of topics.entries()) {
      const raw = await connected(port, `topics-${index}`);
      raw.socket.write(publishPacket(topic, 'x'));
      await raw.closed;
    }
    await servesOthers(url);
  });

  it('grants 128 subscriptions a connection, no more, and neither $share nor $SYS (row 24)', async () => {
    const { url } = await startHub();
    const greedy = await client(url);
    const filters = Array.from({ length: 200 }, (_, index) => `cloudisense/service/n/events/t${index}`);
    const granted = await greedy.subscribeAsync(filters).catch((error: unknown) => error);
    expect(granted).toBeInstanceOf(Error);
    const other = await client(url);
    const results = await Promise.all(
      ['$share/group/cloudisense/x', '$SYS/#', '#', 'cloudisense/#'].map((filter) =>
        other.subscribeAsync(filter).then(
          () => 'granted',
          () => 'refused',
        ),
      ),
    );
    expect(results).toEqual(['refused', 'refused', 'refused', 'granted']);
  });

  it('survives 100,000 subscriptions in one packet (row 24)', async () => {
    const { port, url } = await startHub();
    const raw = await connected(port, 'many');
    raw.socket.write(subscribePacket(Array.from({ length: 100_000 }, (_, index) => `t/${index % 10}`)));
    await servesOthers(url);
  });

  it('does not keep a retained command (row 26)', async () => {
    const { port, url, hub } = await startHub();
    const raw = await connected(port, 'commander');
    raw.socket.write(publishPacket(inbox('n'), '{}', { retain: true }));
    await raw.closed;
    expect((await hub.sample())?.retained).toBe(0);
    await servesOthers(url);
  });

  it('bounds QoS 2 messages that are never completed (row 27)', async () => {
    const { port, url } = await startHub();
    const raw = await connected(port, 'half-open');
    for (let id = 1; id <= 150; id++) raw.socket.write(publishPacket(inbox('n'), 'x', { qos: 2, id }));
    await raw.closed;
    await servesOthers(url);
  });

  it('refuses a will that is too large (row 28)', async () => {
    const { port, url } = await startHub();
    const raw = await openRawMqtt(port);
    const head = Buffer.from([4, 2 | 4, 0, 60]);
    raw.socket.write(packet(0x10, text('MQTT'), head, text('w'), text(status('w')), text(Buffer.alloc(60_000))));
    await raw.closed;
    await servesOthers(url);
  });

  it('cuts off one subscriber that stops reading, and nobody else notices', async () => {
    const { port, url, hub } = await startHub();
    const hung = await connected(port, 'hung');
    hung.socket.write(subscribePacket([inbox('flood')]));
    await hung.bytes(9);
    hung.socket.pause();
    const flooder = await client(url);
    const payload = Buffer.alloc(2_048);
    const others = Array.from({ length: 4 }, () => servesOthers(url));
    for (let count = 0; count < 20_000; count++) flooder.publish(inbox('flood'), payload);
    await flooder.publishAsync(inbox('flood'), payload, { qos: 1 });
    await Promise.all(others);
    await servesOthers(url);
    expect((await hub.sample())?.refused).toMatchObject({ 'slow-reader': 1 });
    expect(hub.restarts).toBe(0);
  });

  it.each([6_000, 20_000])('survives a subscriber that leaves with %i messages before it', async (messages) => {
    const { port, url, hub } = await startHub();
    const hung = await connected(port, 'hung');
    hung.socket.write(subscribePacket([inbox('flood')]));
    await hung.bytes(9);
    hung.socket.pause();
    const flooder = await client(url);
    for (let count = 0; count < messages; count++) flooder.publish(inbox('flood'), Buffer.alloc(600));
    hung.socket.resetAndDestroy();
    await flooder.publishAsync(inbox('flood'), 'end', { qos: 1 });
    await servesOthers(url);
    expect(hub.restarts).toBe(0);
  });

  it('stops while it starts, and though its thread hangs', async () => {
    const starting = new EmbeddedHub({ host: '127.0.0.1', port: 0, prefix: 'c', logger: recordingLogger(), problems: new Problems() });
    const started = starting.start().catch(() => undefined);
    await starting.stop();
    await started;
    const deaf =
      "require('node:worker_threads').parentPort.on('message', () => undefined).postMessage({ type: 'ready', ready: { port: 1 } })";
    const { hub } = await startHub({ createWorker: () => new Worker(deaf, { eval: true }) });
    const samples = [hub.sample(), hub.sample()];
    await hub.stop();
    expect(await Promise.all(samples)).toEqual([undefined, undefined]);
  });

  it('starts again on the same port when its thread dies, and says so meanwhile', async () => {
    let worker: Worker | undefined;
    const { url, hub, port, problems } = await startHub({
      createWorker: (url, options) => {
        worker = new Worker(url, options);
        return worker;
      },
    });
    await servesOthers(url);
    const raised = new Promise<void>((resolve) => problems.onChange(() => problems.list().length > 0 && resolve()));
    await worker?.terminate();
    await raised;
    expect(problems.list()).toMatchObject([{ id: 'federation.hubStopped', severity: 'crit' }]);
    await until(() => hub.port === port);
    await servesOthers(url);
    expect(problems.list()).toEqual([]);
  });

  it('says what to do when its port is taken', async () => {
    const { port } = await startHub();
    await expect(startHub({ port })).rejects.toMatchObject({ code: 'CONFLICT', message: expect.stringContaining('federation.port') });
  });
});
