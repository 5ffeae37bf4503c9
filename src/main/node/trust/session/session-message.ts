/**
 * A message under session keys: `form ‖ key id 8 ‖ counter u64 ‖ sent ms u64 ‖ ttl s u32 ‖ body ‖ tag`. Form 2 is sealed with
 * AES-256-GCM and a tag of 16 bytes, form 3 can be read and carries an HMAC-SHA-256 of 32 bytes.
 */
import { createCipheriv, createDecipheriv, createHmac, timingSafeEqual } from 'node:crypto';
import { sameBytes } from '../../identity/index.ts';
import { ByteReader } from '../byte-reader.ts';
import { trustLimits } from '../limits.ts';
import { checkTime } from '../message-time.ts';
import { refusal } from '../refusal.ts';
import { SequenceWindow } from './sequence-window.ts';
import type { DirectionKeys, SessionKeys } from './session-keys.ts';

/** First byte of a message under session keys; 1 is an envelope. */
export const sessionForms = { sealed: 2, authenticated: 3 } as const;
export type SessionForm = keyof typeof sessionForms;

const headBytes = 29;
const tagBytes = { sealed: 16, authenticated: 32 } as const;

/** The 96-bit nonce is the counter: a key never sees the same one twice. */
function nonceOf(counter: number): Uint8Array {
  const nonce = Buffer.alloc(12);
  nonce.writeBigUInt64BE(BigInt(counter), 4);
  return nonce;
}

/** Seals what one node says in a session. */
export class SessionSender {
  readonly #keys: DirectionKeys;
  readonly #agreedMs: number;
  #counter = 0;

  constructor({ outgoing, agreedMs }: Pick<SessionKeys, 'outgoing' | 'agreedMs'>) {
    this.#keys = outgoing;
    this.#agreedMs = agreedMs;
  }

  /** True when new keys should be agreed on: after an hour, or 2^20 messages. */
  isDue(nowMs: number): boolean {
    return this.#counter >= trustLimits.sessionMessages || nowMs - this.#agreedMs >= trustLimits.sessionKeyMs;
  }

  /**
   * @param body at most `sessionMessageBytes`
   * @param nowMs by this node's clock, whole milliseconds since the epoch
   * @param ttlSeconds whole, at most `ttlSeconds` of the limits
   * @throws SignalboxError `TOO_LARGE`; `EXPIRED` when the keys have served twice as many messages as they should
   */
  seal(form: SessionForm, body: Uint8Array, nowMs: number, ttlSeconds: number): Uint8Array {
    if (body.length > trustLimits.sessionMessageBytes) throw refusal('TOO_LARGE', `A message of ${body.length} bytes is too large.`);
    if (this.#counter >= trustLimits.sessionMessagesAtMost)
      throw refusal('EXPIRED', 'The keys of this session have served their time. New ones must be agreed on.');
    const counter = ++this.#counter;
    const { keyId, sealing, authentication, context } = this.#keys;
    const message = Buffer.allocUnsafe(headBytes + body.length + tagBytes[form]);
    message.writeUInt8(sessionForms[form], 0);
    message.set(keyId, 1);
    message.writeBigUInt64BE(BigInt(counter), 9);
    message.writeBigUInt64BE(BigInt(nowMs), 17);
    message.writeUInt32BE(ttlSeconds, 25);
    const head = message.subarray(0, headBytes);
    const tagAt = headBytes + body.length;
    if (form === 'sealed') {
      const cipher = createCipheriv('aes-256-gcm', sealing, nonceOf(counter), { authTagLength: tagBytes.sealed });
      cipher.setAAD(Buffer.concat([context, head]));
      message.set(cipher.update(body), headBytes);
      cipher.final();
      message.set(cipher.getAuthTag(), tagAt);
    } else {
      message.set(body, headBytes);
      message.set(createHmac('sha256', authentication).update(context).update(message.subarray(0, tagAt)).digest(), tagAt);
    }
    return message;
  }
}

/** What the head of a message under session keys says; nothing of it is proven yet. */
export interface SessionHead {
  readonly form: SessionForm;
  readonly keyId: Uint8Array;
  readonly counter: number;
  readonly timestampMs: number;
  readonly ttlSeconds: number;
}

/**
 * Reads the head, by which the session is found.
 *
 * @throws SignalboxError `INVALID_PARAMS`, `TOO_LARGE`, `VERSION`
 */
export function readSessionHead(message: Uint8Array): SessionHead {
  const reader = new ByteReader(message, 'session message');
  const number = reader.u8();
  const form = number === sessionForms.sealed ? 'sealed' : number === sessionForms.authenticated ? 'authenticated' : undefined;
  if (form === undefined) throw refusal('VERSION', `A message has the form ${number}, which this version does not know.`);
  const head = { form, keyId: reader.take(8), counter: reader.u64(), timestampMs: reader.u64(), ttlSeconds: reader.u32() } as const;
  if (head.counter === 0) throw reader.invalid('its counter begins at 1');
  if (head.ttlSeconds > trustLimits.ttlSeconds) throw reader.invalid('its time to live is out of bounds');
  if (reader.rest < tagBytes[form]) throw reader.invalid('it ends too early');
  if (reader.rest > trustLimits.sessionMessageBytes + tagBytes[form]) throw refusal('TOO_LARGE', 'A session message is too large.');
  return head;
}

/** Opens what the other node says in a session, each message once. */
export class SessionReceiver {
  readonly #keys: DirectionKeys;
  readonly #seen = new SequenceWindow();

