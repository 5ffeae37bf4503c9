/** A node's X25519 key, signed by its identity key: what others seal with (security.md 2.3). */
import { importAgreementKey, type KnownKeys, type Signer, signatureBytes } from '../../identity/index.ts';
import { ByteReader, u64 } from '../byte-reader.ts';
import { trustLimits } from '../limits.ts';
import { refusal } from '../refusal.ts';

const tag = Buffer.from('SGBX/sealkey/v1\0', 'latin1');

export interface SealingCertificate {
  readonly owner: Uint8Array;
  /** X25519, 32 bytes. */
  readonly sealingKey: Uint8Array;
  readonly createdMs: number;
}

/** tag ‖ owner ‖ key ‖ created u64 ‖ signature. @param sealingKey X25519, 32 bytes */
export function certifySealingKey(sealingKey: Uint8Array, createdMs: number, owner: Signer): Uint8Array {
  const signed = Buffer.concat([tag, owner.publicKey, sealingKey, u64(createdMs)]);
  return Buffer.concat([signed, owner.sign(signed)]);
}

/**
 * Reads another node's certificate.
 *
 * @param nowMs milliseconds since the epoch
 * @throws SignalboxError `INVALID_PARAMS`, `KEY_WEAK`, `BAD_SIGNATURE`, `FUTURE`; `EXPIRED` when its owner no longer opens what is sealed
 *   with it
 */
export function readSealingCertificate(bytes: Uint8Array, keys: KnownKeys, nowMs: number): SealingCertificate {
  const reader = new ByteReader(bytes, 'sealing key');
  if (Buffer.compare(reader.take(tag.length), tag) !== 0) throw reader.invalid('it is of another kind');
  const certificate = { owner: reader.take(32), sealingKey: reader.take(32), createdMs: reader.u64() };
  const signature = reader.take(signatureBytes);
  reader.end();
  if (!keys.isSigned(certificate.owner, bytes.subarray(0, bytes.length - signatureBytes), signature))
    throw refusal('BAD_SIGNATURE', 'A sealing key was refused: it is not signed by the node that it names.');
  importAgreementKey(certificate.sealingKey);
  const ageMs = nowMs - certificate.createdMs;
  if (ageMs < -trustLimits.clockToleranceMs) throw refusal('FUTURE', 'A sealing key was refused: it is from the future.');
  if (ageMs > trustLimits.sealingKeyMs + trustLimits.formerSealingKeyMs)
    throw refusal('EXPIRED', 'A sealing key was refused: it is too old.');
  return certificate;
}
