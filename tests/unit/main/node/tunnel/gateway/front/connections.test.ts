/** Connections that are carried byte for byte: WebSocket after its 101, public TCP ports, and TLS that the gateway does not open. */
import { once } from 'node:events';
import { request as secureRequest } from 'node:https';
import { type AddressInfo, connect as connectTcp } from 'node:net';
import { connect as connectTls, createSecureContext, createServer as createTlsServer, type TLSSocket } from 'node:tls';
import { expect, onTestFinished, test } from 'vitest';
import type { AccessRules } from '../../../../../../../src/common/contract/tunnels.ts';
import type { PublicTls } from '../../../../../../../src/main/node/tunnel/gateway/types.ts';
import type { PretendedStream } from '../../../../../../helpers/pretended-agents.ts';
import { RawClient, startFront } from '../../../../../../helpers/public-front.ts';
import { testCertificate, testCertificateKey } from '../../../../../../helpers/test-certificate.ts';

const upgrade =
  'GET /live HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: x\r\nSec-WebSocket-Version: 13\r\n\r\n';
const switched = { status: 101, headers: ['Connection', 'Upgrade', 'Upgrade', 'websocket', 'Sec-WebSocket-Accept', 'y'] };
const tls: PublicTls = { key: testCertificateKey, cert: testCertificate, contextFor: () => undefined };
const open: AccessRules = { basicAuth: null, allowedAddresses: [], requestsPerSecond: null };

/** Sends back what comes, as a service that echoes. */
function echo(stream: PretendedStream): void {
  stream.events.onHead?.({ status: 200, headers: [] }, false);
  let sent = 0;
  void stream
    .until(() => {
      for (; sent < stream.received.length; sent++) {
        const piece = stream.received[sent] as Buffer;
        setImmediate(() => stream.events.onData(piece));
      }
      return stream.trailers !== undefined;
    })
    .then(() => setImmediate(() => stream.events.onEnd([])));
}

test('a WebSocket passes: the head without what concerns the connection, then bytes both ways, then the ends', async () => {
  const { front, agents, port } = await startFront();
  const agent = agents.add('a');
  const client = await RawClient.open(port);
  client.send(upgrade);
  const stream = await agent.stream();
  expect(stream.head).toMatchObject({ kind: 'upgrade', path: '/live' });
  expect(stream.head.headers).toContain('Upgrade');
  expect(stream.head.headers).not.toContain('Connection');
  stream.events.onHead?.(switched, false);
  stream.events.onData(Buffer.from('hello'));
  await client.untilText('hello');
  expect(client.text).toMatch(
    /^HTTP\/1\.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: y\r\n\r\nhello$/,
  );
  client.send('ping');
  await stream.until(({ text }) => text === 'ping');
  expect(front.totals().inFlight).toBe(1);
  client.socket.end();
  await stream.until(({ trailers }) => trailers !== undefined);
  stream.events.onEnd([]);
  await client.until(({ ended }) => ended);
  expect(front.totals()).toMatchObject({ inFlight: 0, bytesIn: 4, bytesOut: 5 });
});

test('a service that does not want the WebSocket answers as usual', async () => {
  const { agents, port } = await startFront();
  agents.add('a', (stream) => stream.answer(426, ['Content-Length', '4'], 'nope'));
  const client = await RawClient.open(port);
  client.send(upgrade);
  const text = await client.all();
  expect(text).toMatch(/^HTTP\/1\.1 426 /);
  expect(text.endsWith('nope')).toBe(true);
});

test('a WebSocket to nobody is 404, one that gets no answer 504, one that breaks off is reset', async () => {
  const { agents, port } = await startFront({ limits: { answerMs: 0 } });
  const lost = await RawClient.open(port);
  lost.send(upgrade);
  expect(await lost.all()).toMatch(/^HTTP\/1\.1 404 /);
  agents.add('a');
  const late = await RawClient.open(port);
  late.send(upgrade);
  expect(await late.all()).toMatch(/^HTTP\/1\.1 504 /);
  const other = await startFront();
  const agent = other.agents.add('a');
  const client = await RawClient.open(other.port);
  client.send(upgrade);
  const stream = await agent.stream();
  stream.events.onHead?.(switched, false);
  await client.untilText('101');
  stream.events.onReset('broken', 'The service died.');
  await client.until(({ closed }) => closed);
  expect(client.failed).toBe(true);
  expect(other.front.totals().inFlight).toBe(0);
});

