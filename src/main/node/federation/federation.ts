import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { CarrierKind } from '../../../common/contract/nodes.ts';
import { SignalboxError } from '../../../common/errors.ts';
import type { Role } from '../../../common/roles.ts';
import { leadingNowMs } from '../clock/index.ts';
import { KnownKeys, type Signer } from '../identity/index.ts';
import { type AuditSink, checkFilter, type Router } from '../router/index.ts';
import { Turn } from '../router/turn.ts';
import type { Startable } from '../startable.ts';
import type { Store } from '../store/index.ts';
import { type Logger, type Metrics, type Problems, RepeatSampler } from '../telemetry/index.ts';
import { BrokerWatch } from './broker-watch.ts';
import { Circuits } from './carriers/circuits.ts';
import { MqttCarrier } from './carriers/mqtt-carrier.ts';
import { Neighbourhood } from './carriers/neighbourhood.ts';
import { Reach } from './carriers/reach.ts';
import { ClockWatch } from './clock-watch.ts';
import { nextEpoch } from './epoch-store.ts';
import { EventRelay } from './event-relay.ts';
import { FederationMetrics } from './federation-metrics.ts';
import type { Form } from './form.ts';
import { formOf, Gateway, type LocalSide } from './gateway.ts';
import { Incoming } from './incoming.ts';
import type { LinkTarget } from './link-target.ts';
import { MessageAges } from './message-ages.ts';
import { isCongested, type LinkState, MqttLink } from './mqtt-link.ts';
import { NodeDirectory } from './node-directory.ts';
import { Outgoing } from './outgoing.ts';
import { Presence, type SelfDescription } from './presence.ts';
import { compareStarts, type PresenceMessage } from './presence-message.ts';
import { RefusedMessages } from './refused-messages.ts';
import { RemoteClients } from './remote-clients.ts';
import { type Grant, grantOf, principalOf } from './remote-principal.ts';
import { RouterIntake } from './router-intake.ts';
import { type ClusterView, checkPresence, MemberTraffic, signPresence } from './secure/index.ts';
import { MemberControl } from './secure/member-control.ts';
import { MembershipWatch } from './secure/membership-watch.ts';
import { keyOfNode } from './secure/node-keys.ts';
import { Statuses } from './secure/statuses.ts';
import { FederationTopics } from './topics.ts';

/** A broker that hangs must not keep the node from stopping; its will says the same. */
const farewellMs = 1_000;

export interface FederationOptions {
  readonly nodeId: string;
  readonly identity: Signer;
  /** The cluster this node belongs to; absent, or undefined: none. */
  readonly cluster?: () => ClusterView | undefined;
  readonly version: string;
  readonly self: () => SelfDescription;
  readonly prefix: string;
  /** False: there is no broker to use, and members are reached over links alone; asked at the start. Absent: there is one. */
  readonly usesBroker?: () => boolean;
  /** Where the broker is; asked at each attempt to connect. */
  readonly target: () => Promise<LinkTarget>;
  readonly keepaliveSeconds: number;
  /** Whether the broker is on this machine: nothing unsigned is taken from beyond. Absent: it is. */
  readonly isBrokerLocal?: () => boolean;
  /** Setting `federation.acceptUnsigned`: unsigned messages are taken in a cluster too. */
  readonly acceptUnsigned: () => boolean;
  /** The most that somebody on a node which does not sign may do here. */
  readonly unsignedRole: () => Role;
  readonly store: Store;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly problems: Problems;
  readonly audit?: AuditSink;
  readonly nowMs?: () => number;
}

