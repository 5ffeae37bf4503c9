import { type KnownKeys, type SealOpener, sameBytes } from '../../identity/index.ts';
import {
  checkSignature,
  decodeEnvelope,
  type GroupKey,
  openForGroup,
  openForNode,
  parseJsonEnvelope,
  type SignedEnvelope,
} from '../envelope/index.ts';
import { trustLimits } from '../limits.ts';
import type { Member } from '../membership/index.ts';
import { checkTime } from '../message-time.ts';
import { refusal } from '../refusal.ts';
import type { ReplayGuard, Reservation } from '../replay/index.ts';
import { TokenBucket } from '../token-bucket.ts';
import { type Verdict, verdictOf } from './verdict.ts';

export interface EnvelopeReceiverOptions {
  readonly clusterId: Uint8Array;
  /** This node's public key. */
  readonly self: Uint8Array;
  readonly keys: KnownKeys;
  readonly replay: ReplayGuard;
  /** @throws SignalboxError `NOT_MEMBER`, `REVOKED` */
  readonly memberOf: (key: Uint8Array, nowMs: number) => Member;
  /** How far a member's clock is ahead, undefined while unmeasured. */
  readonly offsetMs: (key: Uint8Array) => number | undefined;
  /** Of this node's sealing keys. */
  readonly openers: () => readonly SealOpener[];
  readonly groupKeyOf: (epoch: number) => GroupKey | undefined;
  /** What else must be right before the signature is looked at. @throws SignalboxError */
  readonly checkHead?: (envelope: SignedEnvelope) => void;
  /** This node's clock, milliseconds since the epoch. */
  readonly now: () => number;
  /** A clock that only goes forward, in milliseconds. */
  readonly monotonicMs: () => number;
}

/** An envelope that passed every check. */
export interface ReceivedEnvelope {
  readonly outcome: 'accept';
  readonly envelope: SignedEnvelope;
  /** Who signed it. */
  readonly member: Member;
  /** Opened when it was sealed. */
  readonly content: Uint8Array;
  /** The message's place in the memory of repeats: store its statements with the effect, then confirm or release. */
  readonly reservation: Reservation;
}

/** A repeat of what was accepted: it is acknowledged again, without effect. */
export interface RepeatedEnvelope {
  readonly outcome: 'duplicate';
  readonly envelope: SignedEnvelope;
}

export type Received = ReceivedEnvelope | RepeatedEnvelope | Verdict;

/**
 * Takes envelopes from one peer, be it their source, a relay or a broker. The order of the checks is fixed, the cheap ones first, and
 * nothing leaves a trace before the signature was right (security.md 2.6, steps 1 to 11).
 */
export class EnvelopeReceiver {
  readonly #options: EnvelopeReceiverOptions;
  readonly #bucket: TokenBucket;

  constructor(options: EnvelopeReceiverOptions) {
    this.#options = options;
    this.#bucket = new TokenBucket(trustLimits.envelopesPerSecond, trustLimits.envelopeBurst, options.monotonicMs());
  }

  /** The binary form. What is refused is a verdict; it rejects only for a fault of ours. */
  receiveBinary(bytes: Uint8Array): Promise<Received> {
    return this.#receive(() => decodeEnvelope(bytes, this.#options.clusterId));
  }

  /** The text of the JSON form. */
  receiveJson(text: string): Promise<Received> {
    return this.#receive(() => parseJsonEnvelope(text).envelope);
  }

  async #receive(decode: () => SignedEnvelope): Promise<Received> {
    let reservation: Reservation | undefined;
    try {
      if (!this.#bucket.take(this.#options.monotonicMs()))
        throw refusal('OVERLOADED', 'A node sends messages faster than they are taken.', { retryAfterMs: 1_000 });
      const envelope = decode();
      const member = this.#checkHead(envelope);
      const known = this.#options.replay.check(envelope);
      if (known === 'pending') throw refusal('OVERLOADED', 'The same message is being stored at this moment.');
      checkSignature(envelope, this.#options.keys);
      if (known === 'duplicate') return { outcome: 'duplicate', envelope };
      reservation = this.#options.replay.reserve(envelope, this.#options.now());
      if (reservation === undefined) return { outcome: 'duplicate', envelope };
      return { outcome: 'accept', envelope, member, content: await this.#open(envelope), reservation };
    } catch (error) {
      // What cannot be opened now may be openable later, with a group key that is still on its way.
      reservation?.release();
      return verdictOf(error);
    }
  }

  /** Cluster, target, time, member. */
  #checkHead(envelope: SignedEnvelope): Member {
    const { clusterId, self, memberOf, offsetMs, now, checkHead } = this.#options;
    const { source, target } = envelope;
    if (!sameBytes(envelope.clusterId, clusterId)) throw refusal('WRONG_CLUSTER', 'A message of another cluster was refused.');
    if (sameBytes(source, self)) throw refusal('SELF', "This node's own message came back to it.");
    if (target !== null && !sameBytes(target, self)) throw refusal('INVALID_PARAMS', 'A message for another node was refused.');
    const nowMs = now();
    checkTime(envelope, { nowMs, offsetMs: offsetMs(source) });
    checkHead?.(envelope);
    return memberOf(source, nowMs);
  }

  async #open(envelope: SignedEnvelope): Promise<Uint8Array> {
    if (!envelope.encrypted) return envelope.payload;
    const { openers, groupKeyOf } = this.#options;
    return envelope.target === null
      ? openForGroup(envelope.payload, groupKeyOf, envelope)
      : openForNode(envelope.payload, openers(), envelope);
  }
}
