import type { SignalboxError } from '../../../common/errors.ts';
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
  /** Hex of its key. */
  readonly name: string;
  /** It was told what this node knows. */
  hasStarted: boolean;
  /** It hears what group keys this node holds, and says what it holds: each rotation waits for all. */
  hearsOfKeys: boolean;
}

/**
 * Keeps members that have no link, only a broker or a neighbour between them, of one mind about the membership and its keys: a removal must
 * be heard of wherever somebody can still be reached. Of many such members each compares with the next in the order of keys on both sides, so
 * that what one knows reaches all and what passes does not grow with the number of pairs; what is new is told to all by whoever made it, and
 * passed on to those few.
 */
export class FarExchanges {
  readonly #options: FarExchangesOptions;
  readonly #members = new Map<string, FarMember>();
  readonly #comparing: NodeJS.Timeout;
  #starting: NodeJS.Immediate | undefined;

  constructor(options: FarExchangesOptions) {
    this.#options = options;
    this.#comparing = setInterval(() => {
      for (const member of this.#closest()) this.#compare(member);
    }, membershipLimits.compareMs).unref();
  }

  stop(): void {
    clearInterval(this.#comparing);
    clearImmediate(this.#starting);
    for (const name of [...this.#members.keys()]) this.#end(name);
  }

  /** A member can be spoken to, and has no link. Of two that see each other at once, the one with the lower key begins. */
  reached(publicKey: Uint8Array): void {
    const name = nameOf(publicKey);
    if (this.#members.has(name)) return;
    const member = this.#open(publicKey);
    this.#members.set(name, member);
    this.#startSoon();
  }

  /** It cannot be spoken to any more, or has a link now. */
  lost(publicKey: Uint8Array): void {
    this.#end(nameOf(publicKey));
  }

  /** A member said something. */
  take(publicKey: Uint8Array, bytes: Buffer): void {
    this.reached(publicKey);
    const member = this.#members.get(nameOf(publicKey));
    if (member === undefined) return;
    if (!member.hasStarted && this.#closest().includes(member)) this.#compare(member);
    else this.#tellOfKeys(member);
    member.exchange.take(bytes);
  }

  /** Tells the others. @param from public key of the member that sent the operations */
  membershipChanged(operations: readonly Operation[], from: Uint8Array | undefined): void {
    const sender = from === undefined ? undefined : nameOf(from);
    const told = from === undefined ? [...this.#members.values()] : this.#closest();
    for (const { name, exchange } of told) if (name !== sender) exchange.sendNews(operations);
  }

  /** Members are found many at once; those that are closest among all of them are begun with. */
  #startSoon(): void {
    this.#starting ??= setImmediate(() => {
      this.#starting = undefined;
      const self = nameOf(this.#options.self);
      const closest = new Set(this.#closest());
      for (const member of this.#members.values()) {
        if (!closest.has(member)) this.#tellOfKeys(member);
        else if (!member.hasStarted && self < member.name) this.#compare(member);
      }
    });
  }

  /** Everybody while they are few; else the next in the order of keys on each side, as those see it too. */
  #closest(): readonly FarMember[] {
    const members = [...this.#members.values()];
    const { farEachSide } = membershipLimits;
    if (members.length <= 2 * farEachSide) return members;
    const self = nameOf(this.#options.self);
    const sorted = members.sort((a, b) => (a.name < b.name ? -1 : 1));
    const next = Math.max(
      0,
      sorted.findIndex(({ name }) => name > self),
    );
    const onward = [...sorted.slice(next), ...sorted.slice(0, next)];
    return [...onward.slice(0, farEachSide), ...onward.slice(-farEachSide)];
  }

  /** The first time also tells where nodes are found, and what group keys are held. */
  #compare(member: FarMember): void {
    if (member.hasStarted) {
      member.exchange.compare();
      return;
    }
    member.hasStarted = true;
    member.exchange.start();
    this.#tellOfKeys(member);
  }

  #tellOfKeys(member: FarMember): void {
    if (member.hearsOfKeys) return;
    member.hearsOfKeys = true;
    this.#options.groupKeys.linked(member.exchange);
  }

  #open(publicKey: Uint8Array): FarMember {
    const { send, groupKeys, isTrusted, ...options } = this.#options;
    const name = nameOf(publicKey);
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
    return { exchange, way, name, hasStarted: false, hearsOfKeys: false };
  }

  #end(name: string): void {
    const member = this.#members.get(name);
    if (member === undefined) return;
    this.#members.delete(name);
    member.way.isOpen = false;
    this.#options.groupKeys.lost(member.exchange);
  }
}

/** The order of these is that of the keys. */
function nameOf(publicKey: Uint8Array): string {
  return Buffer.from(publicKey).toString('hex');
}
