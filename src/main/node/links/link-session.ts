import { readSessionHead, type SessionKeys, SessionReceiver, SessionSender } from '../trust/session/index.ts';
import type { ProvenPeer } from './handshake.ts';

/** Nothing lives longer on a link: what waits this long ends with the link. */
const ttlSeconds = 60;

/** A message of a link, opened. */
export interface OpenedMessage {
  readonly body: Buffer;
  /** Milliseconds under way, beyond what the quickest message of the link took. */
  readonly ageMs: number;
}

/**
 * What the two ends of a link say to each other, authenticated under keys that only they can derive from its TLS connection (wire.md 3).
 * When keys have served their time the next are derived, without a word: a message names its keys.
 */
export class LinkSession {
  readonly #laterKeys: (generation: number) => SessionKeys;
  readonly #nowMs: () => number;
  #sender: SessionSender;
  #sending = 0;
  #receiver: SessionReceiver;
  #receiving = 0;
  /** Least difference between this clock when a message came and the sender's when it left; the clocks' own difference is in it. */
  #quickestMs = Number.POSITIVE_INFINITY;

  constructor({ keys, laterKeys }: Pick<ProvenPeer, 'keys' | 'laterKeys'>, nowMs: () => number) {
    this.#laterKeys = laterKeys;
    this.#nowMs = nowMs;
    this.#sender = new SessionSender(keys);
    this.#receiver = new SessionReceiver(keys);
  }

  /** @throws SignalboxError `TOO_LARGE` */
  seal(body: Uint8Array): Uint8Array {
    const now = this.#nowMs();
    if (this.#sender.isDue(now)) this.#sender = new SessionSender(this.#laterKeys(++this.#sending));
    return this.#sender.seal('authenticated', body, now, ttlSeconds);
  }

  /**
   * A link delivers in order and ends when it is held up, so nothing old comes over it: the clocks of the two are not compared, and one that
   * is set loses no message.
   *
   * @throws SignalboxError `BAD_SIGNATURE`, `DECRYPT`, `REPLAYED`, `INVALID_PARAMS`, `TOO_LARGE`, `VERSION`
   */
  open(message: Uint8Array): OpenedMessage {
    const { keyId, timestampMs } = readSessionHead(message);
    if (Buffer.compare(keyId, this.#receiver.keyId) !== 0) {
      const next = new SessionReceiver(this.#laterKeys(this.#receiving + 1));
      // Whoever seals moves on by one, and never back.
      if (Buffer.compare(keyId, next.keyId) === 0) {
        this.#receiver = next;
        this.#receiving++;
      }
    }
    const body = this.#receiver.open(message, { nowMs: timestampMs, offsetMs: 0 });
    return { body: Buffer.from(body.buffer, body.byteOffset, body.byteLength), ageMs: this.#ageMs(timestampMs) };
  }

  #ageMs(sentMs: number): number {
    const apartMs = this.#nowMs() - sentMs;
    // Longer than anything lives here: one of the clocks was set.
    if (apartMs < this.#quickestMs || apartMs - this.#quickestMs > ttlSeconds * 1_000) this.#quickestMs = apartMs;
    return apartMs - this.#quickestMs;
  }
}
