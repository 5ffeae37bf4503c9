import { randomUUID } from 'node:crypto';
import type { NodeStatus } from '../../../common/contract/node.ts';
import { SignalboxError, toErrorShape } from '../../../common/errors.ts';
import { shortNodeId } from '../../../common/ids.ts';
import { leadingNowMs } from '../clock/index.ts';
import type { Config } from '../config/index.ts';
import type { Advertised } from '../discovery/index.ts';
import { KnownKeys, type NodeIdentity, nodeIdOf, type SecretStore } from '../identity/index.ts';
import { type HandshakeParty, type LinkFollower, linkLimits } from '../links/index.ts';
import type { Startable } from '../startable.ts';
import type { Store } from '../store/index.ts';
import type { Logger, Logs, Problems } from '../telemetry/index.ts';
import { deriveInviteKeys, type InviteTerms, joinCodeOf, newInviteSecret, nodeRoles, type Operation } from '../trust/index.ts';
import { advertisedBy } from './advertised.ts';
import { ClusterTrust } from './cluster-trust.ts';
import { type Address, Contacts, formatAddress, parseAddress } from './contacts.ts';
import { FarExchanges } from './far-exchanges.ts';
import { GroupKeys } from './group-key/index.ts';
import type { JoinedCluster, JoinGuest } from './join-guest.ts';
import { JoinRequests } from './join-requests.ts';
import { linkDegree, membershipLimits } from './limits.ts';
import { LinkUse } from './link-use.ts';
import { MemberDoor } from './member-door.ts';
import { MemberLinks } from './member-links.ts';
import { MembershipProblems } from './membership-problems.ts';
import { reachableAddresses } from './own-addresses.ts';
import { SameKeyAlarm } from './same-key-alarm.ts';

export interface MembershipPartOptions {
  readonly config: Config;
  readonly identity: NodeIdentity;
  readonly secrets: SecretStore;
  readonly store: Store;
  readonly capabilities: () => readonly string[];
  readonly logs: Logs;
  readonly problems: Problems;
  /** Where nodes that borrow or have this short id were found on the local network. */
  readonly nearby?: (shortId: string) => readonly Address[];
  readonly nowMs?: () => number;
}

/** What of the membership is another than before, as screens follow it. */
export type MembershipChange = 'cluster' | 'members' | 'links' | 'invites' | 'requests' | 'rotation';

/** This node as a member of a cluster: the membership it keeps, the door for other members and for joining, the links to them. */
export class MembershipPart implements Startable {
  readonly #options: MembershipPartOptions;
  readonly #keys = new KnownKeys();
  readonly #nowMs: () => number;
  /** Tells this start apart from others of the same key. */
  readonly #instance = randomUUID();
  readonly #sinceMs: number;
  readonly #logger: Logger;
  readonly #problems: MembershipProblems;
  #trust: ClusterTrust | undefined;
  #contacts: Contacts | undefined;
  #door: MemberDoor | undefined;
  #links: MemberLinks | undefined;
  #follower: LinkFollower | undefined;
  #groupKeys: GroupKeys | undefined;
  #far: FarExchanges | undefined;
  readonly #use = new LinkUse(() => performance.now());
  #isTrusted: (nodeId: string) => boolean = () => true;
  #sendFar: ((member: Uint8Array, bytes: Uint8Array) => void) | undefined;
  #upkeep: NodeJS.Timeout | undefined;
  /** Nodes that wait to be let in here. */
  readonly requests: JoinRequests;
  readonly #stopping = new AbortController();
  #isJoining = false;
  readonly #listeners = new Set<(change: MembershipChange) => void>();
  #changing: Promise<unknown> = Promise.resolve();

  constructor(options: MembershipPartOptions) {
    this.#options = options;
    this.#nowMs = options.nowMs ?? leadingNowMs;
    this.#sinceMs = this.#nowMs();
    this.#logger = options.logs.logger('membership');
    this.#problems = new MembershipProblems(options.problems);
    this.requests = new JoinRequests({
      nowMs: this.#nowMs,
      onChange: () => {
        this.#problems.requests(this.requests.list());
        this.#tell('requests');
      },
    });
  }

