import { existsSync } from 'node:fs';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openSocket, request, startHttp, whenClosed, whenOpen } from '../../../../helpers/http-fixture.ts';
import { temporaryFolder } from '../../../../helpers/temporary-folder.ts';
import { testCertificate, testCertificateKey } from '../../../../helpers/test-certificate.ts';

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

test('listening beyond this machine without TLS is refused, with what to do', async () => {
  for (const host of ['0.0.0.0', '::', '192.0.2.1']) {
    await expect(startHttp({ host })).rejects.toMatchObject({
      code: 'INVALID_PARAMS',
      message: expect.stringContaining('http.tlsCertFile'),
    });
  }
});

test('with a certificate the port speaks TLS, and the command line is told which certificate to trust', async () => {
  const folder = await temporaryFolder();
  const tls = { certFile: join(folder, 'cert.pem'), keyFile: join(folder, 'key.pem') };
  await writeFile(tls.certFile, testCertificate);
  await writeFile(tls.keyFile, testCertificateKey);
  const node = await startHttp({ tls, host: '0.0.0.0' });
  expect(node.url).toBe(`https://127.0.0.1:${node.port}`);
  const { token, certificate } = JSON.parse(await readFile(join(node.folder, 'cli.token'), 'utf8')) as Record<string, string>;
  expect(certificate).toBe(testCertificate);
  const socket = openSocket(node.url, { token: token ?? '', ca: testCertificate });
  await whenOpen(socket);
  expect(await request(socket, 'users.me')).toMatchObject({ status: 'success' });
  await expect(fetch(`http://127.0.0.1:${node.port}/health`)).rejects.toThrow();
});

test('a certificate that cannot be used names its setting', async () => {
  const folder = await temporaryFolder();
  const certFile = join(folder, 'cert.pem');
  await expect(startHttp({ tls: { certFile, keyFile: certFile } })).rejects.toMatchObject({
    code: 'INVALID_PARAMS',
    message: expect.stringContaining('http.tlsCertFile'),
  });
  await writeFile(certFile, testCertificate);
  await expect(startHttp({ tls: { certFile, keyFile: certFile } })).rejects.toMatchObject({
    message: expect.stringContaining('http.tlsKeyFile'),
  });
});
