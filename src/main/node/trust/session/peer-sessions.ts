/** The session keys shared with one node, renewed while messages flow. */
import type { KnownKeys } from '../../identity/index.ts';
import { sha256, toHex } from '../digest.ts';
import type { ReceiveClock } from '../message-time.ts';
import { refusal } from '../refusal.ts';
import { type AgreedSession, type AgreementParties, acceptSession, type OpenOffer, offerSession } from './session-agreement.ts';
import { readSessionHead, type SessionForm, SessionReceiver, SessionSender } from './session-message.ts';

/** Sessions in which the other node may still speak: the present one, the one before it, and two that wait for their first message. */
const proven = 2;
const unproven = 2;

interface HeldSession {
  /** Key id of what comes in, in hex. */
  readonly keyId: string;
  readonly sender: SessionSender;
  readonly receiver: SessionReceiver;
}

/**
 * A session that this node accepted counts only from the first message in it: a repeated offer makes keys that nobody has. One that this
 * node offered counts from the answer on, which only the other node can have signed. When both offer at once, each goes on in one of the
 * two, and both are read.
 */
export class PeerSessions {
  readonly #parties: AgreementParties;
  readonly #keys: KnownKeys;
  #proven: readonly HeldSession[] = [];
  #unproven: readonly HeldSession[] = [];
  #offer: OpenOffer | undefined;
  #answered: { readonly offer: string; readonly answer: Uint8Array } | undefined;
  /** Digest of the answer that was taken last: an offer that was repeated is answered twice, with the same bytes. */
  #completed: string | undefined;
  #peerEpoch = 0;

  constructor(parties: AgreementParties, keys: KnownKeys) {
    this.#parties = parties;
    this.#keys = keys;
  }

  /** True when messages can be sealed. */
  get isOpen(): boolean {
    return this.#proven.length > 0;
  }

  /** Key ids, in hex, of every session in which the other node may speak. */
  get keyIds(): readonly string[] {
    return [...this.#proven, ...this.#unproven].map(({ keyId }) => keyId);
  }

  /** True when there are no keys, or new ones should be agreed on: then `offer` and send it. */
  isDue(nowMs: number): boolean {
    return this.#proven[0]?.sender.isDue(nowMs) ?? true;
  }

  /** Offers new keys; the present ones go on until the answer comes. A former offer is given up. @returns what is to be sent */
  offer(nowMs: number): Uint8Array {
    this.#offer = offerSession(this.#parties, nowMs);
    return this.#offer.bytes;
  }

  /**
   * Takes the other node's offer.
   *
   * @returns the answer to be sent; for a repeat the same again
   * @throws SignalboxError as `acceptSession`, and `REPLAYED` when it is from an earlier start of that node
   */
  accept(offer: Uint8Array, nowMs: number): Uint8Array {
    const name = toHex(sha256(offer));
    if (this.#answered?.offer === name) return this.#answered.answer;
    const accepted = acceptSession(offer, this.#parties, this.#keys, nowMs);
    this.#meetEpoch(accepted.peerEpoch);
    this.#unproven = [held(accepted), ...this.#unproven].slice(0, unproven);
    this.#answered = { offer: name, answer: accepted.bytes };
    return accepted.bytes;
  }

  /**
   * Takes the answer to this node's offer; from now on messages are sealed with the new keys.
   *
   * @returns false: it is the answer that was taken last, once more, for an offer that was repeated before the answer had come
   * @throws SignalboxError as `OpenOffer.complete`, and `INVALID_PARAMS` when nothing was offered
   */
  complete(answer: Uint8Array, nowMs: number): boolean {
    const name = toHex(sha256(answer));
    if (this.#completed === name) return false;
    if (this.#offer === undefined) throw refusal('INVALID_PARAMS', 'Session keys were accepted that this node did not offer.');
    const completed = this.#offer.complete(answer, this.#keys, nowMs);
    this.#meetEpoch(completed.peerEpoch);
    this.#offer = undefined;
    this.#completed = name;
    this.#proven = [held(completed), ...this.#proven].slice(0, proven);
    return true;
  }

  /** @throws SignalboxError as `SessionSender.seal`; `NODE_UNREACHABLE` when no keys were agreed on yet */
  seal(form: SessionForm, body: Uint8Array, nowMs: number, ttlSeconds: number): Uint8Array {
    const [present] = this.#proven;
    if (present === undefined) throw refusal('NODE_UNREACHABLE', 'No session keys were agreed on with the node yet.');
    return present.sender.seal(form, body, nowMs, ttlSeconds);
  }

  /** @throws SignalboxError as `SessionReceiver.open`; `DECRYPT` when the session is not, or no longer, held */
  open(message: Uint8Array, clock: ReceiveClock): Uint8Array {
    const keyId = toHex(readSessionHead(message).keyId);
    const known = this.#proven.find((session) => session.keyId === keyId);
    if (known !== undefined) return known.receiver.open(message, clock);
    const fresh = this.#unproven.find((session) => session.keyId === keyId);
    if (fresh === undefined) throw refusal('DECRYPT', 'A message is of a session that this node does not hold.', { reason: 'missingKey' });
    const body = fresh.receiver.open(message, clock);
    this.#unproven = this.#unproven.filter((session) => session !== fresh);
    this.#proven = [fresh, ...this.#proven].slice(0, proven);
    return body;
  }

  /** After a start of the other node nobody has the keys of before. */
  #meetEpoch(epoch: number): void {
    if (epoch < this.#peerEpoch)
      throw refusal('REPLAYED', 'Session keys were offered by an earlier start of the node.', { reason: 'epoch' });
    if (epoch === this.#peerEpoch) return;
    this.#peerEpoch = epoch;
    this.#proven = [];
    this.#unproven = [];
  }
}

function held({ keys }: AgreedSession): HeldSession {
  return { keyId: toHex(keys.incoming.keyId), sender: new SessionSender(keys), receiver: new SessionReceiver(keys) };
}
