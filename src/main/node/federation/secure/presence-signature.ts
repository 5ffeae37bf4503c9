/** The signature of a node's status (wire.md 2): the JSON stays readable for people, what is signed is a fixed layout of its fields. */
import { SignalboxError } from '../../../../common/errors.ts';
import { fromBase64url, type KnownKeys, publicKeyOf, type Signer, sameBytes, signatureBytes, toBase64url } from '../../identity/index.ts';
import { lengthAndText, u32, u64 } from '../../trust/index.ts';
import { healths, type PresenceMessage } from '../presence-message.ts';
import type { ClusterView } from './cluster-view.ts';

const tag = Buffer.from('SGBX/presence/v1', 'latin1');
const statuses = ['offline', 'online'] as const;

/** tag ‖ cluster ‖ key ‖ status ‖ epoch ‖ session ‖ since ‖ instance ‖ name ‖ version ‖ health ‖ load ‖ capabilities ‖ formats. */
function signedBytes(presence: PresenceMessage, clusterId: Uint8Array, publicKey: Uint8Array): Uint8Array {
  const { status, epoch, session, since, instance, name = '', version, health, load, capabilities, formats } = presence;
  return Buffer.concat([
    tag,
    clusterId,
    publicKey,
    Buffer.from([statuses.indexOf(status)]),
    u32(epoch),
    u64(session),
    u64(since),
    ...[instance, name, version].map(lengthAndText),
    Buffer.from([healths.indexOf(health)]),
    u64(load),
    ...textList(capabilities),
    ...textList(formats),
  ]);
}

function textList(texts: readonly string[]): readonly Uint8Array[] {
  return [u32(texts.length), ...texts.map(lengthAndText)];
}

/** The status with its signature, for one cluster. */
export function signPresence(presence: PresenceMessage, clusterId: Uint8Array, identity: Signer): PresenceMessage {
  return { ...presence, signature: toBase64url(identity.sign(signedBytes(presence, clusterId, identity.publicKey))) };
}

/**
 * Checks that the node named in a status is a member and signed it.
 *
 * @throws SignalboxError `BAD_SIGNATURE`, `NOT_MEMBER`, `REVOKED`, `INVALID_PARAMS`, `KEY_WEAK`
 */
export function checkPresence(presence: PresenceMessage, view: ClusterView, keys: KnownKeys): void {
  const publicKey = publicKeyOf(presence.serviceId);
  const claimed = presence.publicKey ?? undefined;
  if (claimed !== undefined && !sameBytes(fromBase64url(claimed, 'public key'), publicKey))
    throw new SignalboxError('INVALID_PARAMS', 'A status names another key than its node id.', { executed: 'no' });
  view.memberOf(publicKey);
  const signature = fromBase64url(presence.signature ?? '', 'signature', signatureBytes);
  if (!keys.isSigned(publicKey, signedBytes(presence, view.clusterId, publicKey), signature))
    throw new SignalboxError('BAD_SIGNATURE', 'A status was refused: its signature is not that of the node it names.', { executed: 'no' });
}
