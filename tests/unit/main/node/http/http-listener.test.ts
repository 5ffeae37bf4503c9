import { X509Certificate } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { connectChecked, createSelfSigned, pinOf } from '../../../../../src/main/node/certificates/index.ts';
import { openSocket, request, startHttp, whenClosed, whenOpen } from '../../../../helpers/http-fixture.ts';
import { listenerCertificate } from '../../../../helpers/listener-certificate.ts';
import { temporaryFolder } from '../../../../helpers/temporary-folder.ts';
import { testCertificate } from '../../../../helpers/test-certificate.ts';
import { until } from '../../../../helpers/until.ts';

test('health says state, name and version, and nothing else', async () => {
  const node = await startHttp();
  const well = await fetch(`${node.url}/health`);
  expect([well.status, await well.json()]).toEqual([200, { status: 'ok', name: 'press-07', version: '0.0.0' }]);
  node.health = { ...node.health, state: 'crit' };
  expect((await fetch(`${node.url}/health`)).status).toBe(503);
});

test('metrics are open on this machine, and need a token through a proxy', async () => {
  const node = await startHttp();
  await node.addUser('ada', 'viewer');
  const { access } = await node.tokensOf('ada');
  const open = await fetch(`${node.url}/metrics`);
  expect(open.headers.get('content-type')).toMatch(/^text\/plain/);
  expect(await open.text()).toContain('signalbox_websocket_connections 0');
  const proxied = { 'X-Forwarded-For': '192.0.2.1' };
  expect((await fetch(`${node.url}/metrics`, { headers: proxied })).status).toBe(401);
  const signedIn = await fetch(`${node.url}/metrics`, { headers: { ...proxied, Authorization: `Bearer ${access.token}` } });
  expect(signedIn.status).toBe(200);
});

test('other methods and addresses are refused with the one error shape', async () => {
  const { url } = await startHttp();
  const wrongMethod = await fetch(`${url}/health`, { method: 'DELETE' });
  expect([wrongMethod.status, wrongMethod.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
  expect((await fetch(`${url}/authorize`)).status).toBe(405);
  expect((await fetch(`${url}/ws`)).status).toBe(426);
  const nothing = await fetch(`${url}/nothing`);
  expect([nothing.status, await nothing.json()]).toEqual([404, { status: 'error', code: 404, message: 'This node serves no console.' }]);
});

test('the token of the command line is new at each start, for its owner alone, and gone after the stop', async () => {
  const node = await startHttp();
  const file = join(node.folder, 'cli.token');
  const first = JSON.parse(await readFile(file, 'utf8')) as { token: string; url: string };
  expect(first.url).toBe(node.url);
  if (process.platform !== 'win32') expect((await stat(file)).mode & 0o777).toBe(0o600);
  const socket = openSocket(node.url, { protocol: 'signalbox.v1', headers: { Authorization: `Bearer ${first.token}` } });
  await whenOpen(socket);
  expect(await request(socket, 'users.me')).toMatchObject({
    data: { roles: ['admin'], via: 'cli', user: expect.stringMatching(/^cli@n1/) },
  });
  await node.listener.stop();
  expect(existsSync(file)).toBe(false);
});

test('a stop says 1001 to the clients and frees the port', async () => {
  const node = await startHttp();
  await node.addUser('ada', 'viewer');
  const { access } = await node.tokensOf('ada');
  const socket = openSocket(node.url, { token: access.token });
  await whenOpen(socket);
  const closed = whenClosed(socket);
  await node.listener.stop();
  expect(await closed).toMatchObject({ code: 1001 });
  expect(node.listener.address).toBeUndefined();
  await expect(fetch(`${node.url}/health`)).rejects.toThrow();
  await node.listener.stop();
});

test('a port in use is named, with the setting that changes it', async () => {
  const holder = createServer();
  await new Promise<void>((resolve) => holder.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void holder.close());
  const { port } = holder.address() as { port: number };
  await expect(startHttp({ port })).rejects.toMatchObject({
    code: 'CONFLICT',
    message: expect.stringMatching(new RegExp(`Port ${port} .*http\\.port`)),
  });
});

test('a token file that cannot be written leaves nothing listening', async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'blocked'), 'a file where a folder should be');
  const holder = createServer();
  await new Promise<void>((resolve) => holder.listen(0, '127.0.0.1', resolve));
  const { port } = holder.address() as { port: number };
  await new Promise((resolve) => holder.close(resolve));
  await expect(startHttp({ port, cliTokenFile: join(folder, 'blocked', 'cli.token') })).rejects.toMatchObject({ code: 'STORAGE_FULL' });
  await expect(fetch(`http://127.0.0.1:${port}/health`)).rejects.toThrow();
});

test('plain HTTP beyond this machine is refused, with what to do, unless it is asked for', async () => {
  for (const host of ['0.0.0.0', '::', '192.0.2.1']) {
    await expect(startHttp({ host })).rejects.toMatchObject({ code: 'INVALID_PARAMS', message: expect.stringContaining('http.tls') });
  }
  const node = await startHttp({ host: '0.0.0.0', allowPlain: true });
  expect((await fetch(`${node.url}/health`)).status).toBe(200);
});

test.each(['own', 'files'] as const)(
  'with a certificate (%s) the port speaks TLS, and the command line is told which certificate to trust',
  async (source) => {
    const { certificate } = await listenerCertificate(source);
    const node = await startHttp({ certificate, host: '0.0.0.0' });
    expect(node.url).toBe(`https://127.0.0.1:${node.port}`);
    const token = JSON.parse(await readFile(join(node.folder, 'cli.token'), 'utf8')) as Record<string, string>;
    expect(token.certificate).toBe(certificate.material.certificate);
    expect(node.listener.certificateFacts).toMatchObject({ source, fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/) });
    const socket = openSocket(node.url, { token: token.token ?? '', ca: token.certificate ?? '' });
    await whenOpen(socket);
    expect(await request(socket, 'users.me')).toMatchObject({ status: 'success' });
    await expect(fetch(`http://127.0.0.1:${node.port}/health`)).rejects.toThrow();
  },
);

test('renewed files are taken without a restart: new connections get the new certificate, open ones live on', async () => {
  const { certificate, files } = await listenerCertificate('files', { lookEveryMs: 20 });
  const node = await startHttp({ certificate });
  const before = node.listener.certificateFacts?.fingerprint;
  const token = JSON.parse(await readFile(join(node.folder, 'cli.token'), 'utf8')) as Record<string, string>;
  const open = openSocket(node.url, { token: token.token ?? '', ca: testCertificate });
  await whenOpen(open);
  const renewed = await createSelfSigned({ commonName: 'renewed', hosts: ['localhost', '127.0.0.1'], notAfterMs: Date.now() + 86_400_000 });
  await writeFile(files.certFile, renewed.certificate);
  await writeFile(files.keyFile, renewed.key);
  await until(() => node.listener.certificateFacts?.fingerprint !== before);
  const again = await connectChecked({ host: '127.0.0.1', port: node.port }, { pin: pinOf(new X509Certificate(renewed.certificate)) });
  again.destroy();
  expect(await request(open, 'users.me')).toMatchObject({ status: 'success' });
  const trusted = async () => (JSON.parse(await readFile(join(node.folder, 'cli.token'), 'utf8')) as { certificate: string }).certificate;
  await expect.poll(trusted).toBe(renewed.certificate);
});
