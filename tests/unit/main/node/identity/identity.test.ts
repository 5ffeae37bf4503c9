import { generateKeyPairSync, verify } from 'node:crypto';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isNodeId } from '../../../../../src/common/ids.ts';
import { DamagedFileError } from '../../../../../src/main/node/damaged-file-error.ts';
import {
  createKeyFileStore,
  createPassphraseStore,
  headlessSecretStore,
  importPublicKey,
  loadOrCreateIdentity,
  nodeIdOf,
  privateKeyFromSeed,
  rawPublicKey,
  type SecretStore,
} from '../../../../../src/main/node/identity/index.ts';
import { Problems } from '../../../../../src/main/node/telemetry/index.ts';
import { temporaryFolder } from '../../../../helpers/temporary-folder.ts';

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'hex'));

/** As the desktop's key store does it: names itself and gives back what it took. */
const keyStore = (name: string, mask = 0x5a): SecretStore => ({
  name,
  encrypt: (plain) => Promise.resolve(plain.map((byte) => byte ^ mask)),
  decrypt: (wrapped) => Promise.resolve(wrapped.map((byte) => byte ^ mask)),
});

test('node ids are those of the golden vectors', () => {
  const vectors = [1, 2].map((byte) => rawPublicKey(privateKeyFromSeed(new Uint8Array(32).fill(byte))));
  expect(vectors.map((key) => Buffer.from(key).toString('hex'))).toEqual([
    '8a88e3dd7409f195fd52db2d3cba5d72ca6709bf1d94121bf3748801b40f6f5c',
    '8139770ea87d175f56a35466c34c7ecccb8d8a91b4ee37a25df60f5b8fc9b394',
  ]);
  expect(vectors.map(nodeIdOf)).toEqual([
    'n1rkeohxlubhyzl7ks3mwtzos5olfgocn7dwkbeg7toseadnapn5oa',
    'n1qe4xodvipulv6vvdkrtmgtd6ztfy3curwtxdpis56yhvxd6jwoka',
  ]);
  expect(vectors.map(nodeIdOf).every(isNodeId)).toBe(true);
});

test('weak public keys are refused: small order, not canonical, wrong length', () => {
  const weak = [
    '0100000000000000000000000000000000000000000000000000000000000000',
    'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
    '0000000000000000000000000000000000000000000000000000000000000000',
    '0000000000000000000000000000000000000000000000000000000000000080',
    'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
    'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa',
    '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
    '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85',
    '0100000000000000000000000000000000000000000000000000000000000080',
    'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff',
  ];
  // Every y from the prime up to 2^255-1, with and without the sign bit.
  for (let low = 0xed; low <= 0xff; low++) for (const top of ['7f', 'ff']) weak.push(`${low.toString(16)}${'ff'.repeat(30)}${top}`);
  for (const key of weak) expect(() => importPublicKey(hex(key)), key).toThrow(expect.objectContaining({ code: 'KEY_WEAK' }));
  for (const length of [0, 31, 33, 64])
    expect(() => importPublicKey(new Uint8Array(length).fill(9))).toThrow(expect.objectContaining({ code: 'KEY_WEAK' }));
});

test('honest public keys are read', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (keySeed) => {
      const raw = rawPublicKey(privateKeyFromSeed(keySeed));
      expect(rawPublicKey(importPublicKey(raw))).toEqual(raw);
    }),
    { numRuns: 50 },
  );
  const { publicKey } = generateKeyPairSync('ed25519');
  expect(rawPublicKey(importPublicKey(rawPublicKey(publicKey)))).toEqual(rawPublicKey(publicKey));
});

test('the key is made once; the node stays the same and its signatures hold', async () => {
  const folder = await temporaryFolder();
  const secrets = keyStore('safe-storage');
  const first = await loadOrCreateIdentity({ folder, secrets });
  const second = await loadOrCreateIdentity({ folder, secrets });
  expect(second.nodeId).toBe(first.nodeId);
  expect(isNodeId(first.nodeId)).toBe(true);
  const message = Buffer.from('a message');
  expect(verify(null, message, importPublicKey(first.publicKey), second.sign(message))).toBe(true);
  expect(await readdir(folder)).toEqual(['identity.json']);
  if (process.platform !== 'win32') expect((await stat(join(folder, 'identity.json'))).mode & 0o777).toBe(0o600);
});

test('two nodes are two', async () => {
  const secrets = keyStore('safe-storage');
  const ids = await Promise.all([0, 1].map(async () => (await loadOrCreateIdentity({ folder: await temporaryFolder(), secrets })).nodeId));
  expect(new Set(ids).size).toBe(2);
});

test('a key that cannot be opened is locked, never replaced', async () => {
  const folder = await temporaryFolder();
  const { nodeId } = await loadOrCreateIdentity({ folder, secrets: createPassphraseStore('right') });
  const before = await readFile(join(folder, 'identity.json'), 'utf8');
  const attempts: SecretStore[] = [createPassphraseStore('wrong'), keyStore('safe-storage'), createKeyFileStore(folder)];
  for (const secrets of attempts)
    await expect(loadOrCreateIdentity({ folder, secrets })).rejects.toMatchObject({
      code: 'IDENTITY_LOCKED',
      data: { store: 'passphrase', nodeId },
    });
  expect(await readFile(join(folder, 'identity.json'), 'utf8')).toBe(before);
  expect((await loadOrCreateIdentity({ folder, secrets: createPassphraseStore('right') })).nodeId).toBe(nodeId);
});

