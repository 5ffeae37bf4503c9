/** Sealing to one node's X25519 key: HPKE base mode, DHKEM(X25519), HKDF-SHA256, AES-256-GCM (security.md 2.5, RFC 9180). */
import { Aes256Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from '@hpke/core';
import { SignalboxError } from '../../../common/errors.ts';
import { importAgreementKey } from './x25519.ts';

const suite = new CipherSuite({ kem: new DhkemX25519HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes256Gcm() });
const encapsulatedBytes = 32;
const tagBytes = 16;
const utf8 = new TextEncoder();

/** What a sealed text grows by: the encapsulated key and the tag. */
export const hpkeOverheadBytes = encapsulatedBytes + tagBytes;

/** What is sealed must be opened with the same context: another place or another message does not open it. */
export interface SealContext {
  /** Says what the key is used for, for example `SGBX/seal/v1`. */
  readonly info: string;
  /** Bound to it, not hidden by it. */
  readonly associatedData: Uint8Array;
}

/**
 * Seals for the holder of one X25519 key. Each call makes a fresh encapsulation, so there is no nonce to keep.
 *
 * @param publicKey 32 raw bytes
 * @returns enc (32 bytes) ‖ ciphertext ‖ tag (16 bytes)
 * @throws SignalboxError `KEY_WEAK`
 */
export async function sealTo(publicKey: Uint8Array, plain: Uint8Array, context: SealContext): Promise<Uint8Array> {
  importAgreementKey(publicKey);
  const recipientPublicKey = await suite.kem.deserializePublicKey(asBuffer(publicKey));
  const { enc, ct } = await suite.seal({ recipientPublicKey, info: infoOf(context) }, asBuffer(plain), asBuffer(context.associatedData));
  return new Uint8Array(Buffer.concat([new Uint8Array(enc), new Uint8Array(ct)]));
}

/** Opens what was sealed for one X25519 key. */
export interface SealOpener {
  /** @throws SignalboxError `DECRYPT` */
  open(sealed: Uint8Array, context: SealContext): Promise<Uint8Array>;
}

/** @param privateKey 32 raw bytes of X25519 */
export async function createSealOpener(privateKey: Uint8Array): Promise<SealOpener> {
  const recipientKey = await suite.kem.deserializePrivateKey(asBuffer(privateKey));
  return {
    async open(sealed, context) {
      if (sealed.length < hpkeOverheadBytes) throw cannotOpen('it is too short');
      const enc = sealed.subarray(0, encapsulatedBytes);
      try {
        const plain = await suite.open(
          { recipientKey, enc: asBuffer(enc), info: infoOf(context) },
          asBuffer(sealed.subarray(encapsulatedBytes)),
          asBuffer(context.associatedData),
        );
        return new Uint8Array(plain);
      } catch (error) {
        throw cannotOpen('it was altered, moved, or sealed for another key', error);
      }
    },
  };
}

function cannotOpen(why: string, cause?: unknown): SignalboxError {
  return new SignalboxError('DECRYPT', `A sealed message cannot be opened: ${why}.`, { executed: 'no', cause });
}

function infoOf({ info }: SealContext): ArrayBuffer {
  return asBuffer(utf8.encode(info));
}

/** The library takes whole buffers: a view may be part of a larger one. */
function asBuffer(bytes: Uint8Array): ArrayBuffer {
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
}
