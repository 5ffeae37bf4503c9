import { SignalboxError } from '../../../common/errors.ts';
import { nodeIdOf, publicKeyOf, sameBytes } from '../identity/index.ts';
import type { HandshakeParty, Link, LinkFollower, LinkLimits } from '../links/index.ts';
import { type Logger, RepeatSampler } from '../telemetry/index.ts';
import type { Operation } from '../trust/index.ts';
import type { ClusterTrust } from './cluster-trust.ts';
import type { Address, Contacts } from './contacts.ts';
import { MembershipExchange } from './exchange.ts';
import type { GroupKeys } from './group-key/index.ts';
import { membershipLimits } from './limits.ts';
import { LinkNeeds } from './link-needs.ts';
import { LinkTable } from './link-table.ts';
import type { LinkUse } from './link-use.ts';
import { MemberDialers, mayBe } from './member-dialers.ts';
import type { SameKeyAlarm } from './same-key-alarm.ts';

export interface MemberLinksOptions {
  readonly trust: ClusterTrust;
  readonly contacts: Contacts;
  readonly party: HandshakeParty;
  readonly limits: LinkLimits;
  readonly ownAddresses: () => readonly Address[];
  /** Where a node that may be the member was heard of on the local network: tried after what is known. */
  readonly nearby: (member: Uint8Array) => readonly Address[];
  /** A link came or went. */
  readonly onChange: () => void;
  readonly logger: Logger;
  /** Takes what members say to each other beside the membership; undefined: nobody does. */
  readonly follower: LinkFollower | undefined;
  readonly groupKeys: Pick<GroupKeys, 'linked' | 'lost' | 'take'>;
  readonly sameKey: SameKeyAlarm;
  /** Another member says that this node was removed from the cluster. */
  readonly onRevoked: (reason: SignalboxError) => void;
  /** False for a member of bad standing: it is no shortcut for others, and what it says of addresses is not taken. */
  readonly isTrusted: (member: Uint8Array) => boolean;
  /** What is sent to whom: who is sent much is linked with. */
  readonly use: LinkUse;
}

/** The links of this node to the other members: dialled, kept one a pair, closed when the other is no member any more. */
export class MemberLinks {
  readonly #options: MemberLinksOptions;
  readonly #table: LinkTable;
  readonly #exchanges = new Map<Link, MembershipExchange>();
  /** Whether the other end was told that this node needs the link. */
  readonly #toldNeed = new Map<Link, boolean>();
  readonly #dialers: MemberDialers;
  readonly #needs: LinkNeeds;
  readonly #said = new RepeatSampler();
  /** Links over which the other end has spoken. */
  readonly #heard = new Set<Link>();
  #wasHeard = false;
  #comparing: NodeJS.Timeout | undefined;
  #following: NodeJS.Immediate | undefined;
  #stopped = false;

