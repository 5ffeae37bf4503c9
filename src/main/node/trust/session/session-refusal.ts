/**
 * The answer to an offer of session keys that is not accepted: who was removed from the cluster learns it instead of waiting. Signed, and
 * for one offer alone, so that nobody else can turn a node away.
 */
import { type ErrorCode, SignalboxError } from '../../../../common/errors.ts';
import { type KnownKeys, type Signer, sameBytes, signatureBytes } from '../../identity/index.ts';
import { ByteReader, lengthAndText } from '../byte-reader.ts';
import { sha256 } from '../digest.ts';
import { refusal } from '../refusal.ts';

const refuseTag = Buffer.from('SGBX/s-refuse/v1', 'latin1');
const mostTextBytes = 1_024;

/** True for bytes that claim to be a refusal. */
export function isSessionRefusal(bytes: Uint8Array): boolean {
  return sameBytes(bytes.subarray(0, refuseTag.length), refuseTag);
}

/**
 * tag ‖ cluster ‖ sender ‖ receiver ‖ digest of the offer ‖ code ‖ message ‖ signature.
 *
 * @param receiver public key of the node whose offer it was
 */
export function refuseSession(
  offer: Uint8Array,
  error: SignalboxError,
  identity: Signer,
  parties: { readonly clusterId: Uint8Array; readonly receiver: Uint8Array },
): Uint8Array {
  const signed = Buffer.concat([
    refuseTag,
    parties.clusterId,
    identity.publicKey,
    parties.receiver,
    sha256(offer),
    lengthAndText(error.code),
    lengthAndText(error.message.slice(0, mostTextBytes / 4)),
  ]);
  return Buffer.concat([signed, identity.sign(signed)]);
}

/**
 * Reads the refusal of an offer that this node made.
 *
 * @param peer public key of the node that the offer was for
 * @returns why, in the words of that node
 * @throws SignalboxError `INVALID_PARAMS` (form, parties, another offer), `BAD_SIGNATURE`
 */
export function readSessionRefusal(
  bytes: Uint8Array,
  offer: Uint8Array,
  parties: { readonly clusterId: Uint8Array; readonly self: Uint8Array; readonly peer: Uint8Array },
  keys: KnownKeys,
): SignalboxError {
  const reader = new ByteReader(bytes, 'refusal of session keys');
  if (!sameBytes(reader.take(refuseTag.length), refuseTag)) throw reader.invalid('it is of another kind');
  const clusterId = reader.take(32);
  const sender = reader.take(32);
  const receiver = reader.take(32);
  const digest = reader.take(32);
  const code = reader.text(64);
  const message = reader.text(mostTextBytes);
  const signature = reader.take(signatureBytes);
  reader.end();
  if (!sameBytes(clusterId, parties.clusterId) || !sameBytes(sender, parties.peer) || !sameBytes(receiver, parties.self))
    throw reader.invalid('it is between other nodes');
  if (!sameBytes(digest, sha256(offer))) throw reader.invalid('it is to another offer');
  if (!keys.isSigned(sender, bytes.subarray(0, bytes.length - signatureBytes), signature))
    throw refusal('BAD_SIGNATURE', 'A refusal of session keys was refused: the signature is not that of the node it names.');
  return SignalboxError.fromShape({ code: code as ErrorCode, message, executed: 'no' });
}
