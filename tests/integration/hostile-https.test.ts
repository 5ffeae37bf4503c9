/** What strangers may do to the HTTP port when it speaks TLS, with the node's own certificate (security.md section 6, rows 1 to 5). */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from 'node:tls';
import { expect, onTestFinished, test } from 'vitest';
import { limits } from '../../src/common/limits.ts';
import type { HttpTimings } from '../../src/main/node/http/http-server.ts';
import { type HttpFixture, startHttp } from '../helpers/http-fixture.ts';
import { listenerCertificate } from '../helpers/listener-certificate.ts';
import { whenEnded } from '../helpers/raw-web-socket.ts';

interface TlsFixture extends HttpFixture {
  readonly ca: string;
}

async function startHttps(timings: Partial<HttpTimings> = {}): Promise<TlsFixture> {
  const { certificate } = await listenerCertificate('own');
  const node = await startHttp({ certificate, timings });
  return Object.assign(node, { ca: certificate.material.certificate });
}

async function openTcp(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  onTestFinished(() => void socket.destroy());
  await once(socket, 'connect');
  return socket.resume();
}

function openTls(node: TlsFixture, options: ConnectionOptions = {}): TLSSocket {
  const socket = connectTls({
    port: node.port,
    host: '127.0.0.1',
    servername: 'localhost',
    ca: node.ca,
    allowPartialTrustChain: true,
    ...options,
  } as ConnectionOptions);
  socket.on('error', () => undefined);
  onTestFinished(() => void socket.destroy());
  return socket;
}

/** The honest client of every row: it is served while the others misbehave. */
async function expectServed(node: TlsFixture): Promise<void> {
  const socket = openTls(node);
  await once(socket, 'secureConnect');
  socket.write('GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
  const [answer] = (await once(socket, 'data')) as [Buffer];
  expect(answer.toString()).toContain('HTTP/1.1 200');
}

/** Refused connections by reason. */
async function refusedOf(node: TlsFixture): Promise<Record<string, number>> {
  const counts = (await node.metrics.text()).matchAll(/^signalbox_http_refused_total\{reason="([\w-]+)"\} (\d+)$/gm);
  return Object.fromEntries([...counts].map(([, reason, count]) => [reason, Number(count)]));
}

test('row 1: a port scan, plain HTTP and garbage are closed, counted and not logged as errors', async () => {
  const node = await startHttps();
  for (let index = 0; index < 50; index++) (await openTcp(node.port)).destroy();
  const plain = await openTcp(node.port);
  plain.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
  const garbage = await openTcp(node.port);
  garbage.write(Buffer.alloc(1_000, 0xff));
  await Promise.all([whenEnded(plain), whenEnded(garbage)]);
  await expectServed(node);
  // Each connection is counted once: 50 of the scan, plain HTTP and garbage.
  await expect.poll(() => refusedOf(node)).toEqual({ malformed: 52 });
  expect(node.lines.filter(({ level }) => level === 'error')).toEqual([]);
});

test('row 2: TLS 1.1 gets an alert; 1.2 is for browsers, without old ciphers; 1.3 is preferred', async () => {
  const node = await startHttps();
  const old = openTls(node, { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'ALL@SECLEVEL=0' });
  const [alert] = (await once(old, 'error')) as [NodeJS.ErrnoException];
  expect(alert.code).toMatch(/ALERT_PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL/);
  const weak = openTls(node, { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-SHA:AES128-SHA' });
  const [refused] = (await once(weak, 'error')) as [NodeJS.ErrnoException];
  expect(refused.code).toMatch(/HANDSHAKE_FAILURE/);
  const browser = openTls(node, { maxVersion: 'TLSv1.2' });
  await once(browser, 'secureConnect');
  expect(browser.getCipher().name).toMatch(/^ECDHE-ECDSA-.*(?:GCM|POLY1305)/);
  const current = openTls(node);
  await once(current, 'secureConnect');
  expect(current.getProtocol()).toBe('TLSv1.3');
});

test('row 3: handshake and request head have their time together, however slowly the bytes come', async () => {
  const node = await startHttps({ headersMs: 1_500 });
  const silent = await openTcp(node.port);
  const slowHello = await openTcp(node.port);
  const hello = Buffer.from('16030102000100', 'hex');
  let sent = 0;
  const drips = setInterval(() => {
    slowHello.write(hello.subarray(sent % hello.length, (sent % hello.length) + 1));
    sent++;
  }, 20);
  onTestFinished(() => clearInterval(drips));
  const shaken = openTls(node);
  await once(shaken, 'secureConnect');
  shaken.write('GET /health HTTP/1.1\r\nHost: localhost\r\nX-Slow: ');
  const head = setInterval(() => shaken.write('a'), 20);
  onTestFinished(() => clearInterval(head));
  await Promise.all([whenEnded(silent), whenEnded(slowHello), whenEnded(shaken)]);
  await expectServed(node);
  expect(await refusedOf(node)).toEqual({ timeout: 3 });
});

test('row 4: of many connections without a handshake the oldest give way, and an honest client from the same address is served', async () => {
  const node = await startHttps();
  const waiting: Socket[] = [];
  for (let index = 0; index < 200; index++) waiting.push(await openTcp(node.port));
  await expectServed(node);
  await Promise.all(waiting.slice(0, waiting.length - limits.pendingConnectionsPerAddress).map(whenEnded));
  expect(await refusedOf(node)).toEqual({ pending: 200 + 1 - limits.pendingConnectionsPerAddress });
  expect(waiting.filter((socket) => !socket.destroyed).length).toBeLessThanOrEqual(limits.pendingConnectionsPerAddress);
});

test('row 5: renegotiation is refused, and so are a record of the greatest length and a hello without end', async () => {
  const node = await startHttps();
  const client = openTls(node, { maxVersion: 'TLSv1.2' });
  await once(client, 'secureConnect');
  const failed = once(client, 'error');
  client.renegotiate({ rejectUnauthorized: true }, () => undefined);
  await failed;
  const long = await openTcp(node.port);
  // A handshake record whose message says that it has 16 MiB.
  long.write(Buffer.concat([Buffer.from('16030140000100ffffff0303', 'hex'), Buffer.alloc(16_370)]));
  long.write(Buffer.concat([Buffer.from('1603014000', 'hex'), Buffer.alloc(16_384)]));
  const tooLong = await openTcp(node.port);
  tooLong.write(Buffer.concat([Buffer.from('160301ffff', 'hex'), Buffer.alloc(65_535)]));
  await Promise.all([whenEnded(long), whenEnded(tooLong)]);
  await expectServed(node);
});