test('other protocols are not passed on: the request is answered as if nothing had been said of them', async () => {
  const { agents, port } = await startFront();
  const agent = agents.add('a', (stream) => stream.answer(200, ['Content-Length', '2'], 'ok'));
  const client = await RawClient.open(port);
  client.send('GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n');
  expect(await client.all()).toMatch(/^HTTP\/1\.1 200 OK\r\n.*ok$/s);
  const { head } = await agent.stream();
  expect(head.kind).toBe('http');
  expect(head.headers.join(' ')).not.toMatch(/h2c|HTTP2/);
});

test('a client that goes away from its WebSocket resets the stream; one that reads nothing holds the service back', async () => {
  const { agents, port } = await startFront();
  const agent = agents.add('a');
  const client = await RawClient.open(port);
  client.send(upgrade);
  const stream = await agent.stream();
  stream.events.onHead?.(switched, false);
  await client.untilText('101');
  client.socket.pause();
  const piece = Buffer.alloc(65_536);
  for (let sent = 0; sent < 256; sent++) stream.events.onData(piece);
  expect(stream.consumedBytes).toBeLessThan(piece.length * 256);
  client.socket.resume();
  await stream.until(({ consumedBytes }) => consumedBytes === piece.length * 256);
  client.socket.resetAndDestroy();
  await stream.until(({ resetCode }) => resetCode === 'cancelled');
});

test('a half-open connection on which nothing moves is ended (row 57)', async () => {
  const { front, agents, port } = await startFront({ limits: { stalledMs: 0 } });
  const agent = agents.add('a');
  const client = await RawClient.open(port);
  client.send(upgrade);
  const stream = await agent.stream();
  stream.events.onHead?.(switched, false);
  await client.untilText('101');
  client.socket.end();
  await stream.until(({ resetCode }) => resetCode === 'timeout');
  expect(front.totals().inFlight).toBe(0);
});

test('a client that has ended its side and reads nothing of the rest is let go', async () => {
  const { front, agents, port } = await startFront({ limits: { stalledMs: 0 } });
  const agent = agents.add('a');
  const client = await RawClient.open(port);
  client.send(upgrade);
  const stream = await agent.stream();
  stream.events.onHead?.(switched, false);
  await client.untilText('101');
  client.socket.pause();
  client.socket.end();
  await stream.until(({ trailers }) => trailers !== undefined);
  stream.events.onData(Buffer.alloc(16_777_216));
  stream.events.onEnd([]);
  expect(front.totals()).toMatchObject({ inFlight: 0 });
  await expect.poll(() => front.totals().connections).toBe(0);
});

test('a public TCP port is carried to its agent; it opens, closes and says why it cannot', async () => {
  const { front, agents, port } = await startFront();
  agents.add('db', { kind: 'tcp', onStream: echo });
  const [state] = await front.setTcpPorts([{ host: '127.0.0.1', port: 0, agentId: 'db' }]);
  expect(state).toMatchObject({ agentId: 'db', problem: undefined });
  const client = await RawClient.open(state?.port as number);
  client.send('one');
  await client.untilText('one');
  client.send('two');
  client.socket.end();
  await client.until(({ ended }) => ended);
  expect(client.text).toBe('onetwo');
  const [taken] = await front.setTcpPorts([{ host: '127.0.0.1', port, agentId: 'db' }]);
  expect(taken?.problem).toContain('in use');
  const late = connectTcp(state?.port as number, '127.0.0.1');
  await once(late, 'error');
  expect(front.totals().inFlight).toBe(0);
});

test('a TCP client of nobody, of a stranger’s network or of a broken service is reset', async () => {
  const { front, agents } = await startFront();
  const ports = await front.setTcpPorts([
    { host: '127.0.0.1', port: 0, agentId: 'nobody' },
    { host: '127.0.0.1', port: 0, agentId: 'closed' },
    { host: '127.0.0.1', port: 0, agentId: 'broken' },
    { host: '127.0.0.1', port: 0, agentId: 'named' },
  ]);
  agents.add('closed', { kind: 'tcp', access: { ...open, allowedAddresses: ['10.0.0.0/8'] } });
  agents.add('broken', { kind: 'tcp', onStream: (stream) => stream.events.onReset('refused', 'Nobody listens.') });
  agents.add('named', { kind: 'tcp', access: { ...open, basicAuth: { username: 'a', password: 'b' } } });
  for (const { port } of ports) {
    // The reset may come before or after the connection was there.
    const client = connectTcp(port, '127.0.0.1');
    client.on('error', () => undefined).on('data', () => expect.unreachable());
    await new Promise<void>((resolve) => client.on('close', () => resolve()));
  }
  expect(front.totals()).toMatchObject({ inFlight: 0, refusedBy: { 'no-agent': 1, address: 1, credentials: 1 } });
});

