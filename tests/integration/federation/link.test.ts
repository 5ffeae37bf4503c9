/** The link to a broker that does not do what it should. */
import { describe, expect, it, onTestFinished } from 'vitest';
import { federationLimits } from '../../../src/main/node/federation/limits.ts';
import { MqttLink, type MqttLinkOptions } from '../../../src/main/node/federation/mqtt-link.ts';
import { startHub } from '../../helpers/hub-fixture.ts';
import { publishPacket } from '../../helpers/raw-mqtt.ts';
import { recordingLogger } from '../../helpers/router-fixture.ts';
import { type BrokerEnd, packetTypes, startScriptedBroker } from '../../helpers/scripted-broker.ts';

const broadcast = { topic: 'cloudisense/broadcast', payload: 'x', qos: 1, retain: false } as const;

/** A link that is ended with the test. */
function open(url: string, options: Partial<MqttLinkOptions> = {}) {
  let session = 0;
  const will = { topic: 'cloudisense/service/me/status', payload: 'gone', qos: 1, retain: true } as const;
  const logger = recordingLogger();
  const link = new MqttLink({
    target: () => Promise.resolve({ url }),
    session: () => ({ clientId: `me-${++session}`, will }),
    filters: ['cloudisense/service/me/inbox'],
    keepaliveSeconds: 60,
    onMessage: () => undefined,
    onState: () => undefined,
    logger,
    ...options,
  });
  onTestFinished(() => link.stop());
  return { link, lines: logger.lines };
}

const errorOf = ({ state }: MqttLink) => (state.kind === 'waiting' ? state.error : undefined);

describe('the link to a broker', () => {
  it('does without a topic of another node that the broker does not grant', async () => {
    const { url } = await startHub();
    const { link, lines } = open(url);
    await link.subscribe(['elsewhere/service/other/events/a', 'cloudisense/service/other/events/a']);
    await link.start();
    await expect.poll(() => link.connected).toBe(true);
    expect(lines.map(({ event }) => event)).toContain('federation.filterRefused');
    await expect(link.subscribe(['elsewhere/more'])).rejects.toMatchObject({ code: 'NODE_UNREACHABLE', executed: 'no' });
  });

  it('asks for what was added while it connected', async () => {
    const asked: string[] = [];
    const { url } = await startScriptedBroker((packet, end) => {
      if (packet.type !== packetTypes.subscribe) return;
      asked.push(packet.body.toString('latin1'));
      // In the very moment in which the connection is neither new nor made.
      if (asked.length === 1) void link.subscribe(['cloudisense/service/+/events/late']);
      end.grant(packet);
    });
    const { link } = open(url);
    await link.start();
    await expect.poll(() => link.connected).toBe(true);
    expect(asked.at(-1)).toContain('events/late');
  });

  it('gives up a connection whose subscriptions are not granted in time', async () => {
    const { url } = await startScriptedBroker(() => undefined);
    const { link } = open(url, { connectTimeoutMs: 200 });
    await link.start();
    await expect.poll(() => errorOf(link)).toContain('did not grant');
  });

  it('keeps what the broker had not confirmed when the connection was lost', async () => {
    const { url } = await startScriptedBroker((packet, end) => {
      if (packet.type === packetTypes.subscribe) end.grant(packet);
      if (packet.type === packetTypes.publish) end.socket.destroy();
    });
    const { link } = open(url);
    await link.start();
    await expect.poll(() => link.connected).toBe(true);
    link.publishOrKeep(broadcast);
    await expect.poll(() => link.outbox.size).toBe(1);
  });

  it('closes its connection when it stops, whatever the broker leaves unconfirmed', async () => {
    const ends: BrokerEnd[] = [];
    const { url } = await startScriptedBroker((packet, end) => {
      if (packet.type === packetTypes.subscribe) end.grant(packet);
      if (packet.type === packetTypes.publish) ends.push(end);
    });
    const { link } = open(url);
    await link.start();
    await expect.poll(() => link.connected).toBe(true);
    link.publish(broadcast);
    await expect.poll(() => ends.length).toBe(1);
    await link.stop();
    await ends[0]?.closed;
  });

  it('takes no more than it can hold before it is connected', async () => {
    let seen = 0;
    const { url } = await startScriptedBroker((packet, end) => {
      if (packet.type !== packetTypes.subscribe) return;
      const status = publishPacket('cloudisense/service/other/status', 'x', { retain: true });
      for (let index = 0; index < federationLimits.earlyMessages + 100; index++) end.socket.write(status);
      end.grant(packet);
    });
    const { link } = open(url, { onMessage: () => void seen++ });
    await link.start();
    await expect.poll(() => seen).toBe(federationLimits.earlyMessages);
  });

  it('gives up a broker that does not read', async () => {
    const { url } = await startScriptedBroker((packet, end) => {
      if (packet.type !== packetTypes.subscribe) return;
      end.grant(packet);
      end.socket.pause();
    });
    const { link } = open(url);
    await link.start();
    await expect.poll(() => link.connected).toBe(true);
    const large = { topic: 'cloudisense/service/other/inbox', payload: 'x'.repeat(1_000_000), qos: 0, retain: false } as const;
    for (let sent = 0; sent < 2 * federationLimits.linkLostBytes; sent += large.payload.length) link.publish(large);
    await expect.poll(() => errorOf(link)).toContain('does not read');
  });

  it('connects anew with a new session, and not when it was stopped meanwhile', async () => {
    const { url, hub } = await startHub();
    const { link } = open(url);
    await link.start();
    await expect.poll(() => link.connected).toBe(true);
    await link.reconnect();
    await expect.poll(() => link.connected).toBe(true);
    await Promise.all([link.reconnect(), link.stop()]);
    expect(link.state.kind).toBe('off');
    await expect.poll(async () => (await hub.sample())?.clients).toBe(0);
  });
});
