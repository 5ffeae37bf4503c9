/** The node's methods: every service with what it needs. */
import type { NodeStatus } from '../../common/contract/node.ts';
import type { Accounts, Sessions, SetupLinks } from './accounts/index.ts';
import type { AuditLog } from './audit/index.ts';
import type { BrokerFace } from './broker/broker-face.ts';
import type { Discovery } from './discovery/index.ts';
import type { EmbeddedHub, Federation } from './federation/index.ts';
import type { HttpListener } from './http/index.ts';
import type { MembershipPart } from './membership/index.ts';
import { makeBackup } from './node-backup.ts';
import type { Foundation } from './node-foundation.ts';
import type { ClusterLedger } from './node-ledger.ts';
import type { StoreNames } from './node-storage.ts';
import type { PeersPart } from './peers/index.ts';
import type { StoragePart } from './peers/storage/index.ts';
import type { Router } from './router/index.ts';
import { createAuditService } from './services/audit.ts';
import { createBrokerServices } from './services/broker-services.ts';
import { createChecksService } from './services/checks.ts';
import { createClusterService } from './services/cluster.ts';
import { createConfigService } from './services/config.ts';
import { createEventsService } from './services/events.ts';
import { createFeedsService } from './services/feeds.ts';
import { createGatewayService } from './services/gateway.ts';
import { createGroupKeyService } from './services/group-key.ts';
import { createIdentityService } from './services/identity.ts';
import { createJoiningService } from './services/joining.ts';
import { createLedgerService } from './services/ledger.ts';
import { createLogsService } from './services/logs.ts';
import { createMembershipService } from './services/membership.ts';
import { createMqttService } from './services/mqtt.ts';
import { createNodeService } from './services/node.ts';
import type { NodeSampler } from './services/node-sampler.ts';
import { createNodesService, type NodesServiceOptions } from './services/nodes.ts';
import { createPeersService } from './services/peers.ts';
import { createRpcService } from './services/rpc.ts';
import { createStoreService } from './services/store.ts';
import { createSystemService } from './services/system.ts';
import { createTunnelsService } from './services/tunnels.ts';
import { createUsersService } from './services/users.ts';
import { createWorkspaceService } from './services/workspace.ts';
import type { WorkerStore } from './store/index.ts';
import type { HostMonitor, Logger, MetricHistory } from './telemetry/index.ts';
import type { TunnelsPart } from './tunnel/agent/tunnels-part.ts';
import type { GatewayPart } from './tunnel/gateway/gateway-part.ts';
import { version } from './version.ts';

/** The parts of a node that its methods act on. */
export interface ServedParts {
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly capabilities: () => readonly string[];
  readonly listeners: () => NodeStatus['listeners'];
  readonly nodesOptions: NodesServiceOptions;
  readonly logger: Logger;
  readonly router: Router;
  readonly http: HttpListener;
  readonly store: WorkerStore;
  readonly audit: AuditLog;
  readonly accounts: Accounts;
  readonly sessions: Sessions;
  readonly setupLinks: SetupLinks;
  readonly discovery: Discovery;
  readonly membership: MembershipPart;
  readonly federation: Federation;
  readonly clusterLedger: ClusterLedger;
  readonly peers: PeersPart;
  readonly storage: StoragePart;
  readonly storeNames: StoreNames;
  readonly learnAddress: (nodeId: string, address: string) => void;
  readonly hub: EmbeddedHub | undefined;
  readonly broker: BrokerFace;
  readonly gateway: GatewayPart;
  readonly tunnels: TunnelsPart;
  readonly host: HostMonitor;
  readonly history: MetricHistory;
  readonly sampler: NodeSampler;
}

/** Offers every method of the contract on the router. */
export function registerServices({ options, dataFolder, config, identity, keySeed, logs, problems }: Foundation, parts: ServedParts): void {
  const { startedAt, capabilities, listeners, nodesOptions, logger, router, http, store, audit, accounts, sessions, setupLinks } = parts;
  const {
    discovery,
    membership,
    federation,
    clusterLedger,
    peers,
    storage,
    storeNames,
    learnAddress,
    hub,
    broker,
    gateway,
    tunnels,
    host,
    history,
    sampler,
  } = parts;
  const { nodeId } = identity;
  router.register(createSystemService({ host, history, sampler, store, extraProcesses: options.extraProcesses ?? (() => []) }));
  router.register(createLogsService({ logs }));
  router.register(createChecksService({ config, federation: () => federation, listeners, keyStore: identity.store, dataFolder }));
  router.register(
    createNodeService({
      nodeId,
      version,
      mode: options.mode,
      dataFolder,
      startedAt,
      capabilities,
      listeners,
      config,
      problems,
      router,
      logger,
      onRestart: options.onRestart,
    }),
  );
  router.register(createConfigService({ config }));
  router.register(createAuditService({ audit }));
  router.register(createWorkspaceService({ store }));
  const consoleUrl = () => (options.consoleFolder === undefined ? undefined : http.url);
  router.register(createUsersService({ accounts, sessions, setupLinks, nodeId, consoleUrl, onRoleChanged: () => router.rolesChanged() }));
  router.register(createNodesService(nodesOptions));
  router.register(createLedgerService(clusterLedger.service));
  router.register(createPeersService({ peers, learnAddress }));
  router.register(createStoreService({ storage, nodeId, ...storeNames }));
  router.register(createClusterService({ router, federation, name: () => config.get('node.name') }));
  router.register(createMembershipService({ membership, identity, config, discovery }));
  router.register(createJoiningService({ membership, discovery }));
  router.register(createGroupKeyService(membership));
  router.register(
    createIdentityService({
      name: () => config.get('node.name'),
      makeBackup: async (passphrase) =>
        makeBackup({ store, keySeed: await keySeed(), name: config.get('node.name') }, passphrase, Date.now()),
    }),
  );
  router.register(createMqttService({ config, federation, hub }));
  router.register(createRpcService({ router }));
  router.register(createEventsService({ router }));
  router.register(createFeedsService({ router }));
  router.register(createGatewayService(gateway));
  const nameOf = (node: string) => (node === nodeId ? config.get('node.name') : (federation.directory.get(node)?.name ?? node));
  router.register(createTunnelsService({ tunnels, router, nameOf, logger: logs.logger('tunnels') }));
  router.register(createBrokerServices({ broker, router, federation, name: () => config.get('node.name') }));
}