test('a TCP client waits for an agent in grace', async () => {
  const { front, agents } = await startFront();
  agents.add('db', { kind: 'tcp', state: 'grace', onStream: echo });
  const [state] = await front.setTcpPorts([{ host: '127.0.0.1', port: 0, agentId: 'db' }]);
  const client = await RawClient.open(state?.port as number);
  client.send('kept');
  await expect.poll(() => agents.waitingFor('db')).toBe(1);
  agents.comeBack('db');
  await client.untilText('kept');
});

/** One request over TLS. @returns status and body */
function askSecurely(port: number, serverName: string): Promise<{ readonly status: number | undefined; readonly body: string }> {
  return new Promise((resolve, reject) => {
    const request = secureRequest(
      { port, host: '127.0.0.1', servername: serverName, headers: { Host: serverName }, rejectUnauthorized: false, agent: false },
      (response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (text: string) => {
          body += text;
        });
        response.on('end', () => resolve({ status: response.statusCode, body }));
      },
    );
    request.on('error', reject);
    request.end();
  });
}

test('the TLS port opens what is for HTTP tunnels and says so to the service', async () => {
  const { agents, port, faults } = await startFront({ tls });
  const agent = agents.add('a', (stream) => stream.answer(200, [], 'opened'));
  expect(await askSecurely(port, 'a.example.com')).toEqual({ status: 200, body: 'opened' });
  expect((await agent.stream()).head.headers.join(' ')).toContain('X-Forwarded-Proto https');
  expect(faults).toEqual([]);
});

test('a certificate of its own is chosen by name, at each handshake', async () => {
  const asked: string[] = [];
  const context = createSecureContext({ key: testCertificateKey, cert: testCertificate });
  const { agents, port } = await startFront({
    tls: {
      ...tls,
      contextFor: (name) => {
        asked.push(name);
        return context;
      },
    },
  });
  agents.add('a', (stream) => stream.answer(200, [], 'opened'));
  expect((await askSecurely(port, 'a.Example.com')).status).toBe(200);
  expect(asked).toEqual(['a.example.com']);
});

test('TLS of a tunnel of that kind passes untouched: the client sees the certificate of the service, the gateway only its name', async () => {
  const service = createTlsServer({ key: testCertificateKey, cert: testCertificate }, (socket: TLSSocket) => socket.pipe(socket));
  service.listen(0, '127.0.0.1');
  await once(service, 'listening');
  onTestFinished(() => void service.close());
  const { agents, front, port } = await startFront({
    tls,
    routes: [
      {
        routeId: 'RO-AAAAAAAA',
        kind: 'tls',
        host: 'vault.example.com',
        pathPrefix: '/',
        stripPrefix: false,
        agentId: 'safe',
        access: undefined,
      },
    ],
  });
  const agent = agents.add('safe', {
    kind: 'tls',
    onStream: (stream) => {
      const inside = connectTcp((service.address() as AddressInfo).port, '127.0.0.1');
      onTestFinished(() => void inside.destroy());
      inside.on('data', (chunk) => stream.events.onData(chunk));
      inside.on('end', () => stream.events.onEnd([]));
      let sent = 0;
      void stream
        .until(() => {
          for (; sent < stream.received.length; sent++) inside.write(stream.received[sent] as Buffer);
          return stream.trailers !== undefined;
        })
        .then(() => inside.end());
    },
  });
  for (const servername of ['safe.example.com', 'vault.example.com']) {
    const client = connectTls({ port, host: '127.0.0.1', servername, rejectUnauthorized: false });
    onTestFinished(() => void client.destroy());
    await once(client, 'secureConnect');
    client.write('secret');
    const [chunk] = await once(client, 'data');
    expect(String(chunk)).toBe('secret');
    client.end();
    await once(client, 'close');
  }
  expect(agent.streams.map(({ head }) => head.kind)).toEqual(['connection', 'connection']);
  expect(Buffer.concat(agent.streams.flatMap(({ received }) => received)).includes('secret')).toBe(false);
  expect(front.routeFigures('RO-AAAAAAAA')?.requests).toBe(1);
});

test('what is no TLS, or stops in the middle of its first message, is closed', async () => {
  const { front, port } = await startFront({ tls, limits: { headMs: 0 } });
  const plain = await RawClient.open(port);
  plain.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
  await plain.until(({ closed, ended }) => closed || ended);
  const half = await RawClient.open(port);
  half.send('\x16\x03\x01\x02\x00\x01\x00');
  await half.until(({ closed, ended }) => closed || ended);
  await expect.poll(() => front.totals().connections).toBe(0);
  expect(front.totals().refused).toBeGreaterThanOrEqual(2);
});
