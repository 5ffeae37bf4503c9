import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { SignalboxError } from '../../../common/errors.ts';
import type { Role } from '../../../common/roles.ts';
import { checkFilter, type Router } from '../router/index.ts';
import { Turn } from '../router/turn.ts';
import type { Startable } from '../startable.ts';
import type { Store } from '../store/index.ts';
import type { Logger, Metrics, Problems } from '../telemetry/index.ts';
import { ClockWatch } from './clock-watch.ts';
import { nextEpoch } from './epoch-store.ts';
import { EventRelay } from './event-relay.ts';
import { FederationMetrics } from './federation-metrics.ts';
import { formOf, Gateway, type LocalSide } from './gateway.ts';
import { Incoming } from './incoming.ts';
import { isCongested, type LinkState, type LinkTarget, MqttLink } from './mqtt-link.ts';
import { NodeDirectory } from './node-directory.ts';
import { Outgoing } from './outgoing.ts';
import { Presence, type SelfDescription } from './presence.ts';
import { RemoteClients } from './remote-clients.ts';
import { principalOf } from './remote-messaging-client.ts';
import { FederationTopics } from './topics.ts';

const awayProblem = 'federation.brokerAway';
/** A broker that comes back within this time is no problem worth a line. */
const awayMs = 5_000;
/** A broker that hangs must not keep the node from stopping; its will says the same. */
const farewellMs = 1_000;

export interface FederationOptions {
  readonly nodeId: string;
  /** 32 raw bytes. */
  readonly publicKey: Uint8Array;
  readonly version: string;
  readonly self: () => SelfDescription;
  readonly prefix: string;
  /** Where the broker is; asked at each attempt to connect. */
  readonly target: () => Promise<LinkTarget>;
  readonly keepaliveSeconds: number;
  readonly acceptUnsigned: () => boolean;
  readonly unsignedRole: () => Role;
  readonly store: Store;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly problems: Problems;
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
  readonly #options: FederationOptions;
  readonly #nowMs: () => number;
  readonly #topics: FederationTopics;
  readonly #incoming: Incoming;
  readonly #outgoing: Outgoing;
  readonly #turn = new Turn();
  #router: Router | undefined;
  #clients: RemoteClients | undefined;
  #relay: EventRelay | undefined;
  #wasConnected = false;
  #stopped = false;
  #awayTimer: NodeJS.Timeout | undefined;

