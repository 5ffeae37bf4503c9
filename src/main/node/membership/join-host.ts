import { randomBytes } from 'node:crypto';
import { SignalboxError } from '../../../common/errors.ts';
import { type KnownKeys, nodeIdOf, type Signer, sameBytes } from '../identity/index.ts';
import { encodeRefusal, type LinkLimits, type PeerChannel } from '../links/index.ts';
import type { Logger } from '../telemetry/index.ts';
import {
  type AcceptedInvite,
  checkJoinSignature,
  encodeJoinBody,
  helloDigest,
  type Invite,
  inviteRefused,
  type JoinProof,
  type JoinTranscript,
  joinExporterLabel,
  knowsCode,
  proveInvitation,
  readSealingCertificate,
  trustLimits,
  wrapGroupKey,
} from '../trust/index.ts';
import type { ClusterTrust } from './cluster-trust.ts';
import { decodeJoinProof, decodeJoinRequest, encodeJoinAnswerHead, encodeJoinReply, type JoinRequest } from './join-messages.ts';
import { membershipLimits } from './limits.ts';

export interface JoinHostOptions {
  readonly trust: ClusterTrust;
  readonly identity: Signer;
  readonly keys: KnownKeys;
  readonly nowMs: () => number;
  readonly limits: Pick<LinkLimits, 'handshakeFrameBytes'>;
  readonly logger: Logger;
  /** A code has met as many wrong proofs as it may: somebody guesses, or was told it wrong (security.md row 58). */
  readonly onBurned: (invite: Invite, address: string) => void;
}

/** Lets nodes in that know a join code (security.md 2.4). */
export class JoinHost {
  readonly #options: JoinHostOptions;

  constructor(options: JoinHostOptions) {
    this.#options = options;
  }

  /**
   * Speaks with a node that asks to join. The member is durable before it is told.
   *
   * @param proven called when the other side has shown that it knows the code
   * @throws SignalboxError why it was refused, after it was told
   */
  async admit(channel: PeerChannel, proven: () => void): Promise<void> {
    try {
      await this.#admit(channel, proven);
    } catch (error) {
      const refusal = error instanceof SignalboxError ? error : new SignalboxError('INTERNAL', 'Joining failed.', { cause: error });
      if (channel.ended === undefined) channel.send(encodeRefusal(refusal));
      throw refusal;
    }
  }

  async #admit(channel: PeerChannel, proven: () => void): Promise<void> {
    const { identity, nowMs } = this.#options;
    const request = await channel.receive();
    const joiner = decodeJoinRequest(request);
    const reply = encodeJoinReply({ publicKey: identity.publicKey, nonce: randomBytes(32), clockMs: nowMs() });
    channel.send(reply);
    const channelBinding = channel.exportSecret(joinExporterLabel, helloDigest({ clientHello: request, serverHello: reply }));
    const transcript: JoinTranscript = { channelBinding, request, reply };
    const proof = decodeJoinProof(await channel.receive());
    const { accepted, macKey } = await this.#checkCode(joiner, transcript, proof, channel.remoteAddress);
    proven();
    const body = await this.#add(joiner, transcript, proof, accepted);
    const gone = new Promise<void>((resolve) => channel.onEnd(() => resolve()));
    // Whoever has shown the code has its time too: one that does not take its answer must not hold the connection.
    const timer = setTimeout(
      () => channel.end(new SignalboxError('TIMEOUT', 'The node did not take the answer.')),
      membershipLimits.joinMs,
    );
    this.#send(channel, body, proveInvitation(macKey, transcript, body));
    await gone;
    clearTimeout(timer);
  }

  async #checkCode(
    { inviteId }: JoinRequest,
    transcript: JoinTranscript,
    proof: JoinProof,
    address: string,
  ): Promise<{ readonly accepted: AcceptedInvite; readonly macKey: Uint8Array }> {
    const { trust, nowMs, logger, onBurned } = this.#options;
    let macKey: Uint8Array | undefined;
    const isRight = (key: Uint8Array) => {
      macKey = key;
      return knowsCode(key, transcript, proof);
    };
    const attempt = await trust.invites.attempt(inviteId, isRight, nowMs());
    if (attempt.accepted && macKey !== undefined) return { accepted: attempt, macKey };
    if (!attempt.accepted) {
      logger.warn('membership.joinRefused', 'A node that wanted to join was refused.', { address, reason: attempt.reason });
      if (attempt.reason === 'wrongProof' && attempt.invite?.failures === trustLimits.inviteFailures) onBurned(attempt.invite, address);
    }
    throw inviteRefused();
  }

  /** Adds the member and takes the use of the code in one transaction. */
  async #add(joiner: JoinRequest, transcript: JoinTranscript, proof: JoinProof, accepted: AcceptedInvite): Promise<Uint8Array> {
    const { trust, identity, keys, nowMs, logger } = this.#options;
    try {
      checkJoinSignature(transcript, proof, joiner.publicKey, identity.publicKey, keys);
      checkClock(joiner.clockMs - nowMs());
      const { owner, sealingKey } = readSealingCertificate(joiner.sealingCertificate, keys, Math.max(nowMs(), joiner.clockMs));
      if (!sameBytes(owner, joiner.publicKey))
        throw new SignalboxError('BAD_SIGNATURE', 'The sealing key of the node that wants to join is of another node.');
      const membership = trust.require();
      const groupKey = trust.groupKeys.inUse;
      if (groupKey === undefined) throw new SignalboxError('CONFLICT', 'The inviting node has no group key. Join at another member.');
      const wrappedGroupKey = await wrapGroupKey(groupKey, sealingKey, joiner.publicKey, membership.log.clusterId);
      const { roles } = accepted.invite;
      await trust.sign({ kind: 'add', subject: joiner.publicKey, roles, name: joiner.name }, accepted.statements);
      const { log, genesis } = membership;
      logger.info('membership.joined', `${joiner.name} has joined the cluster.`, { nodeId: nodeIdOf(joiner.publicKey) });
      return encodeJoinBody({ genesis, wrappedGroupKey, operations: [...log.operations, ...log.checkpoints].map(({ bytes }) => bytes) });
    } catch (error) {
      accepted.release();
      throw error;
    }
  }

  #send(channel: PeerChannel, body: Uint8Array, mac: Uint8Array): void {
    const { handshakeFrameBytes } = this.#options.limits;
    channel.send(encodeJoinAnswerHead({ mac, bytes: body.byteLength }));
    for (let at = 0; at < body.byteLength; at += handshakeFrameBytes) channel.send(body.subarray(at, at + handshakeFrameBytes));
  }
}

function checkClock(offsetMs: number): void {
  if (Math.abs(offsetMs) <= membershipLimits.joinClockMs) return;
  const minutes = Math.round(Math.abs(offsetMs) / 60_000);
  throw new SignalboxError(
    'CLOCK',
    `The clock of the node that wants to join is ${minutes} min ${offsetMs > 0 ? 'ahead' : 'behind'}. Set it, then join again.`,
    { executed: 'no', data: { offsetMs } },
  );
}
