import { createPrivateKey, createPublicKey, diffieHellman, type KeyObject } from 'node:crypto';
import { SignalboxError } from '../../../common/errors.ts';

const spkiPrefix = Buffer.from('302a300506032b656e032100', 'hex');
const pkcs8Prefix = Buffer.from('302e020100300506032b656e04220420', 'hex');
const keyBytes = 32;

/** The X25519 private key of 32 raw bytes. */
export function agreementKeyFromBytes(raw: Uint8Array): KeyObject {
  return createPrivateKey({ key: Buffer.concat([pkcs8Prefix, raw]), format: 'der', type: 'pkcs8' });
}

/** The 32 raw bytes of the public key that belongs to a private or public X25519 key. */
export function rawAgreementKey(key: KeyObject): Uint8Array {
  const publicKey = key.type === 'private' ? createPublicKey(key) : key;
  return new Uint8Array(publicKey.export({ format: 'der', type: 'spki' }).subarray(spkiPrefix.length));
}

/** Any key shows it: with a point of small order every private key agrees on zero, which both runtimes refuse. */
const probe = agreementKeyFromBytes(new Uint8Array(keyBytes).fill(0x40));

/**
 * Reads a stranger's X25519 public key: 32 bytes, the one encoding of a coordinate below the prime, not of small order.
 *
 * @throws SignalboxError `KEY_WEAK`
 */
export function importAgreementKey(raw: Uint8Array): KeyObject {
  if (raw.length !== keyBytes) throw weak(`it has ${raw.length} bytes instead of ${keyBytes}`);
  if (!isBelowPrime(raw)) throw weak('it is not encoded in the one allowed way');
  const key = createPublicKey({ key: Buffer.concat([spkiPrefix, raw]), format: 'der', type: 'spki' });
  agree(probe, key);
  return key;
}

/** Little-endian, below 2^255-19. */
function isBelowPrime(raw: Uint8Array): boolean {
  const top = raw[31] ?? 0;
  if (top !== 0x7f) return top < 0x7f;
  return raw.subarray(1, 31).some((byte) => byte !== 0xff) || (raw[0] ?? 0) < 0xed;
}

/**
 * The secret two X25519 keys agree on, 32 bytes; only ever used as input of a key derivation.
 *
 * @throws SignalboxError `KEY_WEAK` when the other's key is of small order
 */
export function agree(privateKey: KeyObject, publicKey: KeyObject): Uint8Array {
  try {
    return new Uint8Array(diffieHellman({ privateKey, publicKey }));
  } catch {
    throw weak('it is of small order');
  }
}

function weak(why: string): SignalboxError {
  return new SignalboxError('KEY_WEAK', `The X25519 key is refused: ${why}.`, { executed: 'no' });
}
