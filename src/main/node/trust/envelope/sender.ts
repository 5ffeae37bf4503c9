import { randomUUID } from 'node:crypto';
import type { Signer } from '../../identity/index.ts';
import { type EnvelopePriority, type SignedEnvelope, sealedType } from './envelope.ts';
import { type GroupKey, type SealedPlace, sealForGroup, sealForNode } from './sealing.ts';
import { signEnvelope } from './signing.ts';

/** What a message needs to become an envelope. */
export interface OutgoingMessage {
  /** Public key of the receiver; null: every node. */
  readonly target: Uint8Array | null;
  readonly ttlSeconds: number;
  readonly priority: EnvelopePriority;
  /** `[a-z0-9._-]`, see `payloadTypeOf`. */
  readonly type: string;
  readonly payload: Uint8Array;
  /** The payload is that of `encodeBatch`. */
  readonly batch?: boolean;
}

export interface EnvelopeSenderOptions {
  readonly identity: Signer;
  /** 32 bytes. */
  readonly clusterId: Uint8Array;
  /** Counts the starts of this node, stored before the first envelope is made. */
  readonly epoch: number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** A UUIDv7: 48 bits of time, then chance. `randomUUID` keeps a stock of it, and is much faster than asking for 16 bytes each time. */
function newMessageId(nowMs: number): Uint8Array {
  const bytes = Buffer.from(randomUUID().replaceAll('-', ''), 'hex');
  bytes.writeUIntBE(nowMs, 0, 6);
  bytes.writeUInt8(((bytes[6] ?? 0) & 0x0f) | 0x70, 6);
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Makes this node's envelopes: a fresh id, the next sequence number, the time, and the signature of what they say. */
export class EnvelopeSender {
  readonly #options: EnvelopeSenderOptions;
  #seq = 0;

  constructor(options: EnvelopeSenderOptions) {
    this.#options = options;
  }

  /** The sequence number of the latest envelope. */
  get seq(): number {
    return this.#seq;
  }

  /**
   * An envelope that whoever carries it can read.
   *
   * @throws SignalboxError `INVALID_PARAMS`, `TOO_LARGE`
   */
  signed(message: OutgoingMessage): SignedEnvelope {
    return this.#sign(message, this.#place(message), message.type, message.payload, false);
  }

  /**
   * An envelope that its target alone can read, for what is carried or kept by others.
   *
   * @param sealingKey X25519 key of the target
   * @throws SignalboxError `INVALID_PARAMS`, `TOO_LARGE`, `KEY_WEAK`
   */
  async sealedFor(sealingKey: Uint8Array, message: OutgoingMessage): Promise<SignedEnvelope> {
    const place = this.#place(message);
    return this.#sign(message, place, sealedType, await sealForNode(message.payload, sealingKey, place), true);
  }

  /** An envelope that every member can read. @throws SignalboxError `INVALID_PARAMS`, `TOO_LARGE` */
  sealedForGroup(groupKey: GroupKey, message: OutgoingMessage): SignedEnvelope {
    const place = this.#place(message);
    return this.#sign(message, place, sealedType, sealForGroup(message.payload, groupKey, place), true);
  }

  #place({ target }: OutgoingMessage) {
    const { clusterId, identity, now } = this.#options;
    const timestampMs = now();
    return { clusterId, messageId: newMessageId(timestampMs), source: identity.publicKey, target, timestampMs };
  }

  #sign(
    { ttlSeconds, priority, batch = false }: OutgoingMessage,
    place: SealedPlace & { readonly timestampMs: number },
    type: string,
    payload: Uint8Array,
    encrypted: boolean,
  ): SignedEnvelope {
    const { identity, epoch } = this.#options;
    const envelope = signEnvelope({ ...place, ttlSeconds, priority, encrypted, batch, epoch, seq: this.#seq + 1, type, payload }, identity);
    this.#seq++;
    return envelope;
  }
}
