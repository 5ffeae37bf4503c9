/** A broker that is known by the fingerprint of its certificate, and one whose certificate changed or expired (security.md row 30). */
import { X509Certificate } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createSelfSigned, pinOf, type TlsMaterial } from '../../../src/main/node/certificates/index.ts';
import type { LinkState, LinkTarget } from '../../../src/main/node/federation/index.ts';
import { MqttLink } from '../../../src/main/node/federation/mqtt-link.ts';
import { createNode } from '../../../src/main/node/node.ts';
import { freePort } from '../../helpers/free-port.ts';
import { type Mosquitto, startMosquitto } from '../../helpers/mosquitto.ts';
import { principalWith, recordingLogger } from '../../helpers/router-fixture.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';

const dayMs = 86_400_000;

interface TlsBroker {
  readonly mosquitto: Mosquitto;
  readonly port: number;
  readonly wsPort: number;
  /** PEM of its certificate. */
  readonly certificate: string;
  readonly pin: string;
  /** Restarts it with another certificate. */
  renew(options: { readonly notAfterMs?: number; readonly key?: string }): Promise<TlsMaterial>;
  readonly key: string;
}

async function startTlsBroker(hosts = ['127.0.0.1'], notAfterMs = Date.now() + dayMs): Promise<TlsBroker> {
  const folder = await temporaryFolder();
  const [certFile, keyFile] = [join(folder, 'server.pem'), join(folder, 'server.key')];
  const write = async (material: TlsMaterial) => {
    await writeFile(certFile, material.certificate);
    await writeFile(keyFile, material.key);
  };
  const first = await createSelfSigned({ commonName: 'broker', hosts, notAfterMs });
  await write(first);
  const [port, wsPort] = [await freePort(), await freePort()];
  const tls = [`certfile ${certFile}`, `keyfile ${keyFile}`];
  const mosquitto = await startMosquitto([
    'per_listener_settings false',
    `listener ${port} 127.0.0.1`,
    ...tls,
    `listener ${wsPort} 127.0.0.1`,
    'protocol websockets',
    ...tls,
  ]);
  return {
    mosquitto,
    port,
    wsPort,
    certificate: first.certificate,
    key: first.key,
    pin: pinOf(new X509Certificate(first.certificate)),
    renew: async ({ notAfterMs: until = Date.now() + dayMs, key }) => {
      const next = await createSelfSigned({ commonName: 'broker', hosts, notAfterMs: until, ...(key !== undefined && { key }) });
      await write(next);
      await mosquitto.kill();
      await mosquitto.start();
      return next;
    },
  };
}

/** The next state of one of the kinds that a link comes to rest in. */
async function restOf(target: LinkTarget): Promise<LinkState> {
  let settled: (state: LinkState) => void = () => undefined;
  const rest = new Promise<LinkState>((resolve) => {
    settled = resolve;
  });
  const link = new MqttLink({
    target: () => Promise.resolve(target),
    session: () => ({ clientId: `pin-${Math.random()}`, will: { topic: 'w', payload: '', qos: 1, retain: false } }),
    filters: ['x'],
    keepaliveSeconds: 30,
    onMessage: () => undefined,
    onState: (state) => {
      if (state.kind === 'connected' || state.kind === 'waiting') settled(state);
    },
    logger: recordingLogger(),
  });
  await link.start();
  const state = await rest;
  await link.stop();
  return state;
}

const checkOf = async (target: LinkTarget) => {
  const state = await restOf(target);
  return state.kind === 'waiting' ? (state.certificate?.check ?? state.error) : state.kind;
};

describe('row 30: the certificate of the broker', () => {
  it('is known by its pin, over TCP and WebSocket, with or without an authority', async () => {
    const broker = await startTlsBroker();
    const { pin, certificate } = broker;
    for (const url of [`mqtts://127.0.0.1:${broker.port}`, `wss://127.0.0.1:${broker.wsPort}`]) {
      expect(await checkOf({ url, pin }), url).toBe('connected');
      expect(await checkOf({ url, pin, ca: certificate }), url).toBe('connected');
      expect(await checkOf({ url, ca: certificate }), url).toBe('connected');
      expect(await checkOf({ url }), url).toBe('chain');
      expect(await checkOf({ url, pin: '0'.repeat(64), ca: certificate }), url).toBe('pin');
    }
  });

  it('may be renewed with the same key; with another key, or expired, it is refused with both prints', async () => {
    const broker = await startTlsBroker();
    const url = `mqtts://127.0.0.1:${broker.port}`;
    await broker.renew({ key: broker.key });
    expect(await checkOf({ url, pin: broker.pin })).toBe('connected');
    await broker.renew({ key: broker.key, notAfterMs: Date.now() - dayMs });
    expect(await checkOf({ url, pin: broker.pin })).toBe('expiry');
    const { certificate } = await broker.renew({});
    const state = await restOf({ url, pin: broker.pin });
    const shown = pinOf(new X509Certificate(certificate));
    expect(state).toMatchObject({ kind: 'waiting', retryInMs: 300_000, certificate: { check: 'pin', expected: broker.pin, shown } });
    expect(await checkOf({ url, ca: certificate, pin: shown })).toBe('connected');
  });

  it('must be for the name that is dialled, where an authority vouches for it', async () => {
    const broker = await startTlsBroker(['elsewhere.example']);
    const url = `mqtts://127.0.0.1:${broker.port}`;
    expect(await checkOf({ url, ca: broker.certificate })).toBe('name');
    expect(await checkOf({ url, pin: broker.pin })).toBe('connected');
  });

  it('that changed is an alert of the node that names both prints, and mqtt.status says which check failed', async () => {
    const broker = await startTlsBroker();
    const node = await createNode({
      dataFolder: await temporaryFolder(),
      mode: 'headless',
      overrides: {
        'http.port': 0,
        'links.port': 0,
        'federation.mode': 'external',
        'federation.brokerUrl': `mqtts://127.0.0.1:${broker.port}`,
        'federation.pin': 'ab'.repeat(32),
      },
      onRestart: () => undefined,
      environment: {},
    });
    await node.start();
    onTestFinished(() => node.stop());
    await expect.poll(() => node.problems.list().find(({ id }) => id === 'federation.certificate')?.detail).toContain(broker.pin);
    expect(node.problems.list().find(({ id }) => id === 'federation.certificate')).toMatchObject({
      severity: 'crit',
      title: expect.stringContaining('(pin)'),
      detail: expect.stringContaining('ab'.repeat(32)),
    });
    const status = await node.router.call('mqtt.status', {}, { principal: principalWith('viewer') });
    expect(status.link.certificate).toEqual({ check: 'pin', shown: broker.pin, expected: 'ab'.repeat(32) });
  });
});
