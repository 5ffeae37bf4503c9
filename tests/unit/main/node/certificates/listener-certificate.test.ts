import { chmod, rm, writeFile } from 'node:fs/promises';
import { expect, onTestFinished, test } from 'vitest';
import { createSelfSigned, parsePin } from '../../../../../src/main/node/certificates/index.ts';
import { type CertificateUnderTest, listenerCertificate } from '../../../../helpers/listener-certificate.ts';
import { testCertificateKey } from '../../../../helpers/test-certificate.ts';
import { until } from '../../../../helpers/until.ts';

const dayMs = 86_400_000;
const hosts = ['localhost'];

async function started(...args: Parameters<typeof listenerCertificate>): Promise<CertificateUnderTest> {
  const made = await listenerCertificate(...args);
  await made.certificate.start();
  onTestFinished(() => made.certificate.stop());
  return made;
}

test('files that cannot be used stop the start with one sentence that names setting and file', async () => {
  const { certificate, files } = await listenerCertificate('files');
  const { key: otherKey } = await createSelfSigned({ commonName: 'other', notAfterMs: Date.now() + dayMs });
  const cases: readonly (readonly [() => Promise<void>, RegExp])[] = [
    [() => writeFile(files.keyFile, otherKey), /does not belong to the certificate .*http\.tlsCertFile and http\.tlsKeyFile/],
    [() => writeFile(files.keyFile, 'no key'), /^http\.tlsKeyFile: .*key\.pem does not hold a private key/],
    [() => rm(files.keyFile), /^http\.tlsKeyFile: .*key\.pem cannot be read/],
    [() => writeFile(files.certFile, testCertificateKey), /^http\.tlsKeyFile|^http\.tlsCertFile/],
    [() => rm(files.certFile), /^http\.tlsCertFile: .*cert\.pem cannot be read/],
  ];
  for (const [damage, message] of cases) {
    await damage();
    await expect(certificate.start()).rejects.toMatchObject({ code: 'INVALID_PARAMS', message: expect.stringMatching(message) });
  }
});

test('half a renewal keeps the former certificate and says so, until the other half has come', async () => {
  const { certificate, problems, files } = await started('files', { lookEveryMs: 20 });
  const before = certificate.facts?.fingerprint;
  const renewed: string[] = [];
  certificate.onRenewed((material) => void renewed.push(material.certificate));
  const next = await createSelfSigned({ commonName: 'next', hosts, notAfterMs: Date.now() + 90 * dayMs });
  await writeFile(files.certFile, next.certificate);
  await until(() => problems.list().length === 1);
  expect(problems.list()).toMatchObject([{ id: 'http.certificate', severity: 'warn', detail: expect.stringContaining('does not belong') }]);
  expect(certificate.facts?.fingerprint).toBe(before);
  await writeFile(files.keyFile, next.key);
  await until(() => problems.list().length === 0);
  expect(renewed).toEqual([next.certificate]);
  expect(certificate.facts?.fingerprint).not.toBe(before);
});

test.each([
  [20 * dayMs, [{ severity: 'warn', title: expect.stringMatching(/expires on .*in \d+ days/) }]],
  [40 * dayMs, [{ severity: 'crit', title: expect.stringMatching(/has expired on/) }]],
  [0, []],
] as const)('the dates are watched: %i ms later', async (laterMs, expected) => {
  const { files, certificate, problems } = await listenerCertificate('files', { nowMs: () => Date.now() + laterMs });
  const made = await createSelfSigned({ commonName: 'soon', hosts, notAfterMs: Date.now() + 30 * dayMs });
  await writeFile(files.certFile, made.certificate);
  await writeFile(files.keyFile, made.key);
  await certificate.start();
  expect(problems.list()).toMatchObject(expected);
  await certificate.stop();
  expect(problems.list()).toEqual([]);
});

test('a certificate that is not valid yet is used, since the clock may be wrong, and the clock is named', async () => {
  const { problems } = await started('files', { nowMs: () => Date.parse('2020-01-01') });
  expect(problems.list()).toMatchObject([
    { severity: 'warn', title: expect.stringMatching(/not valid before 2026-11-21/), detail: expect.stringContaining('2020-01-01') },
  ]);
});

test('a folder that cannot be written is an error of the start, not a certificate that the next start has not', async () => {
  const { certificate, folder } = await listenerCertificate('own');
  if (process.getuid?.() === 0) {
    await rm(folder, { recursive: true });
    await writeFile(folder, 'a file where the folder was');
  } else await chmod(folder, 0o500);
  await expect(certificate.start()).rejects.toMatchObject({ code: 'STORAGE_FULL' });
});

test('pins are read in the forms in which people find them', () => {
  const hex = '3a'.repeat(32);
  const base64 = Buffer.from(hex, 'hex').toString('base64');
  for (const text of [hex, hex.toUpperCase(), hex.replaceAll(/(..)(?=.)/g, '$1:'), ` ${hex.replaceAll(/(.{4})/g, '$1 ')}`, `sha256:${hex}`])
    expect(parsePin(text)).toBe(hex);
  for (const text of [base64, `sha256/${base64}`, `sha256//${base64}`]) expect(parsePin(text)).toBe(hex);
  for (const text of ['', 'abc', hex.slice(1), `${hex}00`, 'g'.repeat(64), '*'.repeat(44)]) expect(parsePin(text)).toBeUndefined();
});
