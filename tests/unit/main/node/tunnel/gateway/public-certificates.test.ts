import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createSelfSigned } from '../../../../../../src/main/node/certificates/index.ts';
import { PublicCertificates } from '../../../../../../src/main/node/tunnel/gateway/public-certificates.ts';
import { recordingLogger } from '../../../../../helpers/router-fixture.ts';
import { temporaryFolder } from '../../../../../helpers/temporary-folder.ts';

const nowMs = Date.now();
const dayMs = 86_400_000;

async function writePair(folder: string, name: string, hosts: readonly string[], days = 90) {
  const { certificate, key } = await createSelfSigned({ commonName: name, hosts, notAfterMs: nowMs + days * dayMs });
  await writeFile(join(folder, `${name}.crt`), certificate);
  await writeFile(join(folder, `${name}.key`), key);
}

async function certificatesOf(folder: string) {
  const raised: { severity: string; title: string; detail: string }[] = [];
  const certificates = new PublicCertificates({
    own: await createSelfSigned({ commonName: 'own', hosts: ['localhost'], notAfterMs: nowMs + 90 * dayMs }),
    folder,
    problems: { raise: (problem) => raised.push(problem), clear: () => raised.splice(0) },
    logger: recordingLogger(),
  });
  await certificates.look();
  return { certificates, raised };
}

test('a certificate is chosen by the host that is named, a wildcard for one label', async () => {
  const folder = await temporaryFolder();
  await writePair(folder, 'one', ['orders.example.com']);
  await writePair(folder, 'all', ['*.example.com']);
  const { certificates, raised } = await certificatesOf(folder);
  const exact = certificates.contextFor('orders.example.com');
  expect(exact).toBeDefined();
  expect(certificates.contextFor('ORDERS.example.com')).toBe(exact);
  expect(certificates.contextFor('press-07.example.com')).not.toBe(exact);
  expect(certificates.contextFor('press-07.example.com')).toBeDefined();
  expect(certificates.contextFor('a.b.example.com')).toBeUndefined();
  expect(certificates.contextFor('example.org')).toBeUndefined();
  expect(raised).toEqual([]);
});

test('a renewed pair is taken, a broken one leaves the former and is told, one that is gone is gone', async () => {
  const folder = await temporaryFolder();
  await writePair(folder, 'one', ['orders.example.com']);
  const { certificates, raised } = await certificatesOf(folder);
  const first = certificates.contextFor('orders.example.com');
  await writeFile(join(folder, 'one.key'), 'not a key');
  await certificates.look();
  expect(certificates.contextFor('orders.example.com')).toBe(first);
  expect(raised).toMatchObject([{ severity: 'warn', detail: expect.stringContaining('one.key') }]);
  raised.splice(0);
  await writePair(folder, 'one', ['orders.example.com']);
  await certificates.look();
  expect(certificates.contextFor('orders.example.com')).not.toBe(first);
  expect(raised).toEqual([]);
  await rm(join(folder, 'one.crt'));
  await certificates.look();
  expect(certificates.contextFor('orders.example.com')).toBeUndefined();
});

test('a certificate that ends soon, and one that has ended, is told', async () => {
  const folder = await temporaryFolder();
  await writePair(folder, 'soon', ['a.example.com'], 10);
  const { certificates, raised } = await certificatesOf(folder);
  expect(raised).toMatchObject([{ severity: 'warn', detail: expect.stringContaining('soon expires on') }]);
  raised.splice(0);
  await writePair(folder, 'gone', ['b.example.com'], -1);
  await certificates.look();
  expect(raised).toMatchObject([{ severity: 'crit' }]);
});

test('a folder that cannot be read is told, and the own certificate serves', async () => {
  const { certificates, raised } = await certificatesOf('/nowhere/at/all');
  expect(raised).toMatchObject([{ severity: 'warn', detail: expect.stringContaining('gateway.certificates') }]);
  expect(certificates.cert).toContain('BEGIN CERTIFICATE');
});
