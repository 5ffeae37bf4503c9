/** Puts the node together: reads what it is, connects its parts, and gives them one order of start and stop. */
import { join } from 'node:path';
import { shortNodeId } from '../../common/ids.ts';
import { Accounts, Sessions, SetupLinks } from './accounts/index.ts';
import { AuditLog } from './audit/index.ts';
import { ClockJumps, leadingNowMs } from './clock/index.ts';
import type { Config } from './config/index.ts';
import { Discovery } from './discovery/index.ts';
import { clusterSource, type EmbeddedHub, type Federation } from './federation/index.ts';
import { FederationPart } from './federation-part.ts';
import type { HttpListener } from './http/index.ts';
import { LedgerPart } from './ledger/index.ts';
import { Lifecycle } from './lifecycle.ts';
import { nodeLimits } from './limits.ts';
import { LiveSettings } from './live-settings.ts';
import { MembershipPart } from './membership/index.ts';
import { nodeMigrations } from './migrations.ts';
import { createBroker } from './node-broker.ts';
import { type Foundation, layFoundation, type NodeOptions } from './node-foundation.ts';
import { createGateway, gatewayCapability } from './node-gateway.ts';
import { createHttp } from './node-http.ts';
import { createClusterLedger } from './node-ledger.ts';
import { createPeers, createReputation, learnAddress } from './node-peers.ts';
import { registerServices } from './node-services.ts';
import { createStorage, createStoreNames } from './node-storage.ts';
import type { PeersPart } from './peers/index.ts';
import { type AuditSink, Router } from './router/index.ts';
import { SelfReport } from './self-report.ts';
import { brokerCapability } from './services/broker/cluster-brokers.ts';
import { HealthWatch } from './services/health-watch.ts';
import { LogFeed } from './services/log-feed.ts';
import { createMembershipFeed } from './services/membership-feed.ts';
import { stateOf } from './services/node.ts';
import { NodeSampler } from './services/node-sampler.ts';
import { createNodesFeed, type NodesServiceOptions } from './services/nodes.ts';
import { createPeersFeed } from './services/peers.ts';
import { ProblemNotices } from './services/problem-notices.ts';
import { createTunnelsFeed } from './services/tunnels-feed.ts';
import type { Startable } from './startable.ts';
import { createStore } from './store/index.ts';
import { HostMonitor, type Logs, MetricHistory, Metrics, type Problems } from './telemetry/index.ts';
import { TunnelsPart } from './tunnel/agent/tunnels-part.ts';
import { describeListeners } from './tunnel/gateway/from-settings.ts';
import { version } from './version.ts';

/** A node, put together and not yet started. */
export interface SignalboxNode extends Startable {
  readonly nodeId: string;
  readonly version: string;
  readonly dataFolder: string;
  readonly router: Router;
  readonly config: Config;
  readonly http: HttpListener;
  /** For refusals of whatever hosts the node. */
  readonly audit: AuditSink;
  readonly accounts: Accounts;
  readonly setupLinks: SetupLinks;
  readonly logs: Logs;
  readonly problems: Problems;
  readonly federation: Federation;
  readonly peers: PeersPart;
  /** The embedded broker; undefined unless this node is the hub. */
  readonly hub: EmbeddedHub | undefined;
}

/**
 * Takes the data folder and makes a node of it. The node opens nothing until it is started, and must be stopped even when
 * it never was: it holds the data folder.
 *
 * @throws DamagedFileError for settings, identity or (at start) database that cannot be read: see `rescue.ts`
 * @throws SignalboxError `CONFLICT` (folder in use), `IDENTITY_LOCKED`, `INVALID_PARAMS` (overrides), `STORAGE_FULL`
 */
export async function createNode(options: NodeOptions): Promise<SignalboxNode> {
  const foundation = await layFoundation(options);
  try {
    return assemble(foundation);
  } catch (error) {
    foundation.release();
    throw error;
  }
}

