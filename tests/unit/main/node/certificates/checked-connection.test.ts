import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer, type TLSSocket } from 'node:tls';
import { expect, onTestFinished, test } from 'vitest';
import {
  type CertificateTrust,
  connectChecked,
  createSelfSigned,
  listenerTlsOptions,
  pinOf,
  type TlsMaterial,
} from '../../../../../src/main/node/certificates/index.ts';
import { testCertificate, testCertificateKey } from '../../../../helpers/test-certificate.ts';

/** A server that keeps what it was sent. */
async function serve(material: TlsMaterial): Promise<{ readonly port: number; readonly received: Buffer[]; readonly pin: string }> {
  const received: Buffer[] = [];
  const server = createServer(listenerTlsOptions(material), (socket: TLSSocket) => {
    socket.on('data', (data: Buffer) => received.push(data));
    socket.on('error', () => undefined);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return { port: (server.address() as AddressInfo).port, received, pin: pinOf(new X509Certificate(material.certificate)) };
}

const known = { certificate: testCertificate, key: testCertificateKey };
const dayMs = 86_400_000;

async function checkOf(port: number, trust: CertificateTrust, options: { readonly ca?: string; readonly host?: string } = {}) {
  try {
    const socket = await connectChecked({ host: '127.0.0.1', port, ...options }, trust);
    socket.destroy();
    return 'open';
  } catch (error) {
    return (error as { fault?: { check: string } }).fault?.check ?? (error as Error).message;
  }
}

test('each check has its name: chain, name, expiry, pin', async () => {
  const server = await serve(known);
  expect(await checkOf(server.port, {})).toBe('chain');
  expect(await checkOf(server.port, {}, { ca: testCertificate })).toBe('open');
  expect(await checkOf(server.port, { pin: server.pin })).toBe('open');
  expect(await checkOf(server.port, { pin: server.pin, chain: true })).toBe('chain');
  expect(await checkOf(server.port, { pin: server.pin, chain: true }, { ca: testCertificate })).toBe('open');
  expect(await checkOf(server.port, { pin: '0'.repeat(64) }, { ca: testCertificate })).toBe('pin');
  const elsewhere = await serve(await createSelfSigned({ commonName: 'x', hosts: ['elsewhere.example'], notAfterMs: Date.now() + dayMs }));
  expect(await checkOf(elsewhere.port, {})).toBe('chain');
  expect(await checkOf(elsewhere.port, { pin: elsewhere.pin })).toBe('open');
  const expired = await serve(await createSelfSigned({ commonName: 'x', hosts: ['127.0.0.1'], notAfterMs: Date.now() - dayMs }));
  expect(await checkOf(expired.port, { pin: expired.pin })).toBe('expiry');
  expect(await checkOf(expired.port, {})).toBe('expiry');
});

test('the name counts where an authority vouches for it', async () => {
  const server = await serve(known);
  expect(await checkOf(server.port, {}, { ca: testCertificate, host: 'localhost' })).toBe('open');
  expect(await checkOf(server.port, {}, { ca: testCertificate, host: '127.0.0.2' })).toMatch(/^name$|ECONNREFUSED/);
});

test('a changed certificate is refused with both prints, and nothing is sent to whoever shows it', async () => {
  const server = await serve(known);
  const pin = 'ab'.repeat(32);
  const error = await connectChecked({ host: '127.0.0.1', port: server.port }, { pin }).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'PIN', fault: { check: 'pin', expected: pin, shown: server.pin } });
  expect((error as Error).message).toContain(pin);
  expect((error as Error).message).toContain(server.pin);
  expect(server.received).toEqual([]);
});