/** This node among others: its link to the MQTT broker, its presence, and the way of calls and events to and from other nodes. */
export class Federation implements Startable {
  readonly directory: NodeDirectory;
  readonly link: MqttLink;
  readonly presence: Presence;
  /** The router's way to other nodes. */
  readonly gateway: Gateway;
  readonly clocks: ClockWatch;
  readonly metrics = new FederationMetrics();
  /** What passes between this node and the other members of its cluster. */
  readonly members: MemberTraffic;
  /** What members without a link between them say about the membership. */
  readonly control: MemberControl;
  /** The ways to other nodes. */
  readonly reach = new Reach();
  /** Members that this node is linked with, and whom they lead to. */
  readonly neighbourhood: Neighbourhood;
  /** Nodes that are left alone because they do not answer. */
  readonly circuits: Circuits;
  readonly #options: FederationOptions;
  readonly #nowMs: () => number;
  readonly #keys = new KnownKeys();
  readonly #topics: FederationTopics;
  readonly #refused: RefusedMessages;
  readonly #statuses: Statuses;
  readonly #membership: MembershipWatch;
  readonly #incoming: Incoming;
  readonly #outgoing: Outgoing;
  readonly #turn = new Turn();
  readonly #unsent = new RepeatSampler();
  readonly #brokerWatch: BrokerWatch;
  #router: Router | undefined;
  #clients: RemoteClients | undefined;
  #relay: EventRelay | undefined;
  #wasConnected = false;
  #stopped = false;

