import { SignalboxError } from '../../../common/errors.ts';
import { sameBytes } from '../identity/index.ts';
import { isLoopback } from '../loopback.ts';
import type { Logger } from '../telemetry/index.ts';
import { type Operation, TokenBucket } from '../trust/index.ts';
import type { ClusterTrust } from './cluster-trust.ts';
import type { Address, Contacts } from './contacts.ts';
import {
  addressedMembers,
  decodeExchange,
  type ExchangeMessage,
  encodeExchange,
  toBytes,
  toOperations,
  toText,
} from './exchange-messages.ts';
import type { GroupKeyMessage, KeyPeer } from './group-key/index.ts';
import { membershipLimits } from './limits.ts';

/** The way to the other member; a link is one. */
export interface ExchangeWay {
  readonly peer: { readonly hello: { readonly publicKey: Uint8Array }; readonly clockOffsetMs: number };
  /** Empty when the other end is not on a connection of this node. */
  readonly remoteAddress: string;
  readonly isOpen: boolean;
  sendControl(bytes: Uint8Array): void;
  /** Ends it, because of what came over it. */
  close(reason: SignalboxError): void;
}

export interface MembershipExchangeOptions {
  readonly link: ExchangeWay;
  readonly trust: ClusterTrust;
  readonly contacts: Contacts;
  /** Public key of this node, and where it listens now. */
  readonly self: Uint8Array;
  readonly ownAddresses: () => readonly Address[];
  readonly nowMs: () => number;
  readonly logger: Logger;
  /** The member has refused another node with the key of this one; only over links. */
  readonly onSameKey?: (address: string) => void;
  /** What the member says about group keys. */
  readonly onGroupKey: (message: GroupKeyMessage) => Promise<void>;
  /** Addresses of these members were news. */
  readonly onAddresses: (members: readonly Uint8Array[]) => void;
  /** The member says whether it needs the link; only over links. */
  readonly onNeed?: (isNeeded: boolean) => void;
  /** False while the standing of the member is so bad that nothing it says of others is believed (security.md 2.7). */
  readonly isTrusted: () => boolean;
}

/**
 * Keeps two members of one mind about who belongs to the cluster: each says what it has, the other sends what is lacking, and news
 * go out at once. What is refused is not asked for again until the next comparison.
 */
export class MembershipExchange implements KeyPeer {
  readonly #options: MembershipExchangeOptions;
  readonly #bucket = new TokenBucket(membershipLimits.controlPerSecond, membershipLimits.controlBurst, performance.now());
  #busy: Promise<void> = Promise.resolve();
  /** Bytes of messages that wait for the one before them. */
  #waitingBytes = 0;

  constructor(options: MembershipExchangeOptions) {
    this.#options = options;
  }

  /** Of the member at the other end. */
  get publicKey(): Uint8Array {
    return this.#options.link.peer.hello.publicKey;
  }

  /** Says where nodes are found, and compares what both know. */
  start(): void {
    const { self, trust } = this.#options;
    const { members } = trust.require().log.state;
    this.sendAddresses([self, ...[...members.values()].map(({ key }) => key).filter((key) => !sameBytes(key, self))]);
    this.compare();
  }

  /** Says what this node has: the other answers with what it lacks. */
  compare(): void {
    const { heads, checkpoints } = this.#options.trust.require().log;
    this.#send({ type: 'have', heads: heads.map(toText), checkpoints: checkpoints.map(({ hash }) => toText(hash)) });
  }

