import { SignalboxError } from '../../../../common/errors.ts';
import { nodeIdOf } from '../../identity/index.ts';
import type { LinkFollower } from '../../links/index.ts';
import { noStanding, type PeerStanding } from '../../peers/oversight.ts';
import { TokenBucket } from '../../trust/index.ts';
import type { NodeDirectory } from '../node-directory.ts';
import type { PresenceMessage } from '../presence-message.ts';
import type { NodeMessage, NodeMessages } from '../secure/node-messages.ts';
import type { CarrierListener } from './carrier.ts';
import { carrierLimits } from './limits.ts';
import { LinkCarrier } from './link-carrier.ts';
import { heartbeatOf, linkLostOf, PeerLists, readHeartbeat, readLinkLost, readPeerList } from './peer-lists.ts';
import { RelayCarrier } from './relay-carrier.ts';
import { RelayRoutes } from './relay-routes.ts';

export interface NeighbourhoodOptions {
  /** Public key of this node. */
  readonly self: Uint8Array;
  /** @throws SignalboxError `NOT_MEMBER`, `REVOKED` */
  readonly admit: (publicKey: Uint8Array) => void;
  /** What this node says of itself, signed; undefined before it has counted its start, and while it is in no cluster. */
  readonly presence: () => PresenceMessage | undefined;
  /** Takes what another node says of itself. @throws SignalboxError when it is not proven to be of a member */
  readonly onPresence: (presence: PresenceMessage, kind: 'link' | 'relay') => void;
  readonly received: CarrierListener['received'];
  readonly messages: NodeMessages;
  readonly directory: NodeDirectory;
  /** Says something to a member over whatever way is left. */
  readonly tell: (nodeId: string, text: string) => void;
  /** @param what of whom or where. @param from the neighbour that handed it over */
  readonly onRefused: (what: string, error: unknown, from?: string) => void;
  /** Whom relaying is left to, and whose word on others counts; absent: everybody's. */
  readonly standing?: PeerStanding;
  /** What waited for a member has left. */
  readonly onDrained: (nodeId: string) => void;
  readonly nowMs: () => number;
  readonly monotonicMs?: () => number;
}

/**
 * The members that this node is linked with, and those that they lead to: who is there is said over each link right after it began, on
 * change and every half minute, and whom a node reaches, so that those behind a neighbour are known too.
 */
export class Neighbourhood {
  readonly links: LinkCarrier;
  readonly relay: RelayCarrier;
  readonly #options: NeighbourhoodOptions;
  readonly #self: string;
  readonly #monotonicMs: () => number;
  readonly #standing: PeerStanding;
  readonly #routes: RelayRoutes;
  readonly #lists: PeerLists;
  /** What others say of themselves, as it was proven. */
  readonly #presences = new Map<string, PresenceMessage>();
  /** Neighbours that have spoken over their present link, and were told who this node is after that. */
  readonly #greeted = new Set<string>();
  readonly #buckets = new Map<string, TokenBucket>();
  /** By neighbour, oldest first. */
  readonly #withheld = new Map<string, readonly NodeMessage[]>();
  #beat: NodeJS.Timeout | undefined;
  #listing: NodeJS.Timeout | undefined;