  constructor({ incoming }: Pick<SessionKeys, 'incoming'>) {
    this.#keys = incoming;
  }

  get keyId(): Uint8Array {
    return this.#keys.keyId;
  }

  /**
   * @param clock `nowMs` by this node's clock, `offsetMs`: how far the sender's is ahead, undefined while unmeasured
   * @throws SignalboxError `INVALID_PARAMS`, `TOO_LARGE`, `VERSION`, `REPLAYED`, `BAD_SIGNATURE`, `DECRYPT` (another session's, or altered),
   *   `EXPIRED`, `FUTURE`
   */
  open(message: Uint8Array, clock: { readonly nowMs: number; readonly offsetMs?: number | undefined }): Uint8Array {
    const head = readSessionHead(message);
    if (!sameBytes(head.keyId, this.#keys.keyId)) throw refusal('DECRYPT', 'A message is not of this session.');
    if (head.counter > trustLimits.sessionMessagesAtMost) throw refusal('REPLAYED', 'A message counts further than keys may serve.');
    if (this.#seen.has(head.counter)) throw refusal('REPLAYED', 'A message of this session came before.');
    const body = head.form === 'sealed' ? this.#decrypt(message, head.counter) : this.#authenticate(message);
    // After the proof: nobody else can use up a counter, or learn what the clock says.
    checkTime(head, clock);
    this.#seen.add(head.counter);
    return body;
  }

  #decrypt(message: Uint8Array, counter: number): Uint8Array {
    const { sealing, context } = this.#keys;
    const tagAt = message.length - tagBytes.sealed;
    const decipher = createDecipheriv('aes-256-gcm', sealing, nonceOf(counter), { authTagLength: tagBytes.sealed });
    decipher.setAAD(Buffer.concat([context, message.subarray(0, headBytes)]));
    decipher.setAuthTag(message.subarray(tagAt));
    const body = decipher.update(message.subarray(headBytes, tagAt));
    try {
      decipher.final();
    } catch {
      throw refusal('DECRYPT', 'A message of a session cannot be opened: it was altered on its way.');
    }
    return new Uint8Array(body.buffer, body.byteOffset, body.byteLength);
  }

  #authenticate(message: Uint8Array): Uint8Array {
    const { authentication, context } = this.#keys;
    const tagAt = message.length - tagBytes.authenticated;
    const tag = createHmac('sha256', authentication).update(context).update(message.subarray(0, tagAt)).digest();
    if (!timingSafeEqual(tag, message.subarray(tagAt))) throw refusal('BAD_SIGNATURE', 'A message of a session was altered on its way.');
    return message.subarray(headBytes, tagAt);
  }
}
