import type { SignalboxError } from '../../../common/errors.ts';
import { toBase64url } from '../identity/index.ts';
import type { Operation } from '../trust/index.ts';
import { type ExchangeWay, MembershipExchange, type MembershipExchangeOptions } from './exchange.ts';
import type { GroupKeys } from './group-key/index.ts';
import { membershipLimits } from './limits.ts';

export interface FarExchangesOptions
  extends Pick<MembershipExchangeOptions, 'trust' | 'contacts' | 'self' | 'ownAddresses' | 'nowMs' | 'logger' | 'onAddresses'> {
  readonly groupKeys: Pick<GroupKeys, 'linked' | 'lost' | 'take'>;
  readonly isTrusted: (member: Uint8Array) => boolean;
  /** Carries bytes to a member that has no link, proven and sealed. Nothing happens when there is no way. */
  readonly send: (member: Uint8Array, bytes: Uint8Array) => void;
}

/** A member that is reached without a link. */
interface FarMember {
  readonly exchange: MembershipExchange;
  readonly way: { isOpen: boolean };
  /** It was told what this node knows. */
  hasStarted: boolean;
}

/**
 * Keeps members that have no link, only a broker or a neighbour between them, of one mind about the membership and its keys: a removal must
 * be heard of wherever somebody can still be reached.
 */
export class FarExchanges {
  readonly #options: FarExchangesOptions;
  readonly #members = new Map<string, FarMember>();
  readonly #comparing: NodeJS.Timeout;

  constructor(options: FarExchangesOptions) {
    this.#options = options;
    this.#comparing = setInterval(() => {
      for (const member of this.#members.values()) this.#compare(member);
    }, membershipLimits.compareMs).unref();
  }

  stop(): void {
    clearInterval(this.#comparing);
    for (const name of [...this.#members.keys()]) this.#end(name);
  }

  /** A member can be spoken to, and has no link. Of two that see each other at once, the one with the lower key begins. */
  reached(publicKey: Uint8Array): void {
    const name = toBase64url(publicKey);
    if (this.#members.has(name)) return;
    const member = this.#open(publicKey);
    this.#members.set(name, member);
    if (Buffer.compare(this.#options.self, publicKey) < 0) this.#compare(member);
  }

  /** It cannot be spoken to any more, or has a link now. */
  lost(publicKey: Uint8Array): void {
    this.#end(toBase64url(publicKey));
  }

  /** A member said something. */
  take(publicKey: Uint8Array, bytes: Buffer): void {
    this.reached(publicKey);
    const member = this.#members.get(toBase64url(publicKey));
    if (member === undefined) return;
    if (!member.hasStarted) this.#compare(member);
    member.exchange.take(bytes);
  }

  /** Tells the others. @param from public key of the member that sent the operations */
  membershipChanged(operations: readonly Operation[], from: Uint8Array | undefined): void {
    const sender = from === undefined ? undefined : toBase64url(from);
    for (const [name, { exchange }] of this.#members) if (name !== sender) exchange.sendNews(operations);
  }

  /** The first time also tells where nodes are found, and what group keys are held. */
  #compare(member: FarMember): void {
    if (member.hasStarted) {
      member.exchange.compare();
      return;
    }
    member.hasStarted = true;
    member.exchange.start();
    this.#options.groupKeys.linked(member.exchange);
  }

  #open(publicKey: Uint8Array): FarMember {
    const { send, groupKeys, isTrusted, ...options } = this.#options;
    const name = toBase64url(publicKey);
    const way = {
      // How far its clock is ahead is part of what it proves on a link; here nothing says.
      peer: { hello: { publicKey }, clockOffsetMs: 0 },
      remoteAddress: '',
      isOpen: true,
      sendControl: (bytes: Uint8Array) => send(publicKey, bytes),
      close: (reason: SignalboxError) => {
        options.logger.warn('membership.exchangeEnded', 'What a member says about the membership is not taken for now.', { error: reason });
        this.#end(name);
      },
    } satisfies ExchangeWay;
    const exchange: MembershipExchange = new MembershipExchange({
      ...options,
      link: way,
      isTrusted: () => isTrusted(publicKey),
      onGroupKey: (message) => groupKeys.take(exchange, message),
    });
    return { exchange, way, hasStarted: false };
  }

  #end(name: string): void {
    const member = this.#members.get(name);
    if (member === undefined) return;
    this.#members.delete(name);
    member.way.isOpen = false;
    this.#options.groupKeys.lost(member.exchange);
  }
}