  constructor(options: FederationOptions) {
    this.#options = options;
    const { nodeId, logger } = options;
    const nowMs = options.nowMs ?? Date.now;
    this.#nowMs = nowMs;
    const topics = new FederationTopics(options.prefix);
    this.#topics = topics;
    this.directory = new NodeDirectory(nowMs);
    this.presence = this.#createPresence();
    this.#incoming = new Incoming({
      nodeId,
      topics,
      acceptUnsigned: options.acceptUnsigned,
      offsetMs: (id) => this.directory.get(id)?.clockOffsetMs,
      onClockDoubt: (id, refused) => this.clocks.doubt(id, refused),
      formOf: (id) => {
        const node = this.directory.get(id);
        return node === undefined ? 'bare' : formOf(node);
      },
      onStatus: (presence, retained) => {
        if (presence.serviceId === nodeId) this.presence.heardOwn(presence, retained);
        else this.directory.apply(presence);
      },
      onMessage: (message, arrival) => this.gateway.receive(message, arrival),
      onRefused: (code) => this.metrics.refuse(code),
      onReceived: (count) => this.metrics.received(count),
      logger,
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
    this.#outgoing = new Outgoing({
      nodeId,
      topics,
      turn: this.#turn,
      epoch: () => this.presence.epoch,
      publish: (message) => this.link.publish(message),
      nowMs,
      onSent: (count, bytes) => this.metrics.sent(count, bytes),
    });
    this.gateway = new Gateway({
      nodeId,
      instance: randomBytes(6).toString('hex'),
      topics,
      link: this.link,
      directory: this.directory,
      outgoing: this.#outgoing,
      acceptUnsigned: options.acceptUnsigned,
      here: () => this.#here(),
      logger,
      nowMs,
    });
    this.clocks = new ClockWatch({ gateway: this.gateway, directory: this.directory, nodeId, nowMs });
    this.#exposeMetrics();
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
      grantedRole: this.#options.unsignedRole,
      execute: (request, caller) => router.execute(request, caller),
      send: (target, form, message) => this.#outgoing.send(target, form, message),
      congested: () => isCongested(this.link),
      nowMs: this.#nowMs,
    });
    this.#relay = new EventRelay({
      subscribe: (subscriber, filter) => router.subscribe(subscriber, filter),
      unsubscribe: (subscriber, filter) => router.unsubscribe(subscriber, filter),
      publish: (topic, texts, batch) => this.#outgoing.publishEvents(topic, texts, batch),
      congested: () => !this.link.connected || isCongested(this.link),
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
    // Somebody asked to stop while the epoch was stored.
    if (this.#stopped) return;
    this.presence.start(epoch);
    await this.link.start();
  }

  /** Says good-bye, then disconnects. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#awayTimer);
    this.clocks.stop();
    this.gateway.stop();
    this.presence.stop();
    if (this.link.connected)
      await Promise.race([this.link.publishConfirmed(this.presence.farewell()), pause(farewellMs, undefined, { ref: false })]);
    await this.link.stop();
  }

  #createPresence(): Presence {
    const { nodeId, publicKey, version, self, store, logger, problems } = this.#options;
    return new Presence({
      nodeId,
      publicKey,
      version,
      self,
      topic: this.#topics.status(nodeId),
      publish: (message) => this.link.publish(message),
      yield: () => void this.link.stop(),
      raiseEpoch: (above) => nextEpoch(store, above + 1),
      reconnect: () => void this.link.reconnect(),
      logger,
      problems,
      nowMs: this.#nowMs,
    });
  }

  #linkChanged(state: LinkState): void {
    const { logger, problems } = this.#options;
    if (state.kind === 'connected') {
      this.#wasConnected = true;
      clearTimeout(this.#awayTimer);
      this.#awayTimer = undefined;
      problems.clear(awayProblem);
      logger.info('federation.connected', 'The MQTT broker is connected.', {});
      this.presence.connected();
      return;
    }
    if (this.#wasConnected) {
      this.#wasConnected = false;
      this.presence.disconnected();
      // Those who followed us have seen our will and ask again when we are back.
      this.#relay?.lostAll();
      this.directory.lostSight();
    }
    if (state.kind === 'off') {
      clearTimeout(this.#awayTimer);
      this.#awayTimer = undefined;
    } else if (state.kind === 'waiting') {
      this.#awayTimer ??= setTimeout(() => this.#brokerAway(), awayMs).unref();
    }
  }

  #brokerAway(): void {
    const { state } = this.link;
    const error = state.kind === 'waiting' ? state.error : 'it does not answer';
    this.#options.problems.raise({
      id: awayProblem,
      severity: 'warn',
      title: 'Other nodes cannot be reached: no connection to the MQTT broker',
      detail: `The broker does not take the connection: ${error}. The node tries again by itself. See that the broker runs and that the settings of federation are right.`,
      view: '/nodes',
    });
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
      checkFilter: (filter, origin) => checkFilter(filter, principalOf(undefined, origin, this.#options.unsignedRole())),
    };
  }

  #exposeMetrics(): void {
    const { link, directory, gateway } = this;
    this.metrics.expose(this.#options.metrics, {
      linkUp: () => link.connected,
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

/** @throws SignalboxError `NODE_UNREACHABLE` while federation is off */
export function federationIsOff(): SignalboxError {
  return new SignalboxError(
    'NODE_UNREACHABLE',
    'Federation is off on this node, so there are no others. Turn it on with federation.mode.',
    {
      executed: 'no',
    },
  );
}