  constructor(options: MemberLinksOptions) {
    this.#options = options;
    const { contacts, nearby, isTrusted, use, party } = options;
    const self = party.identity.publicKey;
    this.#table = new LinkTable(self);
    this.#dialers = new MemberDialers({
      ...options,
      isLinked: (member) => this.#isLinked(member),
      onLink: (link, address) => {
        const member = link.peer.hello.publicKey;
        if (contacts.learn(member, [address], 'answered')) this.#addressesLearnt([member], link);
        this.take(link);
      },
      onFailure: (name) => this.#notLinked(name),
    });
    this.#needs = new LinkNeeds({
      self: nameOf(self),
      isLinked: (name) => this.#isLinked(keyOf(name)),
      isDialable: (name) => contacts.addressesOf(keyOf(name)).length > 0 || nearby(keyOf(name)).length > 0,
      isTrusted: (name) => isTrusted(keyOf(name)),
      used: () => use.used().map((nodeId) => nameOf(publicKeyOf(nodeId))),
      monotonicMs: () => performance.now(),
    });
  }

  /** Dials the members that are to be linked. */
  start(): void {
    this.#follow();
    this.#comparing = setInterval(() => {
      for (const exchange of this.#exchanges.values()) exchange.compare();
      this.#follow();
    }, membershipLimits.compareMs).unref();
  }

  stop(): void {
    this.#stopped = true;
    clearInterval(this.#comparing);
    clearImmediate(this.#following);
    this.#dialers.stop();
    for (const link of this.#table.all()) link.close(new SignalboxError('NODE_LOST', 'The node stops.', { executed: 'maybe' }));
  }

  linkOf(member: Uint8Array): Link | undefined {
    return this.#table.of(member);
  }

  get count(): number {
    return this.#table.all().length;
  }

  /** Why the member could not be reached; undefined while it is linked or was not dialled. */
  failureOf(member: Uint8Array): SignalboxError | undefined {
    return this.#dialers.failureOf(nameOf(member));
  }

  /** Takes a link whose other end has proven who it is, from the door or dialled. */
  take(link: Link): void {
    const { contacts, party, onChange, logger, follower, groupKeys, sameKey } = this.#options;
    const member = link.peer.hello.publicKey;
    if (this.#stopped) {
      link.close(new SignalboxError('NODE_LOST', 'The node stops.', { executed: 'maybe' }));
      return;
    }
    contacts.proved(member, party.nowMs());
    if (!this.#admits(link)) return;
    const offer = this.#table.offer(link);
    if (offer === 'outlived') this.#tellLaterStart(link);
    if (offer !== 'kept') return;
    this.#dialers.linked(nameOf(member));
    const exchange = this.#exchangeOver(link);
    this.#exchanges.set(link, exchange);
    follower?.linked(link);
    link.start({
      message: (bytes) => follower?.message(link, bytes),
      control: (bytes) => {
        this.#heard.add(link);
        this.#wasHeard = true;
        sameKey.heard();
        exchange.take(bytes);
      },
      relay: (bytes) => follower?.relayed(link, bytes),
      drained: () => follower?.drained(link),
      ended: (reason) => this.#ended(link, reason),
    });
    if (!link.isOpen) return;
    logger.info('links.linked', 'A member is linked.', { nodeId: nodeIdOf(member), address: link.remoteAddress, dialled: link.dialled });
    exchange.start();
    groupKeys.linked(exchange);
    onChange();
    this.#followSoon();
    // It may have been removed while it proved who it is.
    this.#closeIfRemoved(link);
  }

  /** Tells the others, and lets go who is no member any more. @param from public key of the member that sent the operations */
  membershipChanged(operations: readonly Operation[], from: Uint8Array | undefined): void {
    for (const [link, exchange] of this.#exchanges) {
      if (from === undefined || !sameBytes(link.peer.hello.publicKey, from)) exchange.sendNews(operations);
      this.#closeIfRemoved(link);
    }
    this.#follow();
  }

  /** Members of that short id may have been found on the local network. Whoever answers there must prove the member's key. */
  found(shortId: string): void {
    const { trust } = this.#options;
    for (const { key } of trust.require().log.state.members.values()) if (mayBe(nameOf(key), shortId)) this.#hopeFor(key);
  }

  /** Addresses of members were learnt another way than over a link. */
  addressesLearnt(members: readonly Uint8Array[]): void {
    for (const member of members) this.#hopeFor(member);
  }

  /** Dials at once whoever is to be linked and is not: the network is another one, or the way to somebody is back. */
  redial(): void {
    this.#needs.hope();
    this.#follow();
    this.#dialers.wakeAll();
  }

  /** Tells every member where this node listens now. */
  ownAddressesChanged(): void {
    for (const exchange of this.#exchanges.values()) exchange.sendAddresses([this.#options.party.identity.publicKey]);
  }

  #closeIfRemoved(link: Link): void {
    const refusal = this.#refusalOf(link.peer.hello.publicKey);
    if (link.isOpen && refusal !== undefined) link.close(refusal);
  }

  /** Why somebody is no member; undefined for a member. */
  #refusalOf(publicKey: Uint8Array): SignalboxError | undefined {
    try {
      this.#options.party.admit(publicKey);
      return undefined;
    } catch (error) {
      if (error instanceof SignalboxError) return error;
      throw error;
    }
  }

  /** Dials whom this node needs a link with, tells those linked whether it needs theirs, and lets go of one that nobody needs. */
  #follow(): void {
    const { trust, party } = this.#options;
    const others = [...trust.require().log.state.members.values()].filter(({ key }) => !sameBytes(key, party.identity.publicKey));
    this.#needs.follow(others.map(({ key }) => nameOf(key)));
    const plan = this.#needs.plan();
    this.#dialers.follow(this.#needs.affordable(plan), (name) => this.#needs.isMember(name));
    for (const [link, exchange] of this.#exchanges) {
      const isNeeded = plan.has(nameOf(link.peer.hello.publicKey));
      if (this.#toldNeed.get(link) === isNeeded) continue;
      this.#toldNeed.set(link, isNeeded);
      exchange.sendNeed(isNeeded);
    }
    const surplus = this.#needs.surplus(plan);
    if (surplus !== undefined) this.#table.of(keyOf(surplus))?.close(unneeded());
  }

  /** Changes come in bursts. */
  #followSoon(): void {
    if (this.#stopped) return;
    this.#following ??= setImmediate(() => {
      this.#following = undefined;
      this.#follow();
    });
  }

  /** Whether a link of a pair that has none yet is kept; one for which there is no room is told of others and closed. */
  #admits(link: Link): boolean {
    const member = link.peer.hello.publicKey;
    if (this.#isLinked(member)) return true;
    const name = nameOf(member);
    this.#needs.hope(name);
    const admission = this.#needs.admit(name);
    if (admission === false) {
      this.#exchangeOver(link).sendAddresses(this.#table.all().map((other) => other.peer.hello.publicKey));
      link.close(full(this.count));
      return false;
    }
    if (admission.instead !== undefined) this.#table.of(keyOf(admission.instead))?.close(unneeded());
    return true;
  }

  #exchangeOver(link: Link): MembershipExchange {
    const { party, sameKey, groupKeys, isTrusted } = this.#options;
    const member = link.peer.hello.publicKey;
    const exchange: MembershipExchange = new MembershipExchange({
      ...this.#options,
      link,
      self: party.identity.publicKey,
      nowMs: party.nowMs,
      isTrusted: () => isTrusted(member),
      onSameKey: (address) => sameKey.outlives(address),
      onGroupKey: (message) => groupKeys.take(exchange, message),
      onAddresses: (members) => this.#addressesLearnt(members, link),
      onNeed: (isNeeded) => this.#needs.said(nameOf(member), isNeeded),
    });
    return exchange;
  }

  #isLinked(member: Uint8Array): boolean {
    return this.#table.of(member)?.isOpen === true;
  }

  /** A member could not be linked: in a large cluster another stands in for it. */
  #notLinked(name: string): void {
    this.#needs.failed(name);
    this.#followSoon();
  }

  #hopeFor(member: Uint8Array): void {
    if (this.#isLinked(member)) return;
    this.#needs.hope(nameOf(member));
    this.#followSoon();
    this.#dialers.wake(nameOf(member));
  }

  #ended(link: Link, reason: SignalboxError): void {
    const { logger, groupKeys, onChange, onRevoked, follower } = this.#options;
    const member = link.peer.hello.publicKey;
    const exchange = this.#exchanges.get(link);
    if (exchange !== undefined) groupKeys.lost(exchange);
    this.#exchanges.delete(link);
    this.#toldNeed.delete(link);
    const wasHeard = this.#heard.delete(link);
    if (!this.#table.remove(link)) return;
    follower?.ended(link, reason);
    if (this.#stopped) return;
    const name = nameOf(member);
    this.#needs.ended(name);
    logger.info('links.ended', 'The link to a member has ended.', { nodeId: nodeIdOf(member), code: reason.code, reason: reason.message });
    // From one that is no member itself it is what this node has told it.
    if (reason.code === 'REVOKED' && this.#refusalOf(member) === undefined) onRevoked(reason);
    if (reason.code === 'SELF') void this.#outlived(name, reason, wasHeard);
    else if (isFull(reason)) {
      this.#dialers.refused(name, reason);
      this.#needs.failed(name);
    } else this.#dialers.lost(name, reason);
    this.#followSoon();
    onChange();
  }

  /** An earlier start of a member came and was refused: it lives, or it could not have dialled. */
  #tellLaterStart(earlier: Link): void {
    const { hello } = earlier.peer;
    const later = this.#table.of(hello.publicKey);
    if (later !== undefined) this.#exchanges.get(later)?.tellSameKey(earlier.remoteAddress);
    const nodeId = nodeIdOf(hello.publicKey);
    if (this.#said.take(`same key ${nodeId}`) !== undefined)
      this.#options.logger.warn('links.duplicateIdentity', 'Two nodes with one key have come: the one that started later is kept.', {
        nodeId,
        address: earlier.remoteAddress,
      });
  }

  /**
   * A member keeps the link to another node with this one's key, which started later. Dialling once more at once shows the member that both
   * live. When no member has spoken with this start yet, it is the later one after all: its data folder was restored from an older copy.
   */
  async #outlived(name: string, reason: SignalboxError, wasHeard: boolean): Promise<void> {
    const { contacts, sameKey, logger } = this.#options;
    const { epoch } = (reason.data ?? {}) as { readonly epoch?: unknown };
    try {
      const isRestored = !this.#wasHeard && typeof epoch === 'number' && (await contacts.raiseEpoch(epoch));
      if (isRestored) logger.warn('links.epochRaised', 'A member knows a later start of this node than its own data folder.', { epoch });
      else sameKey.outlived();
      if (wasHeard || isRestored) this.#dialers.lost(name, reason);
      else this.#dialers.refused(name, reason);
    } catch (error) {
      logger.error('links.epochNotRaised', 'Members take this node for an older start of itself.', { error });
      this.#dialers.refused(name, reason);
    }
  }

  #addressesLearnt(members: readonly Uint8Array[], from: Link): void {
    for (const [link, exchange] of this.#exchanges) if (link !== from) exchange.sendAddresses(members);
    for (const member of members) this.#hopeFor(member);
  }
}

/** Members go by the hex of their keys here: its order is that of the keys. */
function nameOf(publicKey: Uint8Array): string {
  return Buffer.from(publicKey).toString('hex');
}

function keyOf(name: string): Buffer {
  return Buffer.from(name, 'hex');
}

/** The other end may come again after that long, and is told of other members meanwhile. */
function full(links: number): SignalboxError {
  return new SignalboxError(
    'OVERLOADED',
    `The node is linked with ${links} members and has no room for another. It is reached through them.`,
    {
      executed: 'no',
      retryable: true,
      data: { retryAfterMs: membershipLimits.refusedRestMs },
    },
  );
}

function isFull({ code, data }: SignalboxError): boolean {
  return code === 'OVERLOADED' && typeof (data as { readonly retryAfterMs?: unknown } | undefined)?.retryAfterMs === 'number';
}

function unneeded(): SignalboxError {
  return new SignalboxError('CONFLICT', 'The two nodes need no link of their own: others lead from one to the other.', { executed: 'no' });
}
