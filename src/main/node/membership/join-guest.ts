import { randomBytes } from 'node:crypto';
import { SignalboxError } from '../../../common/errors.ts';
import { type KnownKeys, type Signer, sameBytes } from '../identity/index.ts';
import { type DialAddress, joinProtocol, type LinkLimits, overChannel, type PeerChannel } from '../links/index.ts';
import {
  checkInvitation,
  type GroupKey,
  groupKeyCommitment,
  helloDigest,
  type InviteKeys,
  joinExporterLabel,
  type MembershipLog,
  proveJoin,
  readJoinBody,
  type SealingKeyring,
  unwrapGroupKey,
} from '../trust/index.ts';
import { readWait } from './ask-messages.ts';
import { decodeJoinAnswerHead, decodeJoinReply, encodeJoinProof, encodeJoinRequest, type JoinReply } from './join-messages.ts';
import { membershipLimits } from './limits.ts';

export interface JoinGuest {
  readonly identity: Signer;
  readonly keys: KnownKeys;
  readonly sealing: SealingKeyring;
  /** What the others call this node. */
  readonly name: string;
  readonly nowMs: () => number;
  readonly limits: LinkLimits;
  readonly signal?: AbortSignal | undefined;
  /** An admin is to decide, who has so many milliseconds. */
  readonly onWaits?: (waitMs: number) => void;
}

/** A membership that was given and checked; nothing of it is stored yet. */
export interface JoinedCluster {
  readonly log: MembershipLog;
  /** Bytes of the founding. */
  readonly genesis: Uint8Array;
  readonly groupKey: GroupKey;
  /** Public key of the node that let this one in. */
  readonly inviter: Uint8Array;
}

/**
 * Asks a member to let this node in, and checks that it knows the code too before anything of its answer is read (security.md 2.4).
 *
 * @param invite derived from the code
 * @throws SignalboxError `INVITE_INVALID` (also when the node that answers does not know the code), `NODE_UNREACHABLE`, `TIMEOUT`, `CLOCK`,
 *   `SELF`, and what makes the answer invalid
 */
export async function askToJoin(address: DialAddress, invite: InviteKeys, guest: JoinGuest): Promise<JoinedCluster> {
  const { limits, signal } = guest;
  const terms = { protocol: joinProtocol, timeMs: membershipLimits.joinMs, limits, signal };
  return overChannel(address, terms, async (channel, extend) => {
    try {
      return await join(channel, invite, guest, extend);
    } finally {
      channel.end(new SignalboxError('NODE_LOST', 'Joining has ended.'));
    }
  });
}

async function join(
  channel: PeerChannel,
  { inviteId, macKey }: InviteKeys,
  guest: JoinGuest,
  extend: (ms: number) => void,
): Promise<JoinedCluster> {
  const { identity, sealing, name, nowMs } = guest;
  const sealingCertificate = sealing.certificate;
  const { publicKey } = identity;
  const request = encodeJoinRequest({ inviteId, publicKey, name, nonce: randomBytes(32), clockMs: nowMs(), sealingCertificate });
  channel.send(request);
  const reply = await channel.receive();
  const inviter = decodeJoinReply(reply);
  if (sameBytes(inviter.publicKey, publicKey))
    throw new SignalboxError('SELF', 'The address is that of this node. Name the address of the node that made the code.', {
      executed: 'no',
    });
  const channelBinding = channel.exportSecret(joinExporterLabel, helloDigest({ clientHello: request, serverHello: reply }));
  const transcript = { channelBinding, request, reply };
  channel.send(encodeJoinProof(proveJoin(macKey, transcript, identity)));
  let head = await channel.receive();
  const waitMs = readWait(head);
  if (waitMs !== undefined) {
    // Its policy: an admin is to let in whoever has shown a code.
    extend(waitMs + membershipLimits.joinMs);
    guest.onWaits?.(waitMs);
    head = await channel.receive();
  }
  const { mac, bytes } = decodeJoinAnswerHead(head);
  const body = await receiveBody(channel, bytes);
  checkInvitation(macKey, transcript, body, mac);
  return readJoined(body, inviter, guest);
}

/**
 * Reads what a member sent that has proven that it may: the log must be whole and name this node, and the group key be the announced one.
 *
 * @throws SignalboxError what makes the answer invalid
 */
export async function readJoined(body: Uint8Array, inviter: JoinReply, guest: JoinGuest): Promise<JoinedCluster> {
  const { identity, keys, sealing, nowMs } = guest;
  const { publicKey } = identity;
  // The inviter has just signed: with its clock ahead of this one its operation is not from the future.
  const { log, genesis, wrappedGroupKey } = readJoinBody(body, publicKey, keys, Math.max(nowMs(), inviter.clockMs));
  const groupKey = await unwrapGroupKey(wrappedGroupKey, sealing.openers, publicKey, log.clusterId);
  // While the cluster changes its key this may be the one before: the next one follows over the first link.
  if (!log.hasAnnounced(groupKey.epoch, groupKeyCommitment(groupKey)))
    throw new SignalboxError('DECRYPT', 'The group key that came with the join answer is not the one that the cluster announced.', {
      executed: 'no',
    });
  return { log, genesis, groupKey, inviter: inviter.publicKey };
}

/** The body that a head announced. @throws SignalboxError `INVALID_PARAMS` for another length */
export async function receiveBody(channel: PeerChannel, bytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let held = 0;
  while (held < bytes) {
    const chunk = await channel.receive();
    held += chunk.byteLength;
    if (chunk.byteLength === 0 || held > bytes)
      throw new SignalboxError('INVALID_PARAMS', 'The join answer has not the length that was announced.', { executed: 'no' });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
