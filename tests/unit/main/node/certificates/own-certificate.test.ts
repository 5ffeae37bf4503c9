import { X509Certificate } from 'node:crypto';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { OwnCertificate, type OwnCertificateOptions, pinOf } from '../../../../../src/main/node/certificates/index.ts';
import { createKeyFileStore, createPassphraseStore } from '../../../../../src/main/node/identity/index.ts';
import { withFormerSecrets } from '../../../../../src/main/node/membership/index.ts';
import { temporaryFolder } from '../../../../helpers/temporary-folder.ts';

const yearMs = 365 * 86_400_000;

async function own(options: Partial<OwnCertificateOptions> = {}) {
  const folder = options.folder ?? (await temporaryFolder());
  const all: OwnCertificateOptions = {
    folder,
    secrets: createKeyFileStore(folder),
    commonName: 'Signalbox press-07',
    hosts: ['localhost', '127.0.0.1', '::1', 'press-07.example'],
    ...options,
  };
  return { folder, file: join(folder, 'listener-certificate.json'), options: all, load: () => new OwnCertificate(all).load() };
}

const pinFrom = ({ certificate }: { readonly certificate: string }) => pinOf(new X509Certificate(certificate));

test('is made once, of P-256, names its hosts, and is no authority; its key is on the disk only wrapped', async () => {
  const { load, file } = await own();
  const first = await load();
  const parsed = new X509Certificate(first.certificate);
  expect(parsed.publicKey.asymmetricKeyDetails).toMatchObject({ namedCurve: 'prime256v1' });
  expect(parsed.ca).toBe(false);
  expect([parsed.checkHost('press-07.example'), parsed.checkIP('::1')]).toEqual(['press-07.example', '::1']);
  expect(await load()).toEqual(first);
  const text = await readFile(file, 'utf8');
  const key = first.key.split('\n')[1] ?? '-';
  expect(text).not.toContain(key);
  expect(text).not.toContain('PRIVATE KEY');
  expect((await stat(file)).mode & 0o777).toBe(0o600);
});

test('is renewed with the same key when less than a year is left, or when it lacks a name, so that pins hold', async () => {
  const { load, options } = await own();
  const first = await load();
  const later = await new OwnCertificate({ ...options, nowMs: () => Date.now() + 9.5 * yearMs }).load();
  expect(later.certificate).not.toBe(first.certificate);
  expect(later.key).toBe(first.key);
  const named = await new OwnCertificate({ ...options, hosts: [...options.hosts, 'other.example'] }).load();
  expect(new X509Certificate(named.certificate).checkHost('other.example')).toBe('other.example');
  expect(new Set([first, later, named].map(pinFrom)).size).toBe(1);
  // Two listeners of one node, each with names of its own, do not replace each other's certificate at every start.
  expect(await load()).toEqual(named);
});

test('moves to a better store by itself; a key that cannot be opened is never replaced', async () => {
  const { folder, file, load } = await own();
  const first = await load();
  const passphrase = createPassphraseStore('open sesame');
  const moved = await own({ folder, secrets: withFormerSecrets(passphrase, [createKeyFileStore(folder)]) });
  expect(await moved.load()).toEqual(first);
  expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({ store: 'passphrase' });
  const before = await readFile(file, 'utf8');
  const wrong = await own({ folder, secrets: createPassphraseStore('wrong') });
  await expect(wrong.load()).rejects.toMatchObject({ code: 'IDENTITY_LOCKED', message: expect.stringContaining(file) });
  expect(await readFile(file, 'utf8')).toBe(before);
});

test.each(['', '{}', '{"version":1,"certificate":"x","wrappedKey":"","store":"key-file"}', 'x'.repeat(2_000_000)])(
  'a damaged file is named and left as it is',
  async (text) => {
    const { file, load } = await own();
    await load();
    await writeFile(file, text);
    await expect(load()).rejects.toMatchObject({ code: 'STORAGE_FULL', message: expect.stringContaining(file) });
    expect(await readFile(file, 'utf8')).toBe(text);
  },
);

test('has one key for all listeners of a node that begin at once', async () => {
  const { options, load } = await own();
  const other = new OwnCertificate({ ...options, hosts: ['gateway.example'] });
  const [first, second, third] = await Promise.all([load(), other.load(), load()]);
  expect(new Set([first, second, third].map(pinFrom)).size).toBe(1);
  const last = new X509Certificate((await load()).certificate);
  expect([last.checkHost('press-07.example'), last.checkHost('gateway.example')]).toEqual(['press-07.example', 'gateway.example']);
});
