import { SignalboxError } from '../../../common/errors.ts';
import { shortNodeId } from '../../../common/ids.ts';
import { fromBase64url, nodeIdOf, sameBytes, toBase64url } from '../identity/index.ts';
import { dialLink, type HandshakeParty, type Link, type LinkFollower, type LinkLimits } from '../links/index.ts';
import { type Logger, RepeatSampler } from '../telemetry/index.ts';
import type { Operation } from '../trust/index.ts';
import type { ClusterTrust } from './cluster-trust.ts';
import { type Address, type Contacts, formatAddress, isSameAddress } from './contacts.ts';
import { MembershipExchange } from './exchange.ts';
import type { GroupKeys } from './group-key/index.ts';
import { membershipLimits } from './limits.ts';
import { LinkTable } from './link-table.ts';
import { MemberDialer } from './member-dialer.ts';
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
}

/** The links of this node to the other members: dialled, kept one a pair, closed when the other is no member any more. */
export class MemberLinks {
  readonly #options: MemberLinksOptions;
  readonly #table: LinkTable;
  readonly #exchanges = new Map<Link, MembershipExchange>();
  readonly #dialers = new Map<string, MemberDialer>();
  readonly #failures = new Map<string, SignalboxError>();
  readonly #said = new RepeatSampler();
  /** Links over which the other end has spoken. */
  readonly #heard = new Set<Link>();
  #wasHeard = false;
  #comparing: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(options: MemberLinksOptions) {
    this.#options = options;
    this.#table = new LinkTable(options.party.identity.publicKey);
  }

  /** Dials every other member. */
  start(): void {
    this.#follow();
    this.#comparing = setInterval(() => {
      for (const exchange of this.#exchanges.values()) exchange.compare();
    }, membershipLimits.compareMs).unref();
  }

  stop(): void {
    this.#stopped = true;
    clearInterval(this.#comparing);
    for (const dialer of this.#dialers.values()) dialer.stop();
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
    return this.#failures.get(toBase64url(member));
  }

  /** Takes a link whose other end has proven who it is, from the door or dialled. */
  take(link: Link): void {
    const { trust, contacts, party, ownAddresses, onChange, logger, follower, groupKeys, sameKey } = this.#options;
    const member = link.peer.hello.publicKey;
    if (this.#stopped) {
      link.close(new SignalboxError('NODE_LOST', 'The node stops.', { executed: 'maybe' }));
      return;
    }
    contacts.proved(member, party.nowMs());
    const offer = this.#table.offer(link);
    if (offer === 'outlived') this.#tellLaterStart(link);
    if (offer !== 'kept') return;
    this.#failures.delete(toBase64url(member));
    const exchange = new MembershipExchange({
      link,
      trust,
      contacts,
      self: party.identity.publicKey,
      ownAddresses,
      nowMs: party.nowMs,
      logger,
      onSameKey: (address) => sameKey.outlives(address),
      onGroupKey: (message) => groupKeys.take(exchange, message),
      onAddresses: (members) => this.#addressesLearnt(members, link),
    });
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
    for (const [name, dialer] of this.#dialers) {
      const member = fromBase64url(name, 'the member');
      if (shortNodeId(nodeIdOf(member)) === shortId && this.#table.of(member) === undefined) dialer.wake();
    }
  }

  /** Addresses of members were learnt another way than over a link. */
  addressesLearnt(members: readonly Uint8Array[]): void {
    for (const member of members) if (this.#table.of(member) === undefined) this.#dialers.get(toBase64url(member))?.wake();
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

  /** One dialler for each other member, none for anybody else. */
  #follow(): void {
    const { trust, party } = this.#options;
    const members = new Map<string, Uint8Array>();
    for (const { key } of trust.require().log.state.members.values())
      if (!sameBytes(key, party.identity.publicKey)) members.set(toBase64url(key), key);
    for (const [name, dialer] of this.#dialers) {
      if (members.has(name)) continue;
      dialer.stop();
      this.#dialers.delete(name);
      this.#failures.delete(name);
    }
    for (const [name, member] of members) {
      if (this.#dialers.has(name)) continue;
      const dialer = this.#dialerOf(name, member);
      this.#dialers.set(name, dialer);
      dialer.wake();
    }
  }

  #dialerOf(name: string, member: Uint8Array): MemberDialer {
    const { contacts, party, limits, logger, nearby, onRevoked } = this.#options;
    return new MemberDialer({
      addresses: () => {
        const known = contacts.addressesOf(member);
        return [...known, ...nearby(member).filter((address) => !known.some((other) => isSameAddress(other, address)))];
      },
      dial: ({ host, port }, signal) => dialLink({ host, port, publicKey: member }, party, limits, signal),
      isLinked: () => this.#table.of(member)?.isOpen === true,
      onLink: (link, address) => {
        if (contacts.learn(member, [address], 'answered')) this.#addressesLearnt([member], link);
        this.take(link);
      },
      onFailure: (error) => {
        this.#failures.set(name, error);
        if (error.code === 'REVOKED') onRevoked(error);
        const suppressed = this.#said.take(`${name} ${error.code}`);
        if (suppressed === undefined) return;
        const addresses = contacts.addressesOf(member).map(formatAddress);
        logger.warn('links.notLinked', 'A member could not be linked.', { nodeId: nodeIdOf(member), addresses, error, suppressed });
      },
    });
  }

  #ended(link: Link, reason: SignalboxError): void {
    const { logger, groupKeys, onChange, onRevoked, follower } = this.#options;
    const member = link.peer.hello.publicKey;
    const exchange = this.#exchanges.get(link);
    if (exchange !== undefined) groupKeys.lost(exchange);
    this.#exchanges.delete(link);
    const wasHeard = this.#heard.delete(link);
    if (!this.#table.remove(link)) return;
    follower?.ended(link, reason);
    if (this.#stopped) return;
    const name = toBase64url(member);
    this.#failures.set(name, reason);
    logger.info('links.ended', 'The link to a member has ended.', { nodeId: nodeIdOf(member), code: reason.code, reason: reason.message });
    // From one that is no member itself it is what this node has told it.
    if (reason.code === 'REVOKED' && this.#refusalOf(member) === undefined) onRevoked(reason);
    if (reason.code === 'SELF') void this.#outlived(name, reason, wasHeard);
    else this.#dialers.get(name)?.lost();
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
  async #outlived(name: string, { data }: SignalboxError, wasHeard: boolean): Promise<void> {
    const { contacts, sameKey, logger } = this.#options;
    const { epoch } = (data ?? {}) as { readonly epoch?: unknown };
    try {
      const isRestored = !this.#wasHeard && typeof epoch === 'number' && (await contacts.raiseEpoch(epoch));
      if (isRestored) logger.warn('links.epochRaised', 'A member knows a later start of this node than its own data folder.', { epoch });
      else sameKey.outlived();
      if (wasHeard || isRestored) this.#dialers.get(name)?.lost();
      else this.#dialers.get(name)?.rest();
    } catch (error) {
      logger.error('links.epochNotRaised', 'Members take this node for an older start of itself.', { error });
      this.#dialers.get(name)?.rest();
    }
  }

  #addressesLearnt(members: readonly Uint8Array[], from: Link): void {
    for (const [link, exchange] of this.#exchanges) if (link !== from) exchange.sendAddresses(members);
    for (const member of members) if (this.#table.of(member) === undefined) this.#dialers.get(toBase64url(member))?.wake();
  }
}
