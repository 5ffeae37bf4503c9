import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { SignalboxError } from '../../../common/errors.ts';
import { leadingNowMs } from '../clock/index.ts';
import { noStanding } from '../peers/oversight.ts';
import type { Router } from '../router/index.ts';
import { Turn } from '../router/turn.ts';
import type { Startable } from '../startable.ts';
import { RepeatSampler } from '../telemetry/index.ts';
import { BrokerWatch } from './broker-watch.ts';
import { Circuits } from './carriers/circuits.ts';
import { MqttCarrier } from './carriers/mqtt-carrier.ts';
import type { Neighbourhood } from './carriers/neighbourhood.ts';
import { Reach } from './carriers/reach.ts';
import { WayCircuits } from './carriers/way-circuits.ts';
import { ClockWatch } from './clock-watch.ts';
import { nextEpoch } from './epoch-store.ts';
import type { EventRelay } from './event-relay.ts';
import { gaugesOf } from './federation-gauges.ts';
import { FederationMetrics } from './federation-metrics.ts';
import type { FederationOptions } from './federation-options.ts';
import { formOf } from './form.ts';
import { Gateway } from './gateway.ts';
import { Incoming } from './incoming.ts';
import { LocalSide } from './local-side.ts';
import { MemberSide } from './member-side.ts';
import { MessageAges } from './message-ages.ts';
import { type LinkState, MqttLink } from './mqtt-link.ts';
import { NodeDirectory } from './node-directory.ts';
import { Outgoing } from './outgoing.ts';
import { FederationPeerTransport } from './peer-transport.ts';
import { Presence } from './presence.ts';
import { RefusedMessages } from './refused-messages.ts';
import type { RemoteClients } from './remote-clients.ts';
import { RouterIntake } from './router-intake.ts';
import type { MemberTraffic } from './secure/index.ts';
import type { MemberControl } from './secure/member-control.ts';
import { FederationTopics } from './topics.ts';

/** A broker that hangs must not keep the node from stopping; its will says the same. */
const farewellMs = 1_000;

/** This node among others: its link to the MQTT broker, its presence, and the way of calls and events to and from other nodes. */
export class Federation implements Startable {
  readonly directory: NodeDirectory;
  readonly link: MqttLink;
  readonly presence: Presence;
  /** The router's way to other nodes. */
  readonly gateway: Gateway;
  readonly clocks: ClockWatch;
  readonly metrics = new FederationMetrics();
  /** The ways to other nodes. */
  readonly reach: Reach;
  /** Ways for messages between peers. */
  readonly peerTransport: FederationPeerTransport;
  /** Nodes that are left alone because they do not answer. */
  readonly circuits: Circuits;
  readonly #options: FederationOptions;
  readonly #nowMs: () => number;
  readonly #topics: FederationTopics;
  readonly #refused: RefusedMessages;
  readonly #side: MemberSide;
  readonly #incoming: Incoming;
  readonly #outgoing: Outgoing;
  readonly #turn = new Turn();
  readonly #unsent = new RepeatSampler();
  readonly #brokerWatch: BrokerWatch;
  #local: LocalSide | undefined;
  #wasConnected = false;
  #stopped = false;

