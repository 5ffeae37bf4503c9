import { createPublicKey } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SignalboxError } from '../../../../../src/common/errors.ts';
import {
  agree,
  agreementKeyFromBytes,
  createSealOpener,
  fromBase64url,
  importAgreementKey,
  importPublicKey,
  isSignedBy,
  KnownKeys,
  nodeIdOf,
  publicKeyOf,
  rawAgreementKey,
  sealTo,
  signerFromSeed,
  toBase64url,
} from '../../../../../src/main/node/identity/index.ts';

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'hex'));
const refusedAs = (code: string) => expect.objectContaining({ name: 'SignalboxError', code });
const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const signer = signerFromSeed(new Uint8Array(32).fill(1));

test('a node id gives its public key back, and only the one text does', () => {
  fc.assert(
    fc.property(bytes(32), (seed) => {
      const { publicKey } = signerFromSeed(seed);
      expect(publicKeyOf(nodeIdOf(publicKey))).toEqual(publicKey);
    }),
    { seed: 1, numRuns: 50 },
  );
  const id = nodeIdOf(signer.publicKey);
  // The last character holds 4 bits of padding: another one there must not name the same node.
  for (const wrong of ['', 'n1', id.slice(0, -1), `${id}a`, id.toUpperCase(), id.replace('n1', 'n2'), `${id.slice(0, -1)}b`, `${id} `])
    expect(() => publicKeyOf(wrong), wrong).toThrow(refusedAs('INVALID_PARAMS'));
});

test('row 9: the id of a weak key is refused as such', () => {
  expect(() => publicKeyOf(nodeIdOf(new Uint8Array(32)))).toThrow(refusedAs('KEY_WEAK'));
});

test('base64url has one text for one value', () => {
  expect(fromBase64url('AAEC', 'key')).toEqual(Uint8Array.of(0, 1, 2));
  for (const wrong of ['AA$$AA==', 'AA==', 'AB', 'A', 'AA A', 'AA+/'])
    expect(() => fromBase64url(wrong, 'key'), wrong).toThrow(refusedAs('INVALID_PARAMS'));
  expect(() => fromBase64url('AAEC', 'key', 32)).toThrow(refusedAs('INVALID_PARAMS'));
  fc.assert(
    fc.property(fc.string(), (text) => {
      try {
        return toBase64url(fromBase64url(text, 'key')) === text;
      } catch (error) {
        return error instanceof SignalboxError;
      }
    }),
    { seed: 1, numRuns: 300 },
  );
});

test('a signature counts only whole, for these bytes and this key; S + L is not another one', () => {
  const message = Buffer.from('message');
  const signature = signer.sign(message);
  const key = importPublicKey(signer.publicKey);
  expect(isSignedBy(key, message, signature)).toBe(true);
  expect(isSignedBy(key, Buffer.from('messagf'), signature)).toBe(false);
  expect(isSignedBy(key, message, signature.subarray(0, 63))).toBe(false);
  expect(isSignedBy(key, message, Buffer.concat([signature, Buffer.of(0)]))).toBe(false);
  const order = 2n ** 252n + 27742317777372353535851937790883648493n;
  const scalar = BigInt(`0x${Buffer.from(signature.subarray(32)).reverse().toString('hex')}`) + order;
  const second = Buffer.from(scalar.toString(16).padStart(64, '0'), 'hex').reverse();
  expect(isSignedBy(key, message, Buffer.concat([signature.subarray(0, 32), second]))).toBe(false);
  const keys = new KnownKeys();
  expect(keys.isSigned(signer.publicKey, message, signature)).toBe(true);
  expect(keys.keyOf(signer.publicKey)).toBe(keys.keyOf(Uint8Array.from(signer.publicKey)));
});

test('row 9: X25519 keys of small order or in a second encoding are refused', () => {
  const weak = [
    '0000000000000000000000000000000000000000000000000000000000000000',
    '0100000000000000000000000000000000000000000000000000000000000000',
    'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800',
    '5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157',
    'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
    'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
    'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
    `09${'00'.repeat(30)}80`,
  ];
  for (const key of weak) expect(() => importAgreementKey(hex(key)), key).toThrow(refusedAs('KEY_WEAK'));
  expect(() => importAgreementKey(new Uint8Array(31))).toThrow(refusedAs('KEY_WEAK'));
});

test('two nodes agree on one secret', () => {
  const [a, b] = [1, 2].map((byte) => agreementKeyFromBytes(new Uint8Array(32).fill(byte))) as [never, never];
  const secret = agree(a, importAgreementKey(rawAgreementKey(b)));
  expect(agree(b, createPublicKey(a))).toEqual(secret);
});

test('what is sealed opens with the key and the context alone', async () => {
  const privateKey = new Uint8Array(32).fill(7);
  const publicKey = rawAgreementKey(agreementKeyFromBytes(privateKey));
  const opener = await createSealOpener(privateKey);
  const stranger = await createSealOpener(new Uint8Array(32).fill(8));
  const context = { info: 'SGBX/seal/v1', associatedData: Buffer.from('place') };
  const sealed = await sealTo(publicKey, Buffer.from('secret'), context);
  expect(Buffer.from(await opener.open(sealed, context)).toString()).toBe('secret');
  expect(await sealTo(publicKey, Buffer.from('secret'), context)).not.toEqual(sealed);
  await expect(stranger.open(sealed, context)).rejects.toThrow(refusedAs('DECRYPT'));
  await expect(opener.open(sealed, { ...context, info: 'SGBX/other/v1' })).rejects.toThrow(refusedAs('DECRYPT'));
  await expect(opener.open(sealed, { ...context, associatedData: Buffer.from('other') })).rejects.toThrow(refusedAs('DECRYPT'));
  for (let at = 0; at < sealed.length; at++) {
    const altered = Uint8Array.from(sealed, (byte, index) => (index === at ? byte ^ 1 : byte));
    await expect(opener.open(altered, context), `byte ${at}`).rejects.toThrow(refusedAs('DECRYPT'));
  }
  await expect(sealTo(new Uint8Array(32), Buffer.from('secret'), context)).rejects.toThrow(refusedAs('KEY_WEAK'));
});

test('row 47: a sealed text that is cut, down to a tag of 4 bytes or nothing, does not open', async () => {
  const privateKey = new Uint8Array(32).fill(7);
  const opener = await createSealOpener(privateKey);
  const context = { info: 'i', associatedData: new Uint8Array() };
  const sealed = await sealTo(rawAgreementKey(agreementKeyFromBytes(privateKey)), Buffer.from('secret'), context);
  for (const length of [0, 31, 32, 36, 47, 48, sealed.length - 12, sealed.length - 1])
    await expect(opener.open(sealed.subarray(0, length), context), `${length} bytes`).rejects.toThrow(refusedAs('DECRYPT'));
});
