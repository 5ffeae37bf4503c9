import type { CarrierKind } from '../../../../common/contract/nodes.ts';
import { SignalboxError } from '../../../../common/errors.ts';
import type { KnownKeys } from '../../identity/index.ts';
import { type AgreementParties, PeerSessions, readSessionRefusal } from '../../trust/index.ts';
import { secureLimits } from './limits.ts';
import { heartbeatText } from './node-messages.ts';

/** Told when a message is given up before anything of it left. */
export type Unsent = (error: SignalboxError) => void;

/** Content for a member. */
export interface Outbound {
  /** JSON text of a NodeMessage. */
  readonly text: string;
  readonly ttlSeconds: number;
  readonly confirmed: boolean;
  /** One for each router message in it whose sender waits. */
  readonly unsent: readonly Unsent[];
  /** This way and no other; absent: the best. While keys are agreed on, the best. */
  readonly kind?: CarrierKind;
}

interface Waiting {
  readonly message: Outbound;
  /** Its receiver counts from then: a deadline goes on while it waits. */
  readonly sentMs: number;
}

export interface MemberSessionOptions {
  readonly nodeId: string;
  /** For people. */
  readonly name: () => string;
  readonly parties: AgreementParties;
  readonly keys: KnownKeys;
  /** Hands bytes to the carrier. False: nothing was sent. */
  readonly post: (bytes: Uint8Array, confirmed: boolean, kind?: CarrierKind) => boolean;
  /** There are keys that were not there before. */
  readonly keysChanged: () => void;
  readonly nowMs: () => number;
}

/**
 * The session with one member over carriers that nobody trusts: agrees on keys when something is to be said, keeps what waits for them
 * within bounds, and renews them while messages flow.
 */
export class MemberSession {
  readonly nodeId: string;
  readonly #options: MemberSessionOptions;
  readonly #sessions: PeerSessions;
  #waiting: Waiting[] = [];
  #waitingBytes = 0;
  #offer: Uint8Array | undefined;
  #timer: NodeJS.Timeout | undefined;
  #offeredMs = Number.NEGATIVE_INFINITY;

  constructor(options: MemberSessionOptions) {
    this.nodeId = options.nodeId;
    this.#options = options;
    this.#sessions = new PeerSessions(options.parties, options.keys);
  }

  get publicKey(): Uint8Array {
    return this.#options.parties.peer;
  }

  get isOpen(): boolean {
    return this.#sessions.isOpen;
  }

  /** Key ids, in hex, under which the member may speak. */
  get keyIds(): readonly string[] {
    return this.#sessions.keyIds;
  }

