/** The first bytes of a cluster: its id is their digest (security.md 2.3). */
import { randomBytes } from 'node:crypto';
import { checkPublicKey, sameBytes } from '../../identity/index.ts';
import { ByteReader, lengthAndText, u64 } from '../byte-reader.ts';
import { sha256 } from '../digest.ts';
import { trustLimits } from '../limits.ts';
import { checkName } from '../name.ts';

const tag = Buffer.from('SGBX/genesis/v1\0', 'latin1');

export interface Genesis {
  /** 32 bytes, so that two clusters of one name and admin differ. */
  readonly nonce: Uint8Array;
  readonly createdMs: number;
  readonly firstAdmin: Uint8Array;
  /** Public key of the recovery words. */
  readonly recoveryKey: Uint8Array;
  readonly name: string;
}

/** tag ‖ nonce ‖ created u64 ‖ first admin ‖ recovery key ‖ u16 and name. */
export function encodeGenesis({ nonce, createdMs, firstAdmin, recoveryKey, name }: Genesis): Uint8Array {
  return Buffer.concat([tag, nonce, u64(createdMs), firstAdmin, recoveryKey, lengthAndText(name)]);
}

/** @throws SignalboxError `INVALID_PARAMS`, `KEY_WEAK` */
export function decodeGenesis(bytes: Uint8Array): Genesis {
  const reader = new ByteReader(bytes, 'founding of the cluster');
  if (Buffer.compare(reader.take(tag.length), tag) !== 0) throw reader.invalid('it is of another kind');
  const genesis = {
    nonce: reader.take(32),
    createdMs: reader.u64(),
    firstAdmin: reader.take(32),
    recoveryKey: reader.take(32),
    name: checkName(reader.text(trustLimits.nameBytes), 'cluster'),
  };
  reader.end();
  checkPublicKey(genesis.firstAdmin);
  checkPublicKey(genesis.recoveryKey);
  if (sameBytes(genesis.firstAdmin, genesis.recoveryKey)) throw reader.invalid('its first admin is the recovery key');
  return genesis;
}

/** 32 bytes. */
export function clusterIdOf(genesis: Uint8Array): Uint8Array {
  return sha256(genesis);
}

/**
 * Founds a cluster.
 *
 * @param created `nowMs` in milliseconds since the epoch
 * @throws SignalboxError `INVALID_PARAMS` for a name that cannot be one
 */
export function foundCluster(created: {
  readonly name: string;
  readonly firstAdmin: Uint8Array;
  readonly recoveryKey: Uint8Array;
  readonly nowMs: number;
}): Uint8Array {
  const { firstAdmin, recoveryKey, nowMs } = created;
  return encodeGenesis({ nonce: randomBytes(32), createdMs: nowMs, firstAdmin, recoveryKey, name: checkName(created.name, 'cluster') });
}
