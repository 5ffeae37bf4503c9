import { randomBytes } from 'node:crypto';
import { SignalboxError } from '../../../common/errors.ts';
import type { KnownKeys, Signer } from '../identity/index.ts';
import { encodeRefusal, type PeerChannel } from '../links/index.ts';
import type { Logger } from '../telemetry/index.ts';
import {
  type AcceptedInvite,
  checkJoinSignature,
  checkName,
  helloDigest,
  type Invite,
  inviteRefused,
  type JoinProof,
  type JoinTranscript,
  joinExporterLabel,
  knowsCode,
  proveInvitation,
  trustLimits,
} from '../trust/index.ts';
import type { Admission } from './admission.ts';
import type { AskHost } from './ask-host.ts';
import { encodeWait, isAskRequest } from './ask-messages.ts';
import type { ClusterTrust } from './cluster-trust.ts';
import { decodeJoinProof, decodeJoinRequest, encodeJoinAnswerHead, encodeJoinReply, type JoinRequest } from './join-messages.ts';
import type { JoinRequests } from './join-requests.ts';
import { membershipLimits } from './limits.ts';

export interface JoinHostOptions {
  readonly trust: ClusterTrust;
  readonly identity: Signer;
  readonly keys: KnownKeys;
  readonly nowMs: () => number;
  readonly logger: Logger;
  readonly admission: Admission;
  readonly requests: JoinRequests;
  /** For those without a code. */
  readonly askHost: AskHost;
  /** Whether an admin lets in whoever has shown a code. */
  readonly mustConfirm: () => boolean;
  /** A code was used, or not rightly. */
  readonly onAttempt: () => void;
  /** A code has met as many wrong proofs as it may: somebody guesses, or was told it wrong (security.md row 58). */
  readonly onBurned: (invite: Invite, address: string) => void;
}

/** Lets nodes in: those that know a join code, and through {@link AskHost} those that ask without one (security.md 2.4). */
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
    const { identity, nowMs, askHost } = this.#options;
    const request = await channel.receive();
    if (isAskRequest(request)) {
      await askHost.admit(channel, request, proven);
      return;
    }
    const joiner = decodeJoinRequest(request);
    const reply = encodeJoinReply({ publicKey: identity.publicKey, nonce: randomBytes(32), clockMs: nowMs() });
    channel.send(reply);
    const channelBinding = channel.exportSecret(joinExporterLabel, helloDigest({ clientHello: request, serverHello: reply }));
    const transcript: JoinTranscript = { channelBinding, request, reply };
    const proof = decodeJoinProof(await channel.receive());
    const { accepted, macKey } = await this.#checkCode(joiner, transcript, proof, channel.remoteAddress);
    proven();
    const body = await this.#letIn(channel, joiner, transcript, proof, accepted);
    const mac = proveInvitation(macKey, transcript, body);
    await this.#options.admission.send(channel, encodeJoinAnswerHead({ mac, bytes: body.byteLength }), body);
  }

  async #checkCode(
    { inviteId }: JoinRequest,
    transcript: JoinTranscript,
    proof: JoinProof,
    address: string,
  ): Promise<{ readonly accepted: AcceptedInvite; readonly macKey: Uint8Array }> {
    const { trust, nowMs, logger, onAttempt, onBurned } = this.#options;
    let macKey: Uint8Array | undefined;
    const isRight = (key: Uint8Array) => {
      macKey = key;
      return knowsCode(key, transcript, proof);
    };
    const attempt = await trust.invites.attempt(inviteId, isRight, nowMs());
    onAttempt();
    if (attempt.accepted && macKey !== undefined) return { accepted: attempt, macKey };
    if (!attempt.accepted) {
      logger.warn('membership.joinRefused', 'A node that wanted to join was refused.', { address, reason: attempt.reason });
      if (attempt.reason === 'wrongProof' && attempt.invite?.failures === trustLimits.inviteFailures) onBurned(attempt.invite, address);
    }
    throw inviteRefused();
  }

  /** The answer to the new member, when it is durable with the use of the code: both or neither. */
  async #letIn(
    channel: PeerChannel,
    joiner: JoinRequest,
    transcript: JoinTranscript,
    proof: JoinProof,
    { invite, statements, release }: AcceptedInvite,
  ): Promise<Uint8Array> {
    const { identity, keys, admission, requests, mustConfirm } = this.#options;
    const { publicKey, name } = joiner;
    const add = (roles: number) => admission.add(joiner, roles, statements);
    try {
      checkJoinSignature(transcript, proof, publicKey, identity.publicKey, keys);
      if (!mustConfirm()) return await add(invite.roles);
      admission.check(joiner);
      const waitMs = membershipLimits.confirmMs;
      return await requests.decide(
        {
          kind: 'code',
          publicKey,
          name: checkName(name, 'member'),
          address: channel.remoteAddress,
          roles: invite.roles,
          waitMs,
          onWaiting: () => channel.send(encodeWait(waitMs)),
          check: () => undefined,
          add,
        },
        channel,
      );
    } catch (error) {
      release();
      throw error;
    }
  }
}