  constructor(options: FederationOptions) {
    this.#options = options;
    const { nodeId, logger, standing = noStanding } = options;
    const nowMs = options.nowMs ?? leadingNowMs;
    this.#nowMs = nowMs;
    const topics = new FederationTopics(options.prefix);
    this.#topics = topics;
    this.directory = new NodeDirectory(nowMs);
    this.circuits = new Circuits({ logger, monotonicMs: () => performance.now() });
    this.reach = new Reach(new WayCircuits({ logger, monotonicMs: () => performance.now() }));
    this.presence = this.#createPresence();
    this.#brokerWatch = new BrokerWatch(options.problems);
    this.#refused = new RefusedMessages({
      onRefused: (code) => this.metrics.refuse(code),
      audit: options.audit,
      standing,
      logger,
    });
    const intake = new RouterIntake({
      onMessage: (message, arrival) => this.gateway.receive(message, arrival),
      onReceived: (count) => this.metrics.received(count),
      refused: this.#refused,
    });
    const offsetMs = (id: string) => this.directory.get(id)?.clockOffsetMs;
    const ages = new MessageAges({ offsetMs, onClockDoubt: (id) => this.clocks.doubt(id, false), nowMs });
    this.#side = new MemberSide({
      ...options,
      directory: this.directory,
      reach: this.reach,
      presence: () => this.presence,
      outgoing: () => this.#outgoing,
      offsetMs,
      onTimeRefused: (id) => this.clocks.doubt(id, true),
      onClusterChanged: () => void this.link.reconnect(),
      onDrained: (id) => {
        this.#local?.relay.drained(id);
        this.peerTransport.drained(id);
      },
      onUnsent: (id, error) => this.#notSent(id, error),
      intake,
      ages,
      refused: this.#refused,
      nowMs,
    });
    this.#incoming = new Incoming({
      nodeId,
      topics,
      acceptUnsigned: () => this.acceptsUnsigned,
      isMember: (id) => this.#side.isMember(id),
      offsetMs,
      onTimeRefused: (id) => this.clocks.doubt(id, true),
      formOf: (id) => {
        const node = this.directory.get(id);
        return node === undefined ? 'bare' : formOf(node);
      },
      onStatus: (presence, retained) => this.#side.statuses.take(presence, retained),
      onSecured: (payload, topic) => this.members.receive(payload, topic),
      onNodeMessage: (message, envelope, sizeBytes) => this.peerTransport.takeUnsigned(message, envelope, sizeBytes),
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
      standing,
      directory: this.directory,
      outgoing: this.#outgoing,
      acceptUnsigned: () => this.acceptsUnsigned,
      checkSelf: () => this.#side.checkSelf(),
      here: () => this.#here(),
      logger,
      nowMs,
    });
    this.clocks = new ClockWatch({ gateway: this.gateway, directory: this.directory, nodeId, nowMs });
    this.peerTransport = new FederationPeerTransport({
      directory: this.directory,
      reach: this.reach,
      members: this.members,
      outgoing: this.#outgoing,
      routeTo: (id) => this.neighbourhood.routeTo(id),
      avoidRoute: (id) => this.neighbourhood.avoidRoute(id),
      isMember: (id) => this.#side.isMember(id),
      acceptsUnsigned: () => this.acceptsUnsigned,
      roleOf: (id, form) => this.#side.grantTo(id, form).role,
      measureClock: (id) => this.clocks.doubt(id, true),
    });
    this.metrics.expose(
      options.metrics,
      gaugesOf(this, () => this.#local),
    );
  }

  /** What passes between this node and the other members of its cluster. */
  get members(): MemberTraffic {
    return this.#side.traffic;
  }

  /** What members without a link between them say about the membership. */
  get control(): MemberControl {
    return this.#side.control;
  }

  /** Members that this node is linked with, and whom they lead to. */
  get neighbourhood(): Neighbourhood {
    return this.#side.neighbourhood;
  }

  /** Whether messages without proof of their sender are taken. */
  get acceptsUnsigned(): boolean {
    return this.#side.acceptsUnsigned;
  }

  /** True while no other node can be reached, for none is looked for: there is neither a broker nor a cluster. */
  get isAlone(): boolean {
    return this.#options.usesBroker?.() === false && !this.#side.isInCluster;
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
    this.#local = new LocalSide({
      nodeId: this.#options.nodeId,
      router,
      outgoing: this.#outgoing,
      reach: this.reach,
      link: this.link,
      turn: this.#turn,
      grantTo: (origin, form) => this.#side.grantTo(origin, form),
      nowMs: this.#nowMs,
    });
  }

  /**
   * Counts this start and begins to connect; does not wait for the broker.
   *
   * @throws SignalboxError `STORAGE_FULL`: without a durable epoch nobody could tell this start from the last
   */
  async start(): Promise<void> {
    const epoch = await nextEpoch(this.#options.store);
    await this.#side.load();
    // Somebody asked to stop while the epoch was stored.
    if (this.#stopped) return;
    this.presence.start(epoch);
    this.#side.start();
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
    this.#side.stop();
    await this.link.stop();
  }

  /** The node has joined or left a cluster, or somebody was let in or removed: it takes effect now. */
  membershipChanged(): void {
    if (!this.#stopped) this.#side.membershipChanged();
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
      sign: (presence) => this.#side.sign(presence),
      yield: () => void this.link.stop(),
      raiseEpoch: async (above) => {
        const epoch = await nextEpoch(store, above + 1);
        this.#side.epochRaised();
        return epoch;
      },
      reconnect: () => void this.link.reconnect(),
      logger,
      problems,
      nowMs: this.#nowMs,
    });
  }

  #createOutgoing(): Outgoing {
    return new Outgoing({
      nodeId: this.#options.nodeId,
      topics: this.#topics,
      turn: this.#turn,
      epoch: () => this.presence.epoch,
      publish: (message) => this.link.publish(message),
      members: this.members,
      isMemberId: (id) => this.#side.isMember(id),
      isMember: () => this.#side.isInCluster,
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
    this.#local?.relay.keepOnly((nodeId) => this.directory.get(nodeId)?.reachability === 'online');
  }

  #here(): LocalSide {
    if (this.#local === undefined) throw new Error('the federation has no router yet');
    return this.#local;
  }
}