test('a store that gives back something else is found out', async () => {
  const folder = await temporaryFolder();
  await loadOrCreateIdentity({ folder, secrets: keyStore('safe-storage', 1) });
  await expect(loadOrCreateIdentity({ folder, secrets: keyStore('safe-storage', 2) })).rejects.toBeInstanceOf(DamagedFileError);
  const broken: SecretStore = { ...keyStore('broken'), decrypt: () => Promise.resolve(new Uint8Array(32)) };
  const fresh = await temporaryFolder();
  await expect(loadOrCreateIdentity({ folder: fresh, secrets: broken })).rejects.toMatchObject({ code: 'IDENTITY_LOCKED' });
  expect(await readdir(fresh)).toEqual([]);
});

test('a file that holds no identity is damaged and stays as it is', async () => {
  const folder = await temporaryFolder();
  const file = join(folder, 'identity.json');
  const weakKey = Buffer.alloc(32).toString('base64url');
  const contents = [
    '',
    '{}',
    '{"version":1,"publicKey":"AA","wrappedSeed":"AA==","store":"x","createdAt":1}',
    JSON.stringify({ version: 9 }),
  ];
  contents.push(JSON.stringify({ version: 1, publicKey: weakKey, wrappedSeed: 'AA==', store: 'x', createdAt: 1 }));
  for (const content of contents) {
    await writeFile(file, content);
    await expect(loadOrCreateIdentity({ folder, secrets: keyStore('x') })).rejects.toBeInstanceOf(DamagedFileError);
    expect(await readFile(file, 'utf8')).toBe(content);
  }
});

test('without a passphrase the key file protects the key, and the node says so until a passphrase does', async () => {
  const folder = await temporaryFolder();
  const problems = new Problems();
  const keyFile = createKeyFileStore(folder);
  const { nodeId } = await loadOrCreateIdentity({ folder, secrets: await headlessSecretStore(folder, {}), problems });
  expect(problems.list().map(({ id }) => id)).toEqual(['identity.plainKey']);
  expect((await readdir(folder)).sort()).toEqual(['identity.json', 'identity.key']);
  if (process.platform !== 'win32') expect((await stat(join(folder, 'identity.key'))).mode & 0o777).toBe(0o600);

  const passphrase = await headlessSecretStore(folder, { SIGNALBOX_PASSPHRASE: 'a passphrase' });
  const moved = await loadOrCreateIdentity({ folder, secrets: passphrase, formerSecrets: [keyFile], problems });
  expect([moved.nodeId, moved.store]).toEqual([nodeId, 'passphrase']);
  expect(problems.list()).toEqual([]);
  await expect(loadOrCreateIdentity({ folder, secrets: keyFile })).rejects.toMatchObject({ code: 'IDENTITY_LOCKED' });
});

test('the passphrase comes from the environment or the first line of a file', async () => {
  const folder = await temporaryFolder();
  const file = join(folder, 'passphrase');
  await writeFile(file, 'from the file\nsecond line\n');
  const secret = Uint8Array.of(1, 2, 3);
  const store = await headlessSecretStore(folder, { SIGNALBOX_PASSPHRASE_FILE: file });
  expect(await createPassphraseStore('from the file').decrypt(await store.encrypt(secret))).toEqual(secret);
  await writeFile(file, '\n');
  await expect(headlessSecretStore(folder, { SIGNALBOX_PASSPHRASE_FILE: file })).rejects.toMatchObject({ code: 'IDENTITY_LOCKED' });
  await expect(headlessSecretStore(folder, { SIGNALBOX_PASSPHRASE_FILE: join(folder, 'none') })).rejects.toMatchObject({
    code: 'IDENTITY_LOCKED',
  });
});

test('a wrapped secret shows nothing, differs each time, and does not survive a changed bit', async () => {
  const folder = await temporaryFolder();
  const store = createKeyFileStore(folder);
  const secret = new Uint8Array(32).fill(0xab);
  const [first, second] = [await store.encrypt(secret), await store.encrypt(secret)];
  expect(Buffer.from(first).includes(Buffer.from(secret.subarray(0, 8)))).toBe(false);
  expect(first).not.toEqual(second);
  for (let index = 0; index < first.length; index++) {
    // Bytes 1 to 16 are the salt, which only a passphrase uses.
    if (index >= 1 && index <= 16) continue;
    const changed = Uint8Array.from(first);
    changed[index] = (changed[index] ?? 0) ^ 1;
    await expect(store.decrypt(changed), `byte ${index}`).rejects.toThrow();
  }
  for (const length of [0, 1, 17, 44]) await expect(store.decrypt(first.subarray(0, length))).rejects.toThrow();
});