  constructor(options: NeighbourhoodOptions) {
    this.#options = options;
    const { self, admit, received, messages, nowMs, onRefused, onDrained } = options;
    this.#self = nodeIdOf(self);
    const standing = options.standing ?? noStanding;
    this.#standing = standing;
    this.#routes = new RelayRoutes((nodeId) => standing.mayRelay(nodeId));
    this.#monotonicMs = options.monotonicMs ?? (() => performance.now());
    this.links = new LinkCarrier({
      received,
      onRelayed: (bytes, from) => this.relay.take(bytes, from),
      onLinked: (nodeId) => this.#linked(nodeId),
      onEnded: (nodeId, end) => this.#ended(nodeId, end),
      onDrained,
      onRefused: (error, from) => onRefused(`link of ${from}`, error, from),
      nowMs,
    });
    this.relay = new RelayCarrier({
      self,
      links: this.links,
      routes: this.#routes,
      admit,
      received,
      onRefused: (error, from) => onRefused(`relayed by ${from}`, error, from),
      monotonicMs: this.#monotonicMs,
    });
    this.#lists = new PeerLists({
      routes: this.#routes,
      neighbours: () => this.links.neighbours(),
      presenceOf: (nodeId) => this.#presences.get(nodeId),
      send: (nodeId, text) => this.links.send(nodeId, text),
    });
    messages.on('Heartbeat', (from, message) => this.#takeHeartbeat(from, message));
    messages.on('PeerList', (from, message) => this.#takeList(from, message));
    messages.on('LinkLost', (from, message) => this.#takeLinkLost(from, message));
  }

  /** Takes the links of this node's members. */
  get follower(): LinkFollower {
    return this.links;
  }

  /** Members that a neighbour is linked with, as it says. */
  neighboursOf(neighbour: string): readonly string[] {
    return this.#routes.linkedWith(neighbour);
  }

  /** The neighbour through which a member is reached; undefined: none leads there. */
  routeTo(nodeId: string): string | undefined {
    return this.#routes.next(nodeId)?.neighbour;
  }

  /**
   * What was sent to a member through the neighbour of now was not acknowledged.
   *
   * @returns whether another neighbour leads there now
   */
  avoidRoute(nodeId: string): boolean {
    return this.#routes.avoidNext(nodeId, carrierLimits.circuitRestAtMostMs);
  }

  /** Says over every link that this node is there, now and from then on. */
  start(): void {
    this.announce();
    this.#beat = setInterval(() => {
      this.announce();
      this.#lists.send();
      this.#hearWithheld();
    }, carrierLimits.announceMs).unref();
  }

  stop(): void {
    clearInterval(this.#beat);
    clearTimeout(this.#listing);
  }

  /** What this node says of itself is new. */
  announce(): void {
    const presence = this.#options.presence();
    if (presence === undefined) return;
    for (const nodeId of this.links.neighbours()) this.links.send(nodeId, heartbeatOf(presence));
  }

  #linked(nodeId: string): void {
    this.#greeted.delete(nodeId);
    this.#greet(nodeId);
  }

  /** Says to a neighbour who this node is and whom it reaches. */
  #greet(nodeId: string): void {
    this.#lists.forget(nodeId);
    const presence = this.#options.presence();
    if (presence !== undefined) this.links.send(nodeId, heartbeatOf(presence));
    this.#listSoon();
  }

  #ended(nodeId: string, { reason, session, wasSaid }: Parameters<ConstructorParameters<typeof LinkCarrier>[0]['onEnded']>[1]): void {
    const { directory, tell } = this.#options;
    this.relay.forget(nodeId);
    this.#buckets.delete(nodeId);
    this.#greeted.delete(nodeId);
    this.#withheld.delete(nodeId);
    // Before anything is sent again: the other end may believe in the link for half a minute more, and answer into nowhere.
    if (!wasSaid) tell(nodeId, linkLostOf(session));
    // Another link takes the place of one that conflicts with it.
    const mayBeBack = !wasSaid || reason.code === 'CONFLICT';
    directory.unreached(nodeId, 'link', reasonText(reason), mayBeBack ? carrierLimits.linkGraceMs : 0);
    for (const led of this.#routes.drop(nodeId)) this.#routeChanged(led);
    this.#listSoon();
  }

  #takeHeartbeat(from: string, message: NodeMessage): void {
    // One without a status says nothing but that the sender holds the keys.
    if (message.presence === undefined || !this.links.reaches(from)) return;
    const { presence } = readHeartbeat(message);
    if (presence.serviceId !== from)
      throw new SignalboxError('BAD_SIGNATURE', 'A member says over its link who another one is.', { executed: 'no' });
    this.#options.onPresence(presence, 'link');
    this.#presences.set(from, presence);
    if (this.#greeted.has(from)) return;
    // A node that has just been started links before it takes what is said over links: what it was told then it has not heard.
    this.#greeted.add(from);
    this.#greet(from);
  }

  #takeList(from: string, message: NodeMessage): void {
    if (!this.links.reaches(from)) return;
    if (!this.#standing.mayGossip(from)) {
      this.#withhold(from, message);
      return;
    }
    const { peers, presences } = readPeerList(message);
    const fresh = presences.filter((presence) => this.#prove(presence, from));
    const others = peers.filter(({ id }) => id !== this.#self).map(({ id, hops }) => ({ nodeId: id, hops }));
    const changed = new Set([...this.#routes.learn(from, others), ...fresh.map(({ serviceId }) => serviceId)]);
    for (const nodeId of changed) this.#routeChanged(nodeId);
    if (changed.size > 0) this.#listSoon();
  }

  /** What a neighbour says of others that told too much that was wrong: it says each thing once, so it is heard when it is believed again. */
  #withhold(from: string, message: NodeMessage): void {
    const lists = this.#withheld.get(from) ?? [];
    this.#withheld.set(from, [...lists, message].slice(-carrierLimits.withheldLists));
  }

  #hearWithheld(): void {
    for (const [from, lists] of this.#withheld) {
      if (!this.#standing.mayGossip(from)) continue;
      this.#withheld.delete(from);
      for (const message of lists) {
        try {
          this.#takeList(from, message);
        } catch (error) {
          this.#options.onRefused(`list of ${from}`, error, from);
        }
      }
    }
  }

  #takeLinkLost(from: string, message: NodeMessage): void {
    const { session } = readLinkLost(message);
    this.links.drop(from, session, new SignalboxError('NODE_LOST', 'The other end has lost the link.', { executed: 'maybe' }));
  }

  /** Keeps what a node says of itself, brought by another; false when it is not proven. Each costs a signature, so they are counted. */
  #prove(presence: PresenceMessage, from: string): boolean {
    const { serviceId } = presence;
    if (serviceId === this.#self || this.links.reaches(serviceId)) return false;
    if (!this.#bucketOf(from).take(this.#monotonicMs())) return false;
    try {
      this.#options.onPresence(presence, 'relay');
      this.#presences.set(serviceId, presence);
      return true;
    } catch (error) {
      this.#options.onRefused(`list of ${from}`, error, from);
      return false;
    }
  }

  /** A way through a neighbour has come, changed or gone. */
  #routeChanged(nodeId: string): void {
    const { directory, onPresence, onRefused } = this.#options;
    if (!this.relay.reaches(nodeId)) {
      directory.unreached(nodeId, 'relay', 'no other node leads to it any more');
      if (!this.links.reaches(nodeId)) this.#presences.delete(nodeId);
      return;
    }
    const presence = this.#presences.get(nodeId);
    if (presence === undefined || directory.isOpen(nodeId, 'relay')) return;
    try {
      onPresence(presence, 'relay');
    } catch (error) {
      onRefused(`status of ${nodeId}`, error);
    }
  }

  #listSoon(): void {
    this.#listing ??= setTimeout(() => {
      this.#listing = undefined;
      this.#lists.send();
    }, carrierLimits.listDelayMs).unref();
  }

  #bucketOf(neighbour: string): TokenBucket {
    let bucket = this.#buckets.get(neighbour);
    if (bucket === undefined) {
      bucket = new TokenBucket(carrierLimits.presencesPerSecond, carrierLimits.listedPeers, this.#monotonicMs());
      this.#buckets.set(neighbour, bucket);
    }
    return bucket;
  }
}

function reasonText(reason: SignalboxError): string {
  const text = reason.message.replace(/\.$/, '');
  return `${text.charAt(0).toLowerCase()}${text.slice(1)}`;
}