  /** @throws SignalboxError `STORAGE_FULL`, `INTERNAL` when what is stored is not valid. A door that cannot listen is a problem of the node, not its end. */
  async start(): Promise<void> {
    const { store, secrets, identity } = this.#options;
    this.#contacts = await Contacts.load(store);
    this.#trust = await ClusterTrust.load({ store, secrets, identity, keys: this.#keys, nowMs: this.#nowMs });
    this.#trust.onChange((operations, from) => this.#changed(operations, from));
    this.#upkeep = setInterval(() => {
      void this.#maintain();
      this.#groupKeys?.upkeep();
    }, membershipLimits.checkpointMs).unref();
    if (this.#trust.membership !== undefined) await this.#open();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    // What is being created or joined opens its door first, so that it is closed here.
    await this.#changing;
    clearInterval(this.#upkeep);
    await this.#close();
    await this.#contacts?.settled();
  }

  /** @throws SignalboxError `CONFLICT` before the start */
  get trust(): ClusterTrust {
    if (this.#trust !== undefined) return this.#trust;
    throw new SignalboxError('CONFLICT', 'The node is still starting.', { retryable: true, executed: 'no' });
  }

  /** Hands what members say over links, beside the membership, to somebody. Before {@link start}. */
  followLinks(follower: LinkFollower): void {
    this.#follower = follower;
  }

  /**
   * Takes part over other ways than links too.
   *
   * @param send carries bytes to a member, proven and sealed. Before {@link start}
   * @returns told of members that can be spoken to that way, and of what they say
   */
  followFar(send: (member: Uint8Array, bytes: Uint8Array) => void): Pick<FarExchanges, 'reached' | 'lost'> & {
    message(member: Uint8Array, bytes: Buffer): void;
  } {
    this.#sendFar = send;
    return {
      reached: (member) => this.#far?.reached(member),
      lost: (member) => this.#far?.lost(member),
      message: (member, bytes) => this.#far?.take(member, bytes),
    };
  }

  /** Asks from now on whether a member may be a shortcut for others, and is believed what it says of addresses. */
  judgeBy(isTrusted: (nodeId: string) => boolean): void {
    this.#isTrusted = isTrusted;
  }

  /** A message leaves for a member, whatever way: one that is sent much is given a link. */
  sent(nodeId: string): void {
    this.#use.sent(nodeId);
  }

  /** How many links a node of this cluster keeps. */
  get degree(): { readonly least: number; readonly most: number } {
    const others = (this.#trust?.membership?.log.state.members.size ?? 1) - 1;
    if (others < linkDegree.fullMembers) return { least: others, most: others };
    return { least: linkDegree.least, most: linkDegree.most };
  }

  /** As {@link trust}; undefined before the start. */
  get trustIfStarted(): ClusterTrust | undefined {
    return this.#trust;
  }

  get contacts(): Contacts | undefined {
    return this.#contacts;
  }

  /** Undefined while there are none: in no cluster, or turned off. */
  get links(): MemberLinks | undefined {
    return this.#links;
  }

  /** The group key and its rotation; undefined while the node is in no cluster. */
  get groupKeys(): GroupKeys | undefined {
    return this.#groupKeys;
  }

  /** Where other nodes find this one; none while the door is closed. */
  ownAddresses(): readonly Address[] {
    const { config } = this.#options;
    const port = this.#door?.address?.port;
    if (port === undefined) return [];
    const advertised = parseAddress(config.get('links.advertise'));
    return advertised === undefined ? reachableAddresses(config.get('links.host'), port) : [advertised];
  }

  /** Lets a node in that waits. @throws SignalboxError as `JoinRequests.admit`; `FORBIDDEN`, `NOT_MEMBER` */
  admit(requestId: string, number: string | undefined, roles: number): ReturnType<JoinRequests['admit']> {
    this.trust.requireAdmin();
    return this.requests.admit(requestId, number, roles);
  }

  /** What the local network may know of this node; undefined while no other machine could reach it. */
  advertised(): Advertised | undefined {
    const { identity, config } = this.#options;
    const address = this.#door?.address;
    return address === undefined
      ? undefined
      : advertisedBy(this.trust, { nodeId: identity.nodeId, name: config.get('node.name') }, address);
  }

  /** Calls `listener` after each change. @returns how to stop */
  onChange(listener: (change: MembershipChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Founds a cluster. @returns the recovery words, told once. @throws SignalboxError `CONFLICT`, `INVALID_PARAMS`, `STORAGE_FULL` */
  create(name: string): Promise<readonly string[]> {
    return this.#alone(async () => {
      const words = await this.trust.create(name, this.#options.config.get('node.name'));
      await this.#open();
      this.#tell('cluster');
      return words;
    });
  }

  /**
   * Becomes a member of what `ask` brings.
   *
   * @throws SignalboxError `CONFLICT` when the node is in a cluster or is joining one, `STORAGE_FULL`, and what `ask` throws
   */
  async join(ask: (guest: JoinGuest) => Promise<JoinedCluster & { readonly address: Address }>): Promise<void> {
    const { config, identity } = this.#options;
    this.trust.requireNone();
    // Asking may take minutes, for people decide; creating or leaving a cluster does not wait for it.
    if (this.#isJoining)
      throw new SignalboxError('CONFLICT', 'This node is joining a cluster already. Cancel that first.', { executed: 'no' });
    this.#isJoining = true;
    const joined = await ask({
      identity,
      keys: this.#keys,
      sealing: this.trust.sealing,
      name: config.get('node.name'),
      nowMs: this.#nowMs,
      limits: linkLimits,
      signal: this.#stopping.signal,
    }).finally(() => {
      this.#isJoining = false;
    });
    await this.#alone(async () => {
      if (this.#stopping.signal.aborted) throw new SignalboxError('CANCELLED', 'The node stops.', { executed: 'no' });
      await this.trust.join(joined);
      this.#contacts?.learn(joined.inviter, [joined.address], 'answered');
      await this.#open();
      this.#tell('cluster');
    });
  }

  /** Forgets the cluster on this node. @throws SignalboxError `NOT_MEMBER`, `CONFLICT`, `STORAGE_FULL` */
  leave(): Promise<void> {
    return this.#alone(async () => {
      await this.trust.leave();
      await this.#close();
      this.#tell('cluster');
      this.#contacts?.forget();
      this.#problems.clear();
    });
  }

  /**
   * Opens an invitation.
   *
   * @param terms bits of `nodeRoles` without admin, milliseconds, and how many nodes may join
   * @returns the code, told once
   * @throws SignalboxError `NOT_MEMBER`, `FORBIDDEN` when this node is no admin, `CONFLICT` when nobody could reach it, `OVERLOADED`, `STORAGE_FULL`
   */
  async invite(
    terms: Required<InviteTerms>,
  ): Promise<{ readonly inviteId: Uint8Array; readonly code: string; readonly expiresMs: number }> {
    const { identity } = this.#options;
    this.trust.requireAdmin();
    if (this.#door?.address === undefined)
      throw new SignalboxError(
        'CONFLICT',
        `No node could join here: the door for other nodes is closed. ${this.#door?.failure ?? 'Set links.mode to auto and restart.'}`,
        { executed: 'no' },
      );
    const secret = newInviteSecret();
    const { inviteId, expiresMs } = await this.trust.invites.open(await deriveInviteKeys(secret), terms, identity, this.#nowMs());
    this.#problems.burned(null);
    this.#tell('invites');
    return { inviteId, code: joinCodeOf(secret), expiresMs };
  }

  /** Makes an invitation worthless. @throws SignalboxError `STORAGE_FULL` */
  async withdraw(inviteId: Uint8Array): Promise<void> {
    await this.trust.invites.withdraw(inviteId);
    this.#tell('invites');
  }

  /** For `node.status`; none while the node is in no cluster or links are off. */
  listeners(): NodeStatus['listeners'] {
    if (this.#door === undefined) return [];
    const { config } = this.#options;
    const host = config.get('links.host');
    const port = this.#door.address?.port ?? null;
    return [
      {
        name: 'node links',
        address: host,
        port: port ?? config.get('links.port'),
        state: port === null ? 'failed' : 'listening',
        detail: port === null ? this.#door.failure : `TLS 1.3, ${this.ownAddresses().map(formatAddress).join(', ')}`,
      },
    ];
  }

  #tell(change: MembershipChange): void {
    for (const listener of this.#listeners) listener(change);
  }

  /** Creating and joining, one after the other: the second finds what the first has done. */
  #alone<T>(act: () => Promise<T>): Promise<T> {
    const done = this.#changing.then(act);
    this.#changing = done.catch(() => undefined);
    return done;
  }

  async #open(): Promise<void> {
    const { identity, store, problems } = this.#options;
    const groupKeys = new GroupKeys({
      trust: this.trust,
      store,
      identity,
      keys: this.#keys,
      nowMs: this.#nowMs,
      logger: this.#logger,
      problems,
      onProgress: () => this.#tell('rotation'),
    });
    this.#groupKeys = groupKeys;
    groupKeys.start();
    this.#far = this.#createFar(groupKeys);
    if (this.#options.config.get('links.mode') === 'off') this.#checkSelf();
    else await this.#openLinks(groupKeys);
    await this.#maintain();
  }

  async #openLinks(groupKeys: GroupKeys): Promise<void> {
    const party = this.#party();
    const links = new MemberLinks({
      trust: this.trust,
      contacts: this.#contacts as Contacts,
      party,
      limits: linkLimits,
      logger: this.#logger,
      follower: this.#follower,
      groupKeys,
      sameKey: new SameKeyAlarm({ nodeId: this.#options.identity.nodeId, logger: this.#logger, problems: this.#options.problems }),
      ownAddresses: () => this.ownAddresses(),
      nearby: (member) => this.#options.nearby?.(shortNodeId(nodeIdOf(member))) ?? [],
      onChange: () => this.#tell('links'),
      onRevoked: (reason) => this.#revoked(reason.message),
      isTrusted: (member) => this.#isTrusted(nodeIdOf(member)),
      use: this.#use,
    });
    this.#links = links;
    await this.#openDoor(party, links);
    links.start();
    this.#checkSelf();
  }

  #createFar(groupKeys: GroupKeys): FarExchanges {
    return new FarExchanges({
      trust: this.trust,
      contacts: this.#contacts as Contacts,
      self: this.#options.identity.publicKey,
      ownAddresses: () => this.ownAddresses(),
      nowMs: this.#nowMs,
      logger: this.#logger,
      groupKeys,
      send: (member, bytes) => this.#sendFar?.(member, bytes),
      onAddresses: (members) => this.#links?.addressesLearnt(members),
      isTrusted: (member) => this.#isTrusted(nodeIdOf(member)),
    });
  }

  async #close(): Promise<void> {
    const [links, door, groupKeys, far] = [this.#links, this.#door, this.#groupKeys, this.#far];
    this.#far = undefined;
    this.#links = undefined;
    this.#door = undefined;
    this.#groupKeys = undefined;
    this.requests.endAll();
    far?.stop();
    links?.stop();
    await groupKeys?.stop();
    await door?.stop();
  }

  async #openDoor(party: HandshakeParty, links: MemberLinks): Promise<void> {
    const { config, identity, logs } = this.#options;
    const door = await MemberDoor.create({
      host: config.get('links.host'),
      port: config.get('links.port'),
      trust: this.trust,
      identity,
      keys: this.#keys,
      nowMs: this.#nowMs,
      party,
      requests: this.requests,
      mustConfirm: () => config.get('links.confirmJoins'),
      onLink: (link) => links.take(link),
      onAttempt: () => this.#tell('invites'),
      onBurned: (address) => {
        this.#logger.warn('membership.inviteBurned', 'A join code was burned: too many wrong proofs.', { address });
        this.#problems.burned(address);
      },
      logger: this.#logger,
      linkLogger: logs.logger('links'),
    });
    this.#door = door;
    await door.start();
    this.#problems.door(door.failure);
  }

  #party(): HandshakeParty {
    const { identity, capabilities } = this.#options;
    return {
      identity,
      keys: this.#keys,
      nowMs: this.#nowMs,
      describe: () => {
        const { log } = this.trust.require();
        return {
          clusterId: log.clusterId,
          epoch: this.#contacts?.epoch ?? 0,
          instance: this.#instance,
          sinceMs: this.#sinceMs,
          memberHead: log.headDigest,
          sealingCertificate: this.trust.sealing.certificate,
          capabilities: [...capabilities()],
        };
      },
      admit: (publicKey) => this.trust.require().memberOf(publicKey, this.#nowMs()).roles,
    };
  }

  #changed(operations: readonly Operation[], from: Uint8Array | undefined): void {
    // Before whoever was removed is let go: it is told too.
    this.#far?.membershipChanged(operations, from);
    this.#tell('members');
    this.#links?.membershipChanged(operations, from);
    this.#groupKeys?.membershipChanged(operations);
    this.#checkSelf();
  }

  /** Says so for as long as this node is no member by what it knows itself. */
  #checkSelf(): void {
    try {
      this.trust.self();
      this.#problems.revoked(null, '');
    } catch (error) {
      this.#revoked(toErrorShape(error).message);
    }
  }

  #revoked(message: string): void {
    this.#problems.revoked(message, this.trust.membership?.log.genesis.name ?? '');
  }

  /** An admin says that it was there, so that nobody trusts a membership that is out of date; the sealing key changes when it is due. */
  async #maintain(): Promise<void> {
    const trust = this.trust;
    const now = this.#nowMs();
    try {
      if (trust.sealing.isDue(now)) await trust.sealing.rotate(now);
      await trust.sealing.dropFormer(now);
      const membership = trust.membership;
      const self = membership?.log.state.members.get(Buffer.from(this.#options.identity.publicKey).toString('hex'));
      if (self !== undefined && (self.roles & nodeRoles.admin) !== 0) await trust.sign({ kind: 'checkpoint' });
    } catch (error) {
      this.#logger.warn('membership.upkeepFailed', 'The upkeep of the membership failed and is tried again later.', { error });
    }
  }
}
