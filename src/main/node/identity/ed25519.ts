import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { SignalboxError } from '../../../common/errors.ts';

const spkiPrefix = Buffer.from('302a300506032b6570032100', 'hex');
const pkcs8Prefix = Buffer.from('302e020100300506032b657004220420', 'hex');
const keyBytes = 32;
const primeBytes = 0x7f;

/** Length of an Ed25519 signature. */
export const signatureBytes = 64;

/** The eight points of small order and their second encodings (security.md 2.11): anybody can sign for them. */
const smallOrder: ReadonlySet<string> = new Set([
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
]);

/**
 * Checks the encoding of a public key that came from outside (security.md 2.3): length 32, y below the prime, not of small order.
 *
 * @throws SignalboxError `KEY_WEAK`
 */
export function checkPublicKey(raw: Uint8Array): void {
  if (raw.length !== keyBytes) throw weak(`it has ${raw.length} bytes instead of ${keyBytes}`);
  if (smallOrder.has(Buffer.from(raw).toString('hex'))) throw weak('it is of small order');
  if (isAbovePrime(raw)) throw weak('it is not encoded in the one allowed way');
}

/** y, top bit cleared, is at least 2^255-19: little-endian ed..f..f 7f up to ff..f 7f. */
function isAbovePrime(raw: Uint8Array): boolean {
  if (((raw[31] ?? 0) & 0x7f) !== primeBytes) return false;
  for (let index = 30; index > 0; index--) if (raw[index] !== 0xff) return false;
  return (raw[0] ?? 0) >= 0xed;
}

function weak(why: string): SignalboxError {
  return new SignalboxError('KEY_WEAK', `The public key is refused: ${why}.`, { executed: 'no' });
}

/**
 * Reads a raw public key of a stranger.
 *
 * @throws SignalboxError `KEY_WEAK`
 */
export function importPublicKey(raw: Uint8Array): KeyObject {
  checkPublicKey(raw);
  try {
    return createPublicKey({ key: Buffer.concat([spkiPrefix, raw]), format: 'der', type: 'spki' });
  } catch {
    throw weak('it is no point of the curve');
  }
}

/** The private key of a 32-byte Ed25519 seed. */
export function privateKeyFromSeed(keySeed: Uint8Array): KeyObject {
  return createPrivateKey({ key: Buffer.concat([pkcs8Prefix, keySeed]), format: 'der', type: 'pkcs8' });
}

/** The 32 raw bytes of the public key that belongs to a private or public key. */
export function rawPublicKey(key: KeyObject): Uint8Array {
  const publicKey = key.type === 'private' ? createPublicKey(key) : key;
  return new Uint8Array(publicKey.export({ format: 'der', type: 'spki' }).subarray(spkiPrefix.length));
}

/** Signs with a key object: importing the raw key for every message costs several times the signature. */
export function signBytes(privateKey: KeyObject, bytes: Uint8Array): Uint8Array {
  return new Uint8Array(sign(null, bytes, privateKey));
}

/**
 * True when `signature` over exactly these bytes is of this key. Both runtimes refuse the second form of a signature (S + L).
 *
 * @param publicKey from {@link importPublicKey}, which has refused keys that anybody can sign for
 */
export function isSignedBy(publicKey: KeyObject, bytes: Uint8Array, signature: Uint8Array): boolean {
  return signature.length === signatureBytes && verify(null, bytes, publicKey, signature);
}