function assemble(foundation: Foundation): SignalboxNode {
  const { options, dataFolder, config, identity, secrets, logs, problems } = foundation;
  const { nodeId } = identity;
  const startedAt = Date.now();
  const metrics = new Metrics();
  const logger = logs.logger('node');
  const capabilities = () => [
    'router',
    ...(options.consoleFolder === undefined ? [] : ['console']),
    ...(broker.status().state === 'running' ? [brokerCapability] : []),
    ...(gateway.status().state === 'running' ? [gatewayCapability] : []),
    ...config.get('node.capabilities'),
  ];

  const store = createStore({
    file: join(dataFolder, 'node.db'),
    migrations: nodeMigrations,
    logger: logs.logger('store'),
    problems,
    resourcesPath: options.resourcesPath,
  });
  const audit = new AuditLog({ store, nodeId, logger: logs.logger('audit'), problems });
  const ledger = new LedgerPart({
    dataFolder,
    identity,
    config,
    store,
    audit,
    software: version,
    resourcesPath: options.resourcesPath,
    logger: logs.logger('ledger'),
    problems,
    metrics,
  });
  const accounts = new Accounts({ store });
  const sessions = new Sessions({
    store,
    accounts,
    accessLifetimeMs: config.get('http.accessTokenTtlMs'),
    refreshLifetimeMs: config.get('http.refreshTokenTtlMs'),
  });
  const setupLinks = new SetupLinks({ store, accounts });
  const discovery = new Discovery({
    config,
    logger: logs.logger('discovery'),
    metrics,
    shortId: shortNodeId(nodeId),
    isMember: () => membership.trustIfStarted?.membership !== undefined,
    advertised: () => membership.advertised(),
  });
  const membership = new MembershipPart({
    config,
    identity,
    secrets,
    store,
    capabilities,
    logs,
    problems,
    nearby: (shortId) => discovery.addressesOf(shortId),
  });
  const reputation = createReputation(
    () => membership,
    () => peers,
  );
  const federationPart = new FederationPart({
    config,
    identity,
    cluster: clusterSource(() => membership.trustIfStarted, leadingNowMs),
    version,
    capabilities,
    load: () => router.snapshot().rpc.inFlight,
    standing: reputation,
    store,
    logs,
    metrics,
    problems,
    audit,
  });
  const { federation, hub } = federationPart;
  membership.onChange((change) => {
    if (change === 'members' || change === 'cluster') federation.membershipChanged();
  });
  federation.control.follow(membership.followFar((member, bytes) => federation.control.send(member, bytes)));
  membership.followLinks(federation.neighbourhood.follower);
  federation.members.followSends((nodeId) => membership.sent(nodeId));
  const router = new Router({
    nodeId,
    remoteNodes: federation.gateway,
    name: () => config.get('node.name'),
    version,
    capabilities,
    logger: logs.logger('router'),
    metrics,
    audit,
    store,
    limits: {
      connections: config.get('limits.connections'),
      inFlightPerClient: config.get('limits.inFlightPerClient'),
      inFlightTotal: config.get('limits.inFlightTotal'),
      subscriptionsPerClient: config.get('limits.subscriptionsPerClient'),
      queuedEventsPerClient: config.get('limits.queuedEventsPerClient'),
    },
  });
  federation.attach(router);
  const peers = createPeers(foundation, { reputation, federation, membership, discovery, router: () => router, store, metrics });
  const storeNames = createStoreNames(foundation, { federation, membership });
  const storage = createStorage(foundation, { communicator: peers.communicator, nameOf: storeNames.nameOf, metrics, audit });
  const broker = createBroker(foundation, { sessions, membership, metrics });
  broker.onChange(() => federation.presence.announce());
  const gateway = createGateway(foundation, { store, metrics });
  gateway.onChange(() => federation.presence.announce());
  const tunnels = new TunnelsPart({ nodeId, software: version, store, secrets, logger: logs.logger('tunnels'), problems, metrics });
  const { http, part: httpPart } = createHttp(foundation, { router, accounts, sessions, setupLinks, metrics, audit });
  const host = new HostMonitor({ folder: dataFolder });
  const history = new MetricHistory(config.get('telemetry.historyHours'));
  const sampler = new NodeSampler({ router, host, history, health: new HealthWatch(problems), logger: logs.logger('system') });

  const listeners = () => [
    httpPart.status(),
    ...federationPart.listeners(),
    ...membership.listeners(),
    ...describeListeners(gateway.status()),
  ];
  const nodesOptions: NodesServiceOptions = {
    federation,
    self: () => ({
      nodeId,
      name: config.get('node.name'),
      version,
      capabilities: [...capabilities()],
      health: stateOf(problems),
      load: router.snapshot().rpc.inFlight,
      since: startedAt,
      epoch: federation.presence.epoch,
    }),
  };
  const clusterLedger = createClusterLedger(foundation, {
    ledger,
    communicator: peers.communicator,
    membership,
    federation,
    router,
    metrics,
  });
  registerServices(foundation, {
    startedAt,
    capabilities,
    listeners,
    nodesOptions,
    logger,
    router,
    http,
    store,
    audit,
    accounts,
    sessions,
    setupLinks,
    discovery,
    membership,
    federation,
    clusterLedger,
    peers,
    storage,
    storeNames,
    learnAddress: (id, address) => learnAddress(membership, id, address),
    hub,
    broker,
    gateway,
    tunnels,
    host,
    history,
    sampler,
  });

  const lifecycle = new Lifecycle({
    parts: [
      ...(options.logs === undefined ? [{ name: 'logs', part: logs }] : []),
      { name: 'settings', part: new LiveSettings({ config, logs, problems }) },
      { name: 'self-report', part: new SelfReport({ metrics, problems, logs, audit, sampler, logger }) },
      { name: 'clock', part: new ClockJumps({ problems, logger: logs.logger('node') }) },
      { name: 'store', part: store },
      { name: 'audit', part: audit },
      { name: 'ledger', part: ledger },
      { name: 'accounts', part: accounts },
      { name: 'sessions', part: sessions },
      { name: 'set-up links', part: setupLinks },
      { name: 'log feed', part: new LogFeed({ logs, router }) },
      { name: 'sampler', part: sampler },
      { name: 'problem notices', part: new ProblemNotices({ problems, router }) },
      // Before federation: a member never speaks, or listens, as if it were none.
      { name: 'membership', part: membership },
      { name: 'federation', part: federationPart },
      { name: 'membership feed', part: createMembershipFeed({ membership, discovery }, (topic, data) => router.publish(topic, data)) },
      { name: 'discovery', part: discovery },
      // Before messages of peers come in: what they ask of the ledger would find nobody.
      { name: 'ledger sync', part: clusterLedger.sync },
      // Before federation stops: a node that stops says good-bye to its peers.
      { name: 'peers', part: peers },
      { name: 'key-value store', part: storage },
      { name: 'ledger feed', part: clusterLedger.feed },
      { name: 'peers feed', part: createPeersFeed(peers, router) },
      { name: 'nodes feed', part: createNodesFeed(nodesOptions, (topic, data) => router.publish(topic, data, { retain: true })) },
      { name: 'http', part: httpPart },
      // After the listeners, and not waited for: a node is of use before its queues are.
      { name: 'broker', part: broker },
      { name: 'gateway', part: gateway },
      { name: 'tunnels', part: tunnels },
      { name: 'tunnels feed', part: createTunnelsFeed(tunnels, router) },
      // Last, so that it is the first to stop: running calls are answered before their connections close.
      { name: 'router', part: router },
    ],
    logger,
    stopDeadlineMs: nodeLimits.stopDeadlineMs,
  });
  return {
    nodeId,
    version,
    dataFolder,
    router,
    config,
    http,
    audit,
    accounts,
    setupLinks,
    logs,
    problems,
    federation,
    peers,
    hub,
    start: async () => {
      try {
        await lifecycle.start();
      } catch (error) {
        foundation.release();
        throw error;
      }
      logger.info('node.started', `${config.get('node.name')} is running.`, { nodeId, version, dataFolder, mode: options.mode });
    },
    stop: async () => {
      await lifecycle.stop();
      foundation.release();
    },
  };
}