  /** Passes on operations that have just been made, or have just come. */
  sendNews(operations: readonly Operation[]): void {
    const head = toText(this.#options.trust.require().log.headDigest);
    this.#send({ type: 'news', operations: operations.map(({ bytes }) => toText(bytes)), head });
  }

  /** Passes on where members are found. An address of this machine means nothing on another one. */
  sendAddresses(members: readonly Uint8Array[]): void {
    const { link, self, contacts, ownAddresses } = this.#options;
    const isFar = !isLoopback(link.remoteAddress);
    const of = members.flatMap((member) => {
      const at = (sameBytes(member, self) ? ownAddresses() : contacts.addressesOf(member)).filter(
        ({ host }) => !(isFar && isLoopback(host)),
      );
      return at.length === 0 ? [] : [{ member: toText(member), at: at.map(({ host, port }) => ({ host, port })) }];
    });
    for (let first = 0; first < of.length; first += addressedMembers)
      this.#send({ type: 'addresses', of: of.slice(first, first + addressedMembers) });
  }

  /** Says whether this node needs the link. */
  sendNeed(needed: boolean): void {
    this.#send({ type: 'need', needed });
  }

  /** Says that another node has come with the member's key. @param address where it came from */
  tellSameKey(address: string): void {
    this.#send({ type: 'sameKey', address: address.slice(0, 64) });
  }

  /** Says something about group keys; nothing happens when the link has ended. */
  sendGroupKey(message: GroupKeyMessage): void {
    this.#send(message);
  }

  /** Takes a control message of the link, one after the other. What cannot be read, or is too much, ends the link. */
  take(bytes: Buffer): void {
    const { link } = this.#options;
    const isTooMuch =
      bytes.byteLength > membershipLimits.controlBytes ||
      this.#waitingBytes + bytes.byteLength > membershipLimits.waitingControlBytes ||
      !this.#bucket.take(performance.now());
    if (isTooMuch) {
      link.close(new SignalboxError('OVERLOADED', 'The member sends more about the membership than is taken.', { executed: 'no' }));
      return;
    }
    this.#waitingBytes += bytes.byteLength;
    this.#busy = this.#busy
      .then(() => this.#take(bytes))
      .catch((error: unknown) => this.#failed(error))
      .finally(() => {
        this.#waitingBytes -= bytes.byteLength;
      });
  }

  async #take(bytes: Buffer): Promise<void> {
    const message = decodeExchange(bytes);
    // Where others are found counts also when it is the last word: a node without room says so, and closes.
    if (!this.#options.link.isOpen && message?.type !== 'addresses') return;
    switch (message?.type) {
      case 'have':
        this.#answer(message);
        return;
      case 'page':
        if ((await this.#accept(message.operations)) > 0 && message.more) this.compare();
        return;
      case 'news':
        await this.#accept(message.operations);
        // Something before them is missing here.
        if (toText(this.#options.trust.require().log.headDigest) !== message.head) this.compare();
        return;
      case 'addresses':
        this.#learn(message);
        return;
      case 'need':
        this.#options.onNeed?.(message.needed);
        return;
      case 'sameKey':
        this.#options.onSameKey?.(message.address);
        return;
      case 'groupKeyStep':
      case 'groupKeysHeld':
        await this.#options.onGroupKey(message);
        return;
      case undefined:
        // Of a newer version: not for this one.
        return;
    }
  }

  #answer({ heads, checkpoints }: Extract<ExchangeMessage, { type: 'have' }>): void {
    const ids = new Set(toBytes(checkpoints).map((hash) => Buffer.from(hash).toString('hex')));
    const { page, more } = this.#options.trust.require().log.missing(toBytes(heads), ids);
    if (page.length > 0) this.#send({ type: 'page', operations: page.map(toText), more });
  }

  async #accept(operations: readonly string[]): Promise<number> {
    const { link, trust, nowMs, logger } = this.#options;
    const { hello, clockOffsetMs } = link.peer;
    // With the other's clock ahead of this one, what it signs now is not from the future.
    const now = nowMs() + Math.max(0, clockOffsetMs);
    const { added, refused } = await trust.accept(toOperations(operations), hello.publicKey, now);
    if (refused > 0)
      logger.warn('membership.operationsRefused', 'A member sent operations that do not count.', { refused, address: link.remoteAddress });
    return added;
  }

  #learn({ of }: Extract<ExchangeMessage, { type: 'addresses' }>): void {
    const { link, contacts, self, trust, onAddresses, isTrusted } = this.#options;
    const isFar = !isLoopback(link.remoteAddress);
    const sender = link.peer.hello.publicKey;
    const { members } = trust.require().log.state;
    const news = of.flatMap(({ member, at }) => {
      const [key] = toBytes([member]);
      // Of strangers nothing is kept, except of one whose admission is still on its way.
      if (key === undefined || sameBytes(key, self) || !(sameBytes(key, sender) || members.has(Buffer.from(key).toString('hex'))))
        return [];
      if (!sameBytes(key, sender) && !isTrusted()) return [];
      const usable = at.filter(({ host }) => !(isFar && isLoopback(host)));
      return contacts.learn(key, usable, sameBytes(key, sender) ? 'announced' : 'told') ? [key] : [];
    });
    if (news.length > 0) onAddresses(news);
  }

  #failed(error: unknown): void {
    const { link, logger } = this.#options;
    logger.warn('membership.exchangeFailed', 'A message of a member about the membership could not be taken.', {
      error,
      address: link.remoteAddress,
    });
    // A full disk passes; what is not valid would come again.
    if (error instanceof SignalboxError && error.code !== 'STORAGE_FULL' && link.isOpen) link.close(error);
  }

  #send(message: ExchangeMessage): void {
    const { link } = this.#options;
    if (link.isOpen) link.sendControl(encodeExchange(message));
  }
}
