import { randomUUID } from 'node:crypto';
import { shortNodeId } from '../../../common/ids.ts';
import type { Config } from '../config/index.ts';
import { type KnownKeys, type NodeIdentity, nodeIdOf } from '../identity/index.ts';
import { type HandshakeParty, type LinkFollower, linkLimits } from '../links/index.ts';
import type { Store } from '../store/index.ts';
import type { Logger, Logs, Problems } from '../telemetry/index.ts';
import type { Operation } from '../trust/index.ts';
import type { ClusterTrust } from './cluster-trust.ts';
import { type Address, type Contacts, parseAddress } from './contacts.ts';
import { FarExchanges } from './far-exchanges.ts';
import { GroupKeys } from './group-key/index.ts';
import type { JoinRequests } from './join-requests.ts';
import type { LinkUse } from './link-use.ts';
import { MemberDoor } from './member-door.ts';
import { MemberLinks } from './member-links.ts';
import type { MembershipProblems } from './membership-problems.ts';
import { reachableAddresses } from './own-addresses.ts';
import { SameKeyAlarm } from './same-key-alarm.ts';

export interface ActiveMembershipOptions {
  readonly config: Config;
  readonly identity: NodeIdentity;
  readonly store: Store;
  readonly capabilities: () => readonly string[];
  readonly logs: Logs;
  readonly logger: Logger;
  readonly problems: Problems;
  readonly membershipProblems: MembershipProblems;
  readonly trust: ClusterTrust;
  readonly contacts: Contacts;
  readonly keys: KnownKeys;
  readonly requests: JoinRequests;
  readonly use: LinkUse;
  readonly follower: LinkFollower | undefined;
  readonly start: NodeStart;
  readonly nearby: (shortId: string) => readonly Address[];
  readonly isTrusted: (nodeId: string) => boolean;
  readonly sendFar: (member: Uint8Array, bytes: Uint8Array) => void;
  readonly nowMs: () => number;
  readonly onChange: (change: 'links' | 'invites' | 'rotation') => void;
  readonly onRevoked: (message: string) => void;
}

/** Tells this start of the node apart from others of the same key. */
export interface NodeStart {
  readonly instance: string;
  /** Milliseconds since the epoch. */
  readonly sinceMs: number;
}

/** @param sinceMs now, milliseconds since the epoch */
export function newNodeStart(sinceMs: number): NodeStart {
  return { instance: randomUUID(), sinceMs };
}

/**
 * What runs while this node is in a cluster: its share in the group key, what it says to members over links and over other ways, and the
 * door for them and for who joins. All of it looks at the cluster at any moment, so it begins after the cluster is there and ends before it is forgotten.
 */
export class ActiveMembership {
  readonly groupKeys: GroupKeys;
  readonly far: FarExchanges;
  readonly #options: ActiveMembershipOptions;
  #links: MemberLinks | undefined;
  #door: MemberDoor | undefined;

  constructor(options: ActiveMembershipOptions) {
    this.#options = options;
    const { trust, store, identity, keys, nowMs, logger, problems, onChange } = options;
    this.groupKeys = new GroupKeys({ trust, store, identity, keys, nowMs, logger, problems, onProgress: () => onChange('rotation') });
    this.far = this.#createFar();
  }

  /** A door that cannot listen is a problem of the node, not an error. */
  async start(): Promise<void> {
    this.groupKeys.start();
    if (this.#options.config.get('links.mode') === 'off') return;
    const party = this.#party();
    const links = this.#createLinks(party);
    this.#links = links;
    await this.#openDoor(party, links);
    links.start();
  }

  async stop(): Promise<void> {
    this.#options.requests.endAll();
    this.far.stop();
    this.#links?.stop();
    await this.groupKeys.stop();
    await this.#door?.stop();
  }

  /** Undefined while links are turned off. */
  get links(): MemberLinks | undefined {
    return this.#links;
  }

  /** Undefined while links are turned off. */
  get door(): MemberDoor | undefined {
    return this.#door;
  }

  /** Where other nodes find this one; none while the door is closed. */
  ownAddresses(): readonly Address[] {
    const { config } = this.#options;
    const port = this.#door?.address?.port;
    if (port === undefined) return [];
    const advertised = parseAddress(config.get('links.advertise'));
    return advertised === undefined ? reachableAddresses(config.get('links.host'), port) : [advertised];
  }

  /** @param onTold called when members that are reached another way than over a link have been told, before links to removed ones are closed */
  membershipChanged(operations: readonly Operation[], from: Uint8Array | undefined, onTold: () => void): void {
    // Before whoever was removed is let go: it is told too.
    this.far.membershipChanged(operations, from);
    onTold();
    this.#links?.membershipChanged(operations, from);
    this.groupKeys.membershipChanged(operations);
  }

  #createLinks(party: HandshakeParty): MemberLinks {
    const { trust, contacts, logger, follower, identity, problems, nearby, use, onChange, onRevoked, isTrusted } = this.#options;
    return new MemberLinks({
      trust,
      contacts,
      party,
      limits: linkLimits,
      logger,
      follower,
      groupKeys: this.groupKeys,
      sameKey: new SameKeyAlarm({ nodeId: identity.nodeId, logger, problems }),
      ownAddresses: () => this.ownAddresses(),
      nearby: (member) => nearby(shortNodeId(nodeIdOf(member))),
      onChange: () => onChange('links'),
      onRevoked: (reason) => onRevoked(reason.message),
      isTrusted: (member) => isTrusted(nodeIdOf(member)),
      use,
    });
  }

  #createFar(): FarExchanges {
    const { trust, contacts, identity, nowMs, logger, sendFar, isTrusted } = this.#options;
    return new FarExchanges({
      trust,
      contacts,
      self: identity.publicKey,
      ownAddresses: () => this.ownAddresses(),
      nowMs,
      logger,
      groupKeys: this.groupKeys,
      send: sendFar,
      onAddresses: (members) => this.#links?.addressesLearnt(members),
      isTrusted: (member) => isTrusted(nodeIdOf(member)),
    });
  }

  async #openDoor(party: HandshakeParty, links: MemberLinks): Promise<void> {
    const { config, identity, logs, logger, trust, keys, nowMs, requests, membershipProblems, onChange } = this.#options;
    const door = await MemberDoor.create({
      host: config.get('links.host'),
      port: config.get('links.port'),
      trust,
      identity,
      keys,
      nowMs,
      party,
      requests,
      mustConfirm: () => config.get('links.confirmJoins'),
      onLink: (link) => links.take(link),
      onAttempt: () => onChange('invites'),
      onBurned: (address) => {
        logger.warn('membership.inviteBurned', 'A join code was burned: too many wrong proofs.', { address });
        membershipProblems.burned(address);
      },
      logger,
      linkLogger: logs.logger('links'),
    });
    this.#door = door;
    await door.start();
    membershipProblems.door(door.failure);
  }

  #party(): HandshakeParty {
    const { identity, capabilities, keys, nowMs, trust, contacts, start } = this.#options;
    return {
      identity,
      keys,
      nowMs,
      describe: () => {
        const { log } = trust.require();
        return {
          clusterId: log.clusterId,
          epoch: contacts.epoch,
          instance: start.instance,
          sinceMs: start.sinceMs,
          memberHead: log.headDigest,
          sealingCertificate: trust.sealing.certificate,
          capabilities: [...capabilities()],
        };
      },
      admit: (publicKey) => trust.require().memberOf(publicKey, nowMs()).roles,
    };
  }
}
