/** What strangers may do to the HTTP port before they have asked for anything (security.md section 6, rows 1 to 5). */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { expect, onTestFinished, test } from 'vitest';
import { limits } from '../../src/common/limits.ts';
import { startHttp } from '../helpers/http-fixture.ts';
import { whenEnded } from '../helpers/raw-web-socket.ts';

async function openTcp(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  onTestFinished(() => void socket.destroy());
  await once(socket, 'connect');
  return socket.resume();
}

test('row 1: a port scan, and TLS to the plain port, change nothing', async () => {
  const node = await startHttp();
  for (let index = 0; index < 100; index++) (await openTcp(node.port)).destroy();
  const tls = connectTls({ port: node.port, host: '127.0.0.1' });
  await once(tls, 'error');
  expect((await fetch(`${node.url}/health`)).status).toBe(200);
  expect(node.lines.filter(({ level }) => level === 'error')).toEqual([]);
});

test('row 3: whoever sends nothing, or a byte now and then, is closed when the time for the whole head is over', async () => {
  const node = await startHttp({ timings: { headersMs: 1_000 } });
  const silent = await openTcp(node.port);
  const slow = await openTcp(node.port);
  const head = 'GET /health HTTP/1.1\r\nHost: localhost\r\nX-Slow: ';
  let sent = 0;
  const drip = setInterval(() => slow.write(head[sent++] ?? 'a'), 20);
  onTestFinished(() => clearInterval(drip));
  const begun = await openTcp(node.port);
  begun.write('POST /authorize HTTP/1.1\r\nHost: localhost\r\n');
  await Promise.all([whenEnded(silent), whenEnded(slow), whenEnded(begun)]);
  expect((await fetch(`${node.url}/health`)).status).toBe(200);
  expect(await node.metrics.text()).toContain('signalbox_http_refused_total{reason="timeout"} 3');
});

test('row 3: a body that does not come ends too', async () => {
  const node = await startHttp({ timings: { headersMs: 1_000, requestMs: 1_000 } });
  const socket = await openTcp(node.port);
  socket.write(
    'POST /authorize HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\nuser',
  );
  await whenEnded(socket);
  expect((await fetch(`${node.url}/health`)).status).toBe(200);
});

test('row 4: of many silent connections the oldest give way, and an honest client from the same address is served', async () => {
  const node = await startHttp();
  const waiting: Socket[] = [];
  for (let index = 0; index < 200; index++) waiting.push(await openTcp(node.port));
  expect((await fetch(`${node.url}/health`)).status).toBe(200);
  const surplus = waiting.slice(0, waiting.length - limits.pendingConnectionsPerAddress);
  await Promise.all(surplus.map(whenEnded));
  expect(waiting.filter((socket) => !socket.destroyed).length).toBeLessThanOrEqual(limits.pendingConnectionsPerAddress);
});

test('row 4: connections that keep alive after a request are bounded too', async () => {
  const node = await startHttp();
  const idle: Socket[] = [];
  for (let index = 0; index < limits.pendingConnectionsPerAddress + 20; index++) {
    const socket = await openTcp(node.port);
    socket.write('GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await once(socket, 'data');
    idle.push(socket);
  }
  await Promise.all(idle.slice(0, 20).map(whenEnded));
  expect((await fetch(`${node.url}/health`)).status).toBe(200);
  expect(await node.metrics.text()).toMatch(/signalbox_http_refused_total\{reason="pending"\} 2\d/);
});

test('row 5: a head over its bound is refused', async () => {
  const node = await startHttp();
  const socket = await openTcp(node.port);
  socket.write(`GET / HTTP/1.1\r\nHost: localhost\r\nX-Large: ${'x'.repeat(64 * 1_024)}\r\n\r\n`);
  await whenEnded(socket);
  expect((await fetch(`${node.url}/health`)).status).toBe(200);
});