  constructor(options: FederationOptions) {
    this.#options = options;
    const { nodeId, logger } = options;
    const nowMs = options.nowMs ?? leadingNowMs;
    this.#nowMs = nowMs;
    const topics = new FederationTopics(options.prefix);
    this.#topics = topics;
    this.directory = new NodeDirectory(nowMs);
    this.circuits = new Circuits({ logger, monotonicMs: () => performance.now() });
    this.presence = this.#createPresence();
    this.#brokerWatch = new BrokerWatch(options.problems);
    this.#refused = new RefusedMessages({ onRefused: (code) => this.metrics.refuse(code), audit: options.audit, logger });
    const intake = new RouterIntake({
      onMessage: (message, arrival) => this.gateway.receive(message, arrival),
      onReceived: (count) => this.metrics.received(count),
      refused: this.#refused,
    });
    const offsetMs = (id: string) => this.directory.get(id)?.clockOffsetMs;
    const ages = new MessageAges({ offsetMs, onClockDoubt: (id) => this.clocks.doubt(id, false), nowMs });
    this.#statuses = this.#createStatuses();
    this.members = this.#createMembers(intake, ages);
    this.control = new MemberControl({
      directory: this.directory,
      members: this.members,
      onUnsent: (id, error) => this.#notSent(id, error),
    });
    this.#incoming = new Incoming({
      nodeId,
      topics,
      acceptUnsigned: () => this.acceptsUnsigned,
      isMember: (id) => this.#membership.isMember(id),
      offsetMs,
      onTimeRefused: (id) => this.clocks.doubt(id, true),
      formOf: (id) => {
        const node = this.directory.get(id);
        return node === undefined ? 'bare' : formOf(node);
      },
      onStatus: (presence, retained) => this.#statuses.take(presence, retained),
      onSecured: (payload, topic) => this.members.receive(payload, topic),
      intake,
      ages,
      refused: this.#refused,
      nowMs,
    });
    this.link = new MqttLink({
      target: options.target,
      session: () => this.presence.nextSession(),
      filters: [topics.inbox(nodeId), topics.broadcast, topics.status('+')],
      keepaliveSeconds: options.keepaliveSeconds,
      onMessage: (topic, payload, retained) => this.#incoming.receive(topic, payload, retained),
      onState: (state) => this.#linkChanged(state),
      logger,
      nowMs,
    });
    this.reach.add(new MqttCarrier({ link: this.link, topics, isPresent: (id) => this.directory.isOpen(id, 'mqtt') }));
    this.neighbourhood = this.#createNeighbourhood();
    this.reach.add(this.neighbourhood.links);
    this.reach.add(this.neighbourhood.relay);
    this.#outgoing = this.#createOutgoing();
    this.gateway = new Gateway({
      nodeId,
      instance: randomBytes(6).toString('hex'),
      topics,
      link: this.link,
      reach: this.reach,
      circuits: this.circuits,
      directory: this.directory,
      outgoing: this.#outgoing,
      acceptUnsigned: () => this.acceptsUnsigned,
      checkSelf: () => void this.#cluster()?.memberOf(options.identity.publicKey),
      here: () => this.#here(),
      logger,
      nowMs,
    });
    this.clocks = new ClockWatch({ gateway: this.gateway, directory: this.directory, nodeId, nowMs });
    this.#membership = new MembershipWatch({
      cluster: () => this.#cluster(),
      directory: this.directory,
      sessions: this.members.sessions,
      acceptUnsigned: () => this.acceptsUnsigned,
      // What this node says, and its will, is signed for the cluster it belongs to.
      clusterChanged: () => void this.link.reconnect(),
    });
    this.#exposeMetrics();
  }

  /** Whether messages without proof of their sender are taken: only from this machine, and in a cluster only when it was asked for (wire.md 2). */
  get acceptsUnsigned(): boolean {
    const { isBrokerLocal, acceptUnsigned } = this.#options;
    return (isBrokerLocal?.() ?? true) && (this.#cluster() === undefined || acceptUnsigned());
  }

  /** True while no other node can be reached, for none is looked for: there is neither a broker nor a cluster. */
  get isAlone(): boolean {
    return this.#options.usesBroker?.() === false && this.#cluster() === undefined;
  }

  /** Other nodes that have called this one, and what of them runs here. */
  get clients(): RemoteClients {
    return this.#here().clients;
  }

  /** Events of this node for others. */
  get relay(): EventRelay {
    return this.#here().relay;
  }

  /** Joins this node's router, which was made with {@link gateway}. Before {@link start}. */
  attach(router: Router): void {
    this.#router = router;
    this.#clients = new RemoteClients({
      nodeId: this.#options.nodeId,
      grantTo: (origin, form) => this.#grantTo(origin, form),
      execute: (request, caller) => router.execute(request, caller),
      send: (target, form, message) => this.#outgoing.send(target, form, message),
      congested: (nodeId) => this.reach.isCongested(nodeId),
      nowMs: this.#nowMs,
    });
    this.#relay = new EventRelay({
      subscribe: (subscriber, filter) => router.subscribe(subscriber, filter),
      unsubscribe: (subscriber, filter) => router.unsubscribe(subscriber, filter),
      publish: (topic, texts, readers) => this.#outgoing.publishEvents(topic, texts, readers),
      send: (nodeId, texts) => this.#outgoing.sendEvents(nodeId, texts),
      wayTo: (nodeId) => this.reach.best(nodeId)?.kind,
      congested: (nodeId) => (nodeId === undefined ? !this.link.connected || isCongested(this.link) : this.reach.isCongested(nodeId)),
      turn: this.#turn,
    });
  }

  /**
   * Counts this start and begins to connect; does not wait for the broker.
   *
   * @throws SignalboxError `STORAGE_FULL`: without a durable epoch nobody could tell this start from the last
   */
  async start(): Promise<void> {
    const epoch = await nextEpoch(this.#options.store);
    if (this.#options.cluster !== undefined) await this.members.start();
    // Somebody asked to stop while the epoch was stored.
    if (this.#stopped) return;
    this.presence.start(epoch);
    this.#membership.changed();
    this.neighbourhood.start();
    if (this.#options.usesBroker?.() !== false) await this.link.start();
  }

  /** Says good-bye, then disconnects. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#brokerWatch.stop();
    this.clocks.stop();
    this.gateway.stop();
    this.neighbourhood.stop();
    this.directory.stop();
    this.presence.stop();
    if (this.link.connected)
      await Promise.race([this.link.publishConfirmed(this.presence.farewell()), pause(farewellMs, undefined, { ref: false })]);
    this.control.stop();
    this.members.stop();
    await this.link.stop();
  }

  /** The node has joined or left a cluster, or somebody was let in or removed: it takes effect now. */
  membershipChanged(): void {
    if (this.#stopped) return;
    this.#membership.changed();
    this.#statuses.membershipChanged();
    this.control.tellAgain();
  }

  #cluster(): ClusterView | undefined {
    return this.#options.cluster?.();
  }

  /** @throws SignalboxError `NOT_MEMBER`, `REVOKED` */
  #grantTo(origin: string, form: Form): Grant {
    const view = this.#cluster();
    if (form !== 'secure' || view === undefined) return { role: this.#options.unsignedRole() };
    return grantOf(view.memberOf(keyOfNode(origin)).roles, view.isStale());
  }

  #createPresence(): Presence {
    const { nodeId, identity, version, self, store, logger, problems } = this.#options;
    return new Presence({
      nodeId,
      publicKey: identity.publicKey,
      version,
      self,
      topic: this.#topics.status(nodeId),
      publish: (message) => this.link.publish(message),
      onAnnounced: () => this.neighbourhood.announce(),
      sign: (presence) => {
        const view = this.#cluster();
        return view === undefined ? presence : signPresence(presence, view.clusterId, identity);
      },
      yield: () => void this.link.stop(),
      raiseEpoch: async (above) => {
        const epoch = await nextEpoch(store, above + 1);
        // What was agreed on under the former epoch counts for an earlier start.
        this.members.sessions.forgetAll(new SignalboxError('NODE_LOST', 'This node counts its starts anew.', { executed: 'no' }));
        return epoch;
      },
      reconnect: () => void this.link.reconnect(),
      logger,
      problems,
      nowMs: this.#nowMs,
    });
  }

  #createStatuses(): Statuses {
    return new Statuses({
      nodeId: this.#options.nodeId,
      keys: this.#keys,
      cluster: () => this.#cluster(),
      isMember: (id) => this.#membership.isMember(id),
      acceptUnsigned: () => this.acceptsUnsigned,
      onStatus: (presence, signed) => this.#met(presence, 'mqtt', signed),
      onOwn: (presence, retained) => this.presence.heardOwn(presence, retained),
    });
  }

  #createMembers(intake: RouterIntake, ages: MessageAges): MemberTraffic {
    const { nodeId, identity, store } = this.#options;
    return new MemberTraffic({
      nodeId,
      identity,
      keys: this.#keys,
      cluster: () => this.#cluster(),
      epoch: () => this.presence.epoch,
      carrierTo: (id) => this.reach.best(id),
      sealedCarrierTo: (id) => this.reach.bestSealed(id),
      online: () => this.directory.online().flatMap(({ secure, nodeId: id }) => (secure ? [id] : [])),
      offsetMs: (id) => this.directory.get(id)?.clockOffsetMs,
      onTimeRefused: (id) => this.clocks.doubt(id, true),
      store,
      intake,
      ages,
      refused: this.#refused,
      nowMs: this.#nowMs,
    });
  }

  #createNeighbourhood(): Neighbourhood {
    const { identity } = this.#options;
    return new Neighbourhood({
      self: identity.publicKey,
      admit: (publicKey) => void this.#requireCluster().memberOf(publicKey),
      presence: () => (this.#cluster() === undefined ? undefined : this.presence.current()),
      onPresence: (presence, kind) => {
        checkPresence(presence, this.#requireCluster(), this.#keys);
        this.#met(presence, kind, true);
      },
      received: (bytes, from) => this.members.receiveFrom(bytes, from),
      messages: this.members.messages,
      directory: this.directory,
      tell: (nodeId, text) => this.#outgoing.tell(nodeId, text),
      onRefused: (what, error) => this.#refused.add(what, error),
      onDrained: (nodeId) => this.#relay?.drained(nodeId),
      nowMs: this.#nowMs,
    });
  }

  /** @throws SignalboxError `NOT_MEMBER` */
  #requireCluster(): ClusterView {
    const view = this.#cluster();
    if (view !== undefined) return view;
    throw new SignalboxError('NOT_MEMBER', 'This node is in no cluster.', { executed: 'no' });
  }

  #createOutgoing(): Outgoing {
    return new Outgoing({
      nodeId: this.#options.nodeId,
      topics: this.#topics,
      turn: this.#turn,
      epoch: () => this.presence.epoch,
      publish: (message) => this.link.publish(message),
      members: this.members,
      isMember: () => this.#cluster() !== undefined,
      hasUnsignedReaders: () => this.acceptsUnsigned,
      nowMs: this.#nowMs,
      onSent: (count, bytes) => this.metrics.sent(count, bytes),
      onUnsent: (id, error) => this.#notSent(id, error),
    });
  }

  /** Nobody waits for the message; it is told so that it can be found out why something does not come. */
  #notSent(nodeId: string, error: SignalboxError): void {
    const suppressed = this.#unsent.take(`${nodeId} ${error.code}`);
    if (suppressed !== undefined)
      this.#options.logger.info('federation.notSent', 'A message to another node could not be sent.', { nodeId, error, suppressed });
  }

  /** A status of another node came that counts. */
  #met(presence: PresenceMessage, kind: CarrierKind, signed: boolean): void {
    const known = this.directory.get(presence.serviceId)?.presence;
    // Keys of its former start are held by nobody.
    if (known !== undefined && compareStarts(presence, known) > 0)
      this.members.sessions.forget(presence.serviceId, new SignalboxError('NODE_LOST', 'The node was started again.', { executed: 'no' }));
    this.directory.apply(presence, kind, { signed });
  }

  #linkChanged(state: LinkState): void {
    this.#brokerWatch.changed(state);
    if (state.kind === 'connected') {
      this.#wasConnected = true;
      this.#options.logger.info('federation.connected', 'The MQTT broker is connected.', {});
      this.presence.connected();
      return;
    }
    if (!this.#wasConnected) return;
    this.#wasConnected = false;
    this.presence.disconnected();
    this.directory.lostSight();
    // Those who followed us there have seen our will and ask again when we are back.
    this.#relay?.keepOnly((nodeId) => this.directory.get(nodeId)?.reachability === 'online');
  }

  #here(): LocalSide {
    const router = this.#router;
    const clients = this.#clients;
    const relay = this.#relay;
    if (router === undefined || clients === undefined || relay === undefined) throw new Error('the federation has no router yet');
    return {
      clients,
      relay,
      lastValues: (filter) => router.lastValues(filter),
      checkFilter: (filter, origin, form) => checkFilter(filter, principalOf(undefined, origin, this.#grantTo(origin, form).role)),
    };
  }

  #exposeMetrics(): void {
    const { link, directory, gateway } = this;
    this.metrics.expose(this.#options.metrics, {
      linkUp: () => link.connected,
      sessionsOpen: () => this.members.sessions.open,
      nodesOnline: () => directory.online().length,
      pendingCalls: () => gateway.pending.size,
      runningCalls: () => this.#clients?.running ?? 0,
      topicsFollowed: () => gateway.subscriptions.size,
      topicsOffered: () => this.#relay?.filters ?? 0,
      eventsRelayed: () => this.#relay?.relayed ?? 0,
      eventsDropped: () => this.#relay?.dropped ?? 0,
      eventsLost: () => gateway.subscriptions.lost,
      outboxMessages: () => link.outbox.size,
      outboxDropped: () => link.outbox.dropped,
      statusesIgnored: () => directory.ignored,
      unsentBytes: () => link.unsentBytes,
    });
  }
}

/** Why nothing reaches another node while {@link Federation.isAlone}. */
export function federationIsOff(): SignalboxError {
  return new SignalboxError(
    'NODE_UNREACHABLE',
    'This node is in no cluster and federation is off, so there are no others. Join a cluster, or turn it on with federation.mode.',
    {
      executed: 'no',
    },
  );
}
