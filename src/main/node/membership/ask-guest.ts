import { SignalboxError } from '../../../common/errors.ts';
import { sameBytes } from '../identity/index.ts';
import { type DialAddress, joinProtocol, overChannel, type PeerChannel } from '../links/index.ts';
import {
  checkSignedInvitation,
  comparisonCommitment,
  comparisonExporterLabel,
  helloDigest,
  joinExporterLabel,
  newComparisonNonce,
  nodeRoles,
  shortNumber,
  signJoin,
  trustLimits,
} from '../trust/index.ts';
import { decodeAskAnswerHead, encodeAskOpening, encodeAskRequest, readWait } from './ask-messages.ts';
import { type JoinedCluster, type JoinGuest, readJoined, receiveBody } from './join-guest.ts';
import { decodeJoinReply } from './join-messages.ts';
import { membershipLimits } from './limits.ts';

/**
 * Asks an admin node to let this node in, without a code (security.md 2.4). What comes back is signed on this very connection by the node
 * that answered; that it is the node which is meant, two people say to each other.
 *
 * @param onNumber the six digits to be read out, and how many milliseconds the admin has to type them
 * @throws SignalboxError `NODE_UNREACHABLE`, `TIMEOUT`, `SELF`, `CLOCK`, `OVERLOADED`, `FORBIDDEN` (refused, or no admin node),
 *   `INVITE_INVALID` (other digits were typed), and what makes the answer invalid
 */
export async function askWithoutCode(
  address: DialAddress,
  guest: JoinGuest,
  onNumber: (number: string, waitMs: number) => void,
): Promise<JoinedCluster> {
  const { limits, signal } = guest;
  const terms = { protocol: joinProtocol, timeMs: trustLimits.comparisonMs + membershipLimits.joinMs, limits, signal };
  return overChannel(address, terms, async (channel) => {
    try {
      return await ask(channel, guest, onNumber);
    } finally {
      channel.end(new SignalboxError('NODE_LOST', 'Joining has ended.'));
    }
  });
}

async function ask(channel: PeerChannel, guest: JoinGuest, onNumber: (number: string, waitMs: number) => void): Promise<JoinedCluster> {
  const { identity, keys, sealing, name, nowMs } = guest;
  const { publicKey } = identity;
  const nonce = newComparisonNonce();
  const commitment = comparisonCommitment(publicKey, nonce);
  const request = encodeAskRequest({ commitment, publicKey, name, clockMs: nowMs(), sealingCertificate: sealing.certificate });
  channel.send(request);
  const reply = await channel.receive();
  const inviter = decodeJoinReply(reply);
  if (sameBytes(inviter.publicKey, publicKey))
    throw new SignalboxError('SELF', 'The address is that of this node. Name the address of an admin node of the cluster.', {
      executed: 'no',
    });
  const channelBinding = channel.exportSecret(joinExporterLabel, helloDigest({ clientHello: request, serverHello: reply }));
  const transcript = { channelBinding, request, reply };
  channel.send(encodeAskOpening({ nonce, signature: signJoin(transcript, identity) }));
  const waitMs = readWait(await channel.receive());
  if (waitMs === undefined)
    throw new SignalboxError('INVALID_PARAMS', 'The node that was asked answered before anybody could compare the number.', {
      executed: 'no',
    });
  const number = shortNumber({
    channelBinding: channel.exportSecret(comparisonExporterLabel, commitment),
    joiner: publicKey,
    inviter: inviter.publicKey,
    joinerNonce: nonce,
    inviterNonce: inviter.nonce,
  });
  onNumber(number, Math.min(waitMs, trustLimits.comparisonMs));
  const { signature, bytes } = decodeAskAnswerHead(await channel.receive());
  const body = await receiveBody(channel, bytes);
  checkSignedInvitation(transcript, body, signature, inviter.publicKey, keys);
  const joined = await readJoined(body, inviter, guest);
  const admin = joined.log.state.members.get(Buffer.from(inviter.publicKey).toString('hex'));
  if (admin === undefined || (admin.roles & nodeRoles.admin) === 0)
    throw new SignalboxError('FORBIDDEN', 'The node that answered is no admin of the cluster that it sent. Nothing was stored.', {
      executed: 'no',
    });
  return joined;
}
