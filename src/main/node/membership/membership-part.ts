import type { NodeStatus } from '../../../common/contract/node.ts';
import { SignalboxError, toErrorShape } from '../../../common/errors.ts';
import { leadingNowMs } from '../clock/index.ts';
import type { Config } from '../config/index.ts';
import type { Advertised } from '../discovery/index.ts';
import { KnownKeys, type NodeIdentity, type SecretStore } from '../identity/index.ts';
import { type LinkFollower, linkLimits } from '../links/index.ts';
import type { Startable } from '../startable.ts';
import type { Store } from '../store/index.ts';
import type { Logger, Logs, Problems } from '../telemetry/index.ts';
import { deriveInviteKeys, type InviteTerms, joinCodeOf, newInviteSecret, nodeRoles, type Operation } from '../trust/index.ts';
import { ActiveMembership, type NodeStart, newNodeStart } from './active-membership.ts';
import { advertisedBy } from './advertised.ts';
import { ClusterTrust } from './cluster-trust.ts';
import { type Address, Contacts, formatAddress } from './contacts.ts';
import type { FarExchanges } from './far-exchanges.ts';
import type { GroupKeys } from './group-key/index.ts';
import type { JoinedCluster, JoinGuest } from './join-guest.ts';
import { JoinRequests } from './join-requests.ts';
import { linkDegree, membershipLimits } from './limits.ts';
import { LinkUse } from './link-use.ts';
import type { MemberLinks } from './member-links.ts';
import { MembershipProblems } from './membership-problems.ts';

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
  readonly #start: NodeStart;
  readonly #logger: Logger;
  readonly #problems: MembershipProblems;
  #trust: ClusterTrust | undefined;
  #contacts: Contacts | undefined;
  #active: ActiveMembership | undefined;
  #follower: LinkFollower | undefined;
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
    this.#start = newNodeStart(this.#nowMs());
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
      this.#active?.groupKeys.upkeep();
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
      reached: (member) => this.#active?.far.reached(member),
      lost: (member) => this.#active?.far.lost(member),
      message: (member, bytes) => this.#active?.far.take(member, bytes),
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
    return this.#active?.links;
  }

  /** The group key and its rotation; undefined while the node is in no cluster. */
  get groupKeys(): GroupKeys | undefined {
    return this.#active?.groupKeys;
  }

  /** Where other nodes find this one; none while the door is closed. */
  ownAddresses(): readonly Address[] {
    return this.#active?.ownAddresses() ?? [];
  }

  /** Lets a node in that waits. @throws SignalboxError as `JoinRequests.admit`; `FORBIDDEN`, `NOT_MEMBER` */
  admit(requestId: string, number: string | undefined, roles: number): ReturnType<JoinRequests['admit']> {
    this.trust.requireAdmin();
    return this.requests.admit(requestId, number, roles);
  }

  /** What the local network may know of this node; undefined while no other machine could reach it. */
  advertised(): Advertised | undefined {
    const { identity, config } = this.#options;
    const address = this.#active?.door?.address;
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
      this.trust.requireLeavable();
      // Links and group keys look at the cluster at any moment: they end before it is forgotten.
      await this.#close();
      try {
        await this.trust.leave();
      } catch (error) {
        if (this.trust.membership !== undefined) await this.#open();
        throw error;
      }
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
    if (this.#active?.door?.address === undefined)
      throw new SignalboxError(
        'CONFLICT',
        `No node could join here: the door for other nodes is closed. ${this.#active?.door?.failure ?? 'Set links.mode to auto and restart.'}`,
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
    const door = this.#active?.door;
    if (door === undefined) return [];
    const { config } = this.#options;
    const host = config.get('links.host');
    const port = door.address?.port ?? null;
    return [
      {
        name: 'node links',
        address: host,
        port: port ?? config.get('links.port'),
        state: port === null ? 'failed' : 'listening',
        detail: port === null ? door.failure : `TLS 1.3, ${this.ownAddresses().map(formatAddress).join(', ')}`,
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
    const { nearby = () => [] } = this.#options;
    const active = new ActiveMembership({
      ...this.#options,
      logger: this.#logger,
      membershipProblems: this.#problems,
      trust: this.trust,
      contacts: this.#contacts as Contacts,
      keys: this.#keys,
      requests: this.requests,
      use: this.#use,
      follower: this.#follower,
      start: this.#start,
      nearby,
      isTrusted: (nodeId) => this.#isTrusted(nodeId),
      sendFar: (member, bytes) => this.#sendFar?.(member, bytes),
      nowMs: this.#nowMs,
      onChange: (change) => this.#tell(change),
      onRevoked: (message) => this.#revoked(message),
    });
    this.#active = active;
    await active.start();
    this.#checkSelf();
    await this.#maintain();
  }

  async #close(): Promise<void> {
    const active = this.#active;
    this.#active = undefined;
    await active?.stop();
  }

  #changed(operations: readonly Operation[], from: Uint8Array | undefined): void {
    const onTold = () => this.#tell('members');
    if (this.#active === undefined) onTold();
    else this.#active.membershipChanged(operations, from, onTold);
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
