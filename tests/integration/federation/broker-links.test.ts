/** Every way to a broker that the settings offer: TCP and WebSocket, each with and without TLS, password and client certificate. */
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { readLinkTarget } from '../../../src/main/node/federation/index.ts';
import { startFederatedRouter, untilReachability } from '../../helpers/federated-router.ts';
import { freePort } from '../../helpers/free-port.ts';
import { startMosquitto } from '../../helpers/mosquitto.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';

const run = promisify(execFile);

interface Certificates {
  readonly caFile: string;
  readonly serverCert: string;
  readonly serverKey: string;
  readonly certFile: string;
  readonly keyFile: string;
}

/** An authority, a certificate of the broker for 127.0.0.1, and one of a node. */
async function makeCertificates(): Promise<Certificates> {
  const folder = await temporaryFolder();
  const file = (name: string) => join(folder, name);
  const key = (name: string) => run('openssl', ['ecparam', '-genkey', '-name', 'prime256v1', '-noout', '-out', file(name)]);
  await key('ca.key');
  await run('openssl', [
    'req',
    '-x509',
    '-new',
    '-key',
    file('ca.key'),
    '-subj',
    '/CN=test authority',
    '-days',
    '2',
    '-out',
    file('ca.pem'),
  ]);
  for (const name of ['server', 'client']) {
    await key(`${name}.key`);
    await run('openssl', ['req', '-new', '-key', file(`${name}.key`), '-subj', `/CN=${name}`, '-out', file(`${name}.csr`)]);
    await writeFile(file(`${name}.ext`), 'subjectAltName=IP:127.0.0.1\n');
    const signing = ['-CA', file('ca.pem'), '-CAkey', file('ca.key'), '-CAcreateserial', '-days', '2', '-extfile', file(`${name}.ext`)];
    await run('openssl', ['x509', '-req', '-in', file(`${name}.csr`), ...signing, '-out', file(`${name}.pem`)]);
  }
  return {
    caFile: file('ca.pem'),
    serverCert: file('server.pem'),
    serverKey: file('server.key'),
    certFile: file('client.pem'),
    keyFile: file('client.key'),
  };
}

const none = { username: '', passwordFile: '', caFile: '', certFile: '', keyFile: '', pin: '' };

/** Shows that two nodes reach each other by an address. */
async function reaches(address: { readonly url: string } & Partial<typeof none>): Promise<void> {
  const target = () => readLinkTarget({ ...none, ...address });
  const [one, other] = await Promise.all(['one', 'other'].map((name) => startFederatedRouter({ name, url: '', federation: { target } })));
  if (one === undefined || other === undefined) throw new Error('no nodes');
  await untilReachability(one, other.nodeId, 'online');
  await expect(one.client().call('nodes.clock', {}, { serviceId: other.nodeId })).resolves.toHaveProperty('nowMs');
}

describe('the link to a broker', () => {
  let certificates: Certificates;
  beforeAll(async () => {
    await run('openssl', ['version']);
  });

  it('goes over WebSocket', async () => {
    const port = await freePort();
    await startMosquitto([`listener ${port} 127.0.0.1`, 'protocol websockets']);
    await reaches({ url: `ws://127.0.0.1:${port}` });
  });

  it('goes over TLS with an authority of its own and a client certificate, over TCP and WebSocket', async () => {
    certificates = await makeCertificates();
    const { caFile, serverCert, serverKey, certFile, keyFile } = certificates;
    const [tcp, ws] = [await freePort(), await freePort()];
    const tls = [`cafile ${caFile}`, `certfile ${serverCert}`, `keyfile ${serverKey}`, 'require_certificate true'];
    await startMosquitto([`listener ${tcp} 127.0.0.1`, ...tls, `listener ${ws} 127.0.0.1`, 'protocol websockets', ...tls]);
    await reaches({ url: `mqtts://127.0.0.1:${tcp}`, caFile, certFile, keyFile });
    await reaches({ url: `wss://127.0.0.1:${ws}`, caFile, certFile, keyFile });
  });

  it('refuses a broker whose authority it does not know, and says why', async () => {
    const { caFile, serverCert, serverKey } = await makeCertificates();
    const port = await freePort();
    await startMosquitto([`listener ${port} 127.0.0.1`, `cafile ${caFile}`, `certfile ${serverCert}`, `keyfile ${serverKey}`]);
    const node = await startFederatedRouter({ name: 'one', url: `mqtts://127.0.0.1:${port}` });
    await expect.poll(() => (node.federation.link.state.kind === 'waiting' ? node.federation.link.state.error : '')).toMatch(/certificate/);
  });

  it('signs in with user and password file', async () => {
    const folder = await temporaryFolder();
    const [passwords, passwordFile, wrongFile] = ['passwords', 'password', 'wrong'].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    await run('mosquitto_passwd', ['-b', '-c', passwords, 'node', 's3cret']);
    await writeFile(passwordFile, 's3cret\nanything else\n');
    await writeFile(wrongFile, 'guess\n');
    const broker = await startMosquitto(['per_listener_settings false', `password_file ${passwords}`, 'allow_anonymous false']);
    await reaches({ url: broker.url, username: 'node', passwordFile });
    const node = await startFederatedRouter({
      name: 'x',
      url: '',
      federation: { target: () => readLinkTarget({ ...none, url: broker.url, username: 'node', passwordFile: wrongFile }) },
    });
    await expect
      .poll(() => (node.federation.link.state.kind === 'waiting' ? node.federation.link.state.error : ''))
      .toMatch(/[Nn]ot authori[sz]ed/);
    expect(JSON.stringify(node.lines)).not.toContain('guess');
    expect(await readFile(passwordFile, 'utf8')).toContain('s3cret');
  });

  it('names a file it cannot read', async () => {
    await expect(readLinkTarget({ ...none, url: 'mqtts://127.0.0.1', caFile: '/nowhere/ca.pem' })).rejects.toMatchObject({
      message: '/nowhere/ca.pem cannot be read',
    });
  });
});
