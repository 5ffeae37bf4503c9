/** One signed change of who belongs to a cluster (security.md 2.7). */
import { checkPublicKey, type KnownKeys, type Signer, signatureBytes } from '../../identity/index.ts';
import { ByteReader, lengthAndText, u64 } from '../byte-reader.ts';
import { sha256, toHex } from '../digest.ts';
import { trustLimits } from '../limits.ts';
import { checkName } from '../name.ts';
import { refusal } from '../refusal.ts';
import { isRoles, nodeRoles } from './node-roles.ts';

/** What an operation does; the place in the list, from 1, is the number that is signed. */
export const operationKinds = ['add', 'setRoles', 'revoke', 'addAdmin', 'removeAdmin', 'rotateGroupKey', 'checkpoint', 'policy'] as const;
export type OperationKind = (typeof operationKinds)[number];

/** Everything that the issuer signs. */
export interface OperationFields {
  readonly clusterId: Uint8Array;
  /** One above the highest of what it follows, from 1. */
  readonly serial: number;
  readonly kind: OperationKind;
  /**
   * The member it is about. Of a rotation the commitment to the new key; of a checkpoint the second operation that it joins to `prev`, or
   * zero; of a policy zero.
   */
  readonly subject: Uint8Array;
  /** Bits of {@link nodeRoles}. */
  readonly roles: number;
  readonly issuedMs: number;
  /** End of the membership, 0: none. Of a rotation the epoch of the new key; of a policy the longest age of a checkpoint in ms. */
  readonly notAfterMs: number;
  /** The key that the same machine had before, or zero. */
  readonly supersedes: Uint8Array;
  /** Digest of the operation it follows, or the cluster id for a first one. */
  readonly prev: Uint8Array;
  readonly issuer: Uint8Array;
  /** Name of the member; empty where there is none. */
  readonly name: string;
}

export interface Operation extends OperationFields {
  /** Digest of the signed bytes: the operation's name. */
  readonly hash: Uint8Array;
  /** The same in hex. */
  readonly id: string;
  readonly signature: Uint8Array;
  /** The signed bytes and the signature, as they are stored and sent. */
  readonly bytes: Uint8Array;
}

const tag = Buffer.from('SGBX/member/v1\0\0', 'latin1');
const zero = new Uint8Array(32);
const isZero = (bytes: Uint8Array) => Buffer.compare(bytes, zero) === 0;

/** The bytes that are signed. */
export function operationBytes(fields: OperationFields): Uint8Array {
  const { clusterId, serial, kind, subject, roles, issuedMs, notAfterMs, supersedes, prev, issuer, name } = fields;
  const number = Buffer.of(operationKinds.indexOf(kind) + 1);
  return Buffer.concat([
    tag,
    clusterId,
    u64(serial),
    number,
    subject,
    Buffer.of(roles),
    u64(issuedMs),
    u64(notAfterMs),
    supersedes,
    prev,
    issuer,
    lengthAndText(name),
  ]);
}

/**
 * Signs an operation; its issuer must be the signer.
 *
 * @throws SignalboxError `INVALID_PARAMS`, `KEY_WEAK`
 */
export function signOperation(fields: OperationFields, issuer: Signer): Operation {
  checkFields(fields);
  const signed = operationBytes(fields);
  return complete(fields, signed, issuer.sign(signed));
}

/**
 * Reads an operation and checks its form and signature: not yet whether its issuer may.
 *
 * @param received signed bytes and signature
 * @throws SignalboxError `INVALID_PARAMS`, `WRONG_CLUSTER`, `KEY_WEAK`, `BAD_SIGNATURE`
 */
export function decodeOperation(received: Uint8Array, clusterId: Uint8Array, keys: KnownKeys): Operation {
  // A copy: the parts are kept, and must not hold on to the page they came in.
  const bytes = Uint8Array.from(received);
  const reader = new ByteReader(bytes, 'membership operation');
  if (Buffer.compare(reader.take(tag.length), tag) !== 0) throw reader.invalid('it is of another kind');
  const cluster = reader.take(32);
  const serial = reader.u64();
  const kind = operationKinds[reader.u8() - 1];
  if (kind === undefined)
    throw refusal('VERSION', 'A membership operation is of a kind that this version does not know. Update this node.');
  const fields: OperationFields = {
    clusterId: cluster,
    serial,
    kind,
    subject: reader.take(32),
    roles: reader.u8(),
    issuedMs: reader.u64(),
    notAfterMs: reader.u64(),
    supersedes: reader.take(32),
    prev: reader.take(32),
    issuer: reader.take(32),
    name: reader.text(trustLimits.nameBytes),
  };
  const signature = reader.take(signatureBytes);
  reader.end();
  if (Buffer.compare(cluster, clusterId) !== 0) throw refusal('WRONG_CLUSTER', 'A membership operation is of another cluster.');
  checkFields(fields);
  const signed = bytes.subarray(0, bytes.length - signatureBytes);
  if (!keys.isSigned(fields.issuer, signed, signature))
    throw refusal('BAD_SIGNATURE', 'A membership operation is not signed by the node that it names.');
  return complete(fields, signed, signature);
}

function complete(fields: OperationFields, signed: Uint8Array, signature: Uint8Array): Operation {
  const hash = sha256(signed);
  return { ...fields, hash, id: toHex(hash), signature, bytes: new Uint8Array(Buffer.concat([signed, signature])) };
}

const aboutMember: ReadonlySet<OperationKind> = new Set(['add', 'setRoles', 'revoke', 'addAdmin', 'removeAdmin']);
const named: ReadonlySet<OperationKind> = new Set(['add', 'addAdmin']);
const withRoles: ReadonlySet<OperationKind> = new Set(['add', 'setRoles', 'addAdmin']);

function checkFields(fields: OperationFields): void {
  const { kind, subject, roles, supersedes, notAfterMs, name } = fields;
  const invalid = (why: string) => refusal('INVALID_PARAMS', `The membership operation is not valid: ${why}.`);
  if (!Number.isSafeInteger(fields.serial) || fields.serial < 1) throw invalid('its serial number is out of bounds');
  if (!Number.isSafeInteger(fields.issuedMs) || fields.issuedMs < 0) throw invalid('its time is out of bounds');
  if (!Number.isSafeInteger(notAfterMs) || notAfterMs < 0) throw invalid('its end is out of bounds');
  if (withRoles.has(kind) ? !isRoles(roles) || (roles & nodeRoles.admin) !== 0 : roles !== 0)
    throw invalid('its roles are not valid; admins are made by their own operation');
  if (aboutMember.has(kind)) checkPublicKey(subject);
  else if (kind === 'policy' && !isZero(subject)) throw invalid('it names a member');
  if (!isZero(supersedes)) {
    if (kind !== 'add') throw invalid('only a new member takes the place of another');
    checkPublicKey(supersedes);
  }
  if (named.has(kind)) checkName(name, 'member');
  else if (name !== '') throw invalid('it has a name');
}
