/** Tunnels that carry no HTTP: a TCP port, and TLS that the gateway does not open. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { connect as connectTls, createServer as createTlsServer } from 'node:tls';
import { expect, onTestFinished, test } from 'vitest';
import { freePort } from '../../helpers/free-port.ts';
import { openRaw } from '../../helpers/raw-http.ts';
import { testCertificate, testCertificateKey } from '../../helpers/test-certificate.ts';
import { startTunnel } from '../../helpers/tunnel-fixture.ts';

const megabyte = 1_048_576;

/** A service that greets first, as SSH does, and echoes; it ends when its client has ended. */
async function startGreeter(): Promise<{ readonly target: string; readonly resets: () => number }> {
  let resets = 0;
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.write('SSH-2.0-test\r\n');
    socket.pipe(socket);
    socket.on('error', () => resets++);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return { target: `127.0.0.1:${(server.address() as AddressInfo).port}`, resets: () => resets };
}

test('a TCP port leads to the service: who speaks first, half-closing, a megabyte each way, and a reset', async () => {
  const service = await startGreeter();
  const publicPort = await freePort();
  const { gateway } = await startTunnel(service.target, { kind: 'tcp', gateway: { tcpPorts: [publicPort] } });
  expect(gateway.tcpPortOf('press-07')).toBe(publicPort);
  const client = await openRaw(publicPort);
  await client.until((received) => received.includes('SSH-2.0-test\r\n'));
  const sent = Buffer.alloc(megabyte, 'both ways ');
  client.send(sent);
  await client.until(({ byteLength }) => byteLength === 14 + megabyte);
  client.socket.end('last');
  expect(await client.closed()).toBe('ended');
  expect(client.received.subarray(14).equals(Buffer.concat([sent, Buffer.from('last')]))).toBe(true);

  const broken = await openRaw(publicPort);
  await broken.until((received) => received.includes('SSH'));
  broken.socket.resetAndDestroy();
  await expect.poll(() => gateway.totals.inFlight).toBe(0);
});

test('TLS passes untouched, by the name that the client asks for', async () => {
  const server = createTlsServer({ cert: testCertificate, key: testCertificateKey }, (socket) => {
    socket.write(`hello ${socket.servername || 'nobody'}\n`);
    socket.pipe(socket);
    socket.on('error', () => undefined);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const { publicPort } = await startTunnel(`127.0.0.1:${(server.address() as AddressInfo).port}`, {
    kind: 'tls',
    gateway: {
      public: {
        host: '127.0.0.1',
        port: 0,
        domain: 'gateway.test',
        tls: { cert: testCertificate, key: testCertificateKey, contextFor: () => undefined },
      },
    },
  });
  const client = connectTls({
    port: publicPort,
    host: '127.0.0.1',
    servername: 'press-07.gateway.test',
    ca: testCertificate,
    checkServerIdentity: () => undefined,
  });
  onTestFinished(() => void client.destroy());
  const [hello] = (await once(client, 'data')) as [Buffer];
  expect(hello.toString()).toBe('hello press-07.gateway.test\n');
  client.write('echo');
  expect(String((await once(client, 'data'))[0])).toBe('echo');
});