  /**
   * Seals and sends, or keeps it until there are keys.
   *
   * @returns false: nothing was sent and nothing is kept
   * @throws SignalboxError `TOO_LARGE`; `OVERLOADED` when too much waits already
   */
  send(message: Outbound): boolean {
    const { nowMs } = this.#options;
    if (!this.#sessions.isOpen) {
      this.#keep(message);
      if (this.#offer === undefined) this.#agree();
      return true;
    }
    if (this.#sessions.isDue(nowMs()) && this.#offer === undefined && performance.now() - this.#offeredMs > secureLimits.renewalPauseMs)
      this.#agree();
    return this.#sealAndPost(message, nowMs());
  }

  /** Begins to agree on keys unless there are some, for a member that speaks under keys nobody here holds. */
  wake(): void {
    if (this.#offer === undefined) this.#agree();
  }

  /** @throws SignalboxError as `PeerSessions.open` */
  open(bytes: Uint8Array, clock: { readonly nowMs: number; readonly offsetMs: number | undefined }): Uint8Array {
    const wasOpen = this.#sessions.isOpen;
    const body = this.#sessions.open(bytes, clock);
    if (!wasOpen) this.#opened();
    return body;
  }

  /** The member offers keys: they are accepted. @throws SignalboxError as `PeerSessions.accept` */
  takeOffer(offer: Uint8Array): void {
    const answer = this.#sessions.accept(offer, this.#options.nowMs());
    this.#options.keysChanged();
    this.#options.post(answer, true);
  }

  /** The member accepted the keys that were offered. @throws SignalboxError as `PeerSessions.complete` */
  takeAcceptance(answer: Uint8Array): void {
    if (!this.#sessions.complete(answer, this.#options.nowMs())) return;
    this.#options.keysChanged();
    // The member uses the keys only when it has seen that they are held here.
    if (this.#waiting.length === 0)
      this.#sealAndPost({ text: heartbeatText, ttlSeconds: 0, confirmed: false, unsent: [] }, this.#options.nowMs());
    this.#opened();
  }

  /** The member does not accept keys: what waits ends with its words. @throws SignalboxError as `readSessionRefusal` */
  takeRefusal(bytes: Uint8Array): SignalboxError {
    const { parties, keys } = this.#options;
    if (this.#offer === undefined)
      throw new SignalboxError('INVALID_PARAMS', 'A refusal of session keys came that nobody asked for.', { executed: 'no' });
    const { clusterId, peer, identity } = parties;
    const reason = readSessionRefusal(bytes, this.#offer, { clusterId, peer, self: identity.publicKey }, keys);
    this.end(reason);
    return reason;
  }

  /** Gives up what waits. */
  end(error: SignalboxError): void {
    this.#stopOffering();
    for (const { message } of this.#takeWaiting()) for (const tell of message.unsent) tell(error);
  }

  #opened(): void {
    this.#stopOffering();
    for (const { message, sentMs } of this.#takeWaiting()) {
      if (this.#sealAndPost(message, sentMs)) continue;
      for (const tell of message.unsent) tell(this.#unreachable('the way to it was lost before anything was sent'));
    }
  }

  #takeWaiting(): readonly Waiting[] {
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#waitingBytes = 0;
    return waiting;
  }

  #sealAndPost({ text, ttlSeconds, confirmed, kind }: Outbound, sentMs: number): boolean {
    const sealed = this.#sessions.seal('sealed', Buffer.from(text, 'utf8'), sentMs, ttlSeconds);
    return this.#options.post(sealed, confirmed, kind);
  }

  #keep(message: Outbound): void {
    const { waitingMessages, waitingBytes } = secureLimits;
    if (this.#waiting.length >= waitingMessages || this.#waitingBytes + message.text.length > waitingBytes)
      throw new SignalboxError(
        'OVERLOADED',
        `Too much waits already for the session with ${this.#options.name()} to open. Nothing of this was sent.`,
        { executed: 'no' },
      );
    this.#waiting.push({ message, sentMs: this.#options.nowMs() });
    this.#waitingBytes += message.text.length;
  }

  /** Offers keys, again and again with longer pauses: a broker promises nothing. */
  #agree(): void {
    const { nowMs, post } = this.#options;
    this.#offeredMs = performance.now();
    const offer = this.#sessions.offer(nowMs());
    this.#offer = offer;
    let pauseMs: number = secureLimits.offerAgainMs;
    const send = () => {
      post(offer, true);
      const leftMs = this.#offeredMs + secureLimits.agreementMs - performance.now();
      this.#timer = setTimeout(leftMs <= pauseMs ? giveUp : send, Math.max(0, Math.min(pauseMs, leftMs))).unref();
      pauseMs *= 2;
    };
    const giveUp = () => this.end(this.#unreachable(`it did not agree on session keys within ${secureLimits.agreementMs / 1_000} s`));
    send();
  }

  #stopOffering(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#offer = undefined;
  }

  #unreachable(why: string): SignalboxError {
    return new SignalboxError('NODE_UNREACHABLE', `The node ${this.#options.name()} cannot be reached: ${why}. Nothing was sent.`, {
      executed: 'no',
    });
  }
}
