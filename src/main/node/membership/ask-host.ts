import { SignalboxError } from '../../../common/errors.ts';
import { type KnownKeys, type Signer, sameBytes } from '../identity/index.ts';
import type { PeerChannel } from '../links/index.ts';
import {
  ComparisonLimiter,
  ComparisonRequest,
  checkJoinSignature,
  checkName,
  comparisonExporterLabel,
  helloDigest,
  joinExporterLabel,
  nodeRoles,
  signInvitation,
  trustLimits,
} from '../trust/index.ts';
import type { Admission } from './admission.ts';
import { decodeAskOpening, decodeAskRequest, encodeAskAnswerHead, encodeWait } from './ask-messages.ts';
import type { ClusterTrust } from './cluster-trust.ts';
import { encodeJoinReply } from './join-messages.ts';
import type { JoinRequests } from './join-requests.ts';

export interface AskHostOptions {
  readonly trust: ClusterTrust;
  readonly identity: Signer;
  readonly keys: KnownKeys;
  readonly nowMs: () => number;
  readonly admission: Admission;
  readonly requests: JoinRequests;
}

/** Lets nodes in that have no code: an admin types the six digits that the other screen shows (security.md 2.4). */
export class AskHost {
  readonly #options: AskHostOptions;
  readonly #limiter = new ComparisonLimiter();

  constructor(options: AskHostOptions) {
    this.#options = options;
  }

  /**
   * Speaks with a node that asks.
   *
   * @param frame its first one
   * @param proven called when it has proven its key and waits for a person
   * @throws SignalboxError why it was refused
   */
  async admit(channel: PeerChannel, frame: Buffer, proven: () => void): Promise<void> {
    const { trust, identity, keys, nowMs, admission, requests } = this.#options;
    requireAdmin(trust);
    const joiner = decodeAskRequest(frame);
    const { publicKey, name } = joiner;
    checkName(name, 'member');
    if (sameBytes(publicKey, identity.publicKey)) throw new SignalboxError('SELF', 'A node asked itself to join.', { executed: 'no' });
    // Counted before anything is answered: each request is one chance in a million to guess the number.
    this.#limiter.take(channel.remoteAddress, performance.now());
    const ends = { joiner: publicKey, inviter: identity.publicKey };
    const channelBinding = channel.exportSecret(comparisonExporterLabel, joiner.commitment);
    const comparison = new ComparisonRequest(joiner.commitment, { ...ends, channelBinding }, performance.now());
    const reply = encodeJoinReply({ publicKey: identity.publicKey, nonce: comparison.inviterNonce, clockMs: nowMs() });
    channel.send(reply);
    const transcript = {
      channelBinding: channel.exportSecret(joinExporterLabel, helloDigest({ clientHello: frame, serverHello: reply })),
      request: frame,
      reply,
    };
    const { nonce, signature } = decodeAskOpening(await channel.receive());
    checkJoinSignature(transcript, { signature }, publicKey, identity.publicKey, keys);
    comparison.open(nonce, performance.now());
    admission.check(joiner);
    const body = await requests.decide(
      {
        kind: 'number',
        publicKey,
        name,
        address: channel.remoteAddress,
        roles: undefined,
        waitMs: trustLimits.comparisonMs,
        onWaiting: () => {
          proven();
          channel.send(encodeWait(trustLimits.comparisonMs));
        },
        check: (number) => comparison.confirm(number ?? '', performance.now()),
        add: (roles) => admission.add(joiner, roles),
      },
      channel,
    );
    await admission.send(
      channel,
      encodeAskAnswerHead({ signature: signInvitation(transcript, body, identity), bytes: body.byteLength }),
      body,
    );
  }
}

/** @throws SignalboxError `FORBIDDEN`, in words for the other side */
function requireAdmin(trust: ClusterTrust): void {
  if ((trust.self().roles & nodeRoles.admin) === 0)
    throw new SignalboxError('FORBIDDEN', 'The node that was asked can let nobody in: it is no admin of its cluster. Ask an admin node.', {
      executed: 'no',
    });
}
