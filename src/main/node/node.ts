/** Puts the node together: reads what it is, connects its parts, and gives them one order of start and stop. */
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { NodeStatus } from '../../common/contract/node.ts';
import { SignalboxError } from '../../common/errors.ts';
import { shortNodeId } from '../../common/ids.ts';
import { Accounts, AttemptLimiter, Sessions, SetupLinks } from './accounts/index.ts';
import { AuditLog } from './audit/index.ts';
import { ClockJumps, leadingNowMs } from './clock/index.ts';
import { Config } from './config/index.ts';
import { consoleCertificate } from './console-certificate.ts';
import { type DataFolderLock, lockDataFolder } from './data-folder-lock.ts';
import { Discovery } from './discovery/index.ts';
import { clusterSource, type EmbeddedHub, type Federation } from './federation/index.ts';
import { FederationPart } from './federation-part.ts';
import { HttpListener } from './http/index.ts';
import { HttpPart } from './http-part.ts';
import {
  createKeyFileStore,
  headlessSecretStore,
  loadOrCreateIdentity,
  type NodeIdentity,
  readKeySeed,
  type SecretStore,
} from './identity/index.ts';
import { Lifecycle } from './lifecycle.ts';
import { nodeLimits } from './limits.ts';
import { LiveSettings } from './live-settings.ts';
import { isLoopback } from './loopback.ts';
import { MembershipPart, withFormerSecrets } from './membership/index.ts';
import { nodeMigrations } from './migrations.ts';
import { makeBackup } from './node-backup.ts';
import { type AuditSink, Router } from './router/index.ts';
import { SelfReport } from './self-report.ts';
import { createAuditService } from './services/audit.ts';
import { createChecksService } from './services/checks.ts';
import { createClusterService } from './services/cluster.ts';
import { createConfigService } from './services/config.ts';
import { createEventsService } from './services/events.ts';
import { createFeedsService } from './services/feeds.ts';
import { createGroupKeyService } from './services/group-key.ts';
import { HealthWatch } from './services/health-watch.ts';
import { createIdentityService } from './services/identity.ts';
import { createJoiningService } from './services/joining.ts';
import { LogFeed } from './services/log-feed.ts';
import { createLogsService } from './services/logs.ts';
import { createMembershipService } from './services/membership.ts';
import { createMembershipFeed } from './services/membership-feed.ts';
import { createMqttService } from './services/mqtt.ts';
import { createNodeService, stateOf } from './services/node.ts';
import { NodeSampler } from './services/node-sampler.ts';
import { createNodesFeed, createNodesService, type NodesServiceOptions } from './services/nodes.ts';
import { ProblemNotices } from './services/problem-notices.ts';
import { createRpcService } from './services/rpc.ts';
import { createSystemService, type ProcessSample } from './services/system.ts';
import { createUsersService } from './services/users.ts';
import { createWorkspaceService } from './services/workspace.ts';
import type { Startable } from './startable.ts';
import { createStore } from './store/index.ts';
import { HostMonitor, Logs, MetricHistory, Metrics, Problems } from './telemetry/index.ts';
import { version } from './version.ts';

export interface NodeOptions {
  readonly dataFolder: string;
  readonly mode: NodeStatus['mode'];
  /** Settings by key that win until the next start. */
  readonly overrides?: Readonly<Record<string, unknown>>;
  /** Folder of the built console, served over HTTP. */
  readonly consoleFolder?: string;
  /** Protects the node's key; absent: passphrase of the environment, else the key file. */
  readonly secrets?: SecretStore;
  /** Processes that only the host of the node knows of. */
  readonly extraProcesses?: () => readonly ProcessSample[];
  /** Asked to stop this node and start a new one. */
  readonly onRestart: (reason: string) => void;
  /** Electron's `process.resourcesPath`. */
  readonly resourcesPath?: string;
  /** Logs that outlive the node; absent: the node's own, in `DATA/logs`. */
  readonly logs?: Logs;
  /** Where `SIGNALBOX_PASSPHRASE` is looked up; absent: the environment of the process. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

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
  /** The embedded broker; undefined unless this node is the hub. */
  readonly hub: EmbeddedHub | undefined;
}

/** What has to be read before the parts can be made. */
interface Foundation {
  readonly options: NodeOptions;
  readonly dataFolder: string;
  readonly config: Config;
  readonly identity: NodeIdentity;
  readonly secrets: SecretStore;
  readonly keySeed: () => Promise<Uint8Array>;
  readonly logs: Logs;
  readonly problems: Problems;
  readonly release: () => void;
}

/**
 * Takes the data folder and makes a node of it. The node opens nothing until it is started, and must be stopped even when
 * it never was: it holds the data folder.
 *
 * @throws DamagedFileError for settings, identity or (at start) database that cannot be read: see `rescue.ts`
 * @throws SignalboxError `CONFLICT` (folder in use), `IDENTITY_LOCKED`, `INVALID_PARAMS` (overrides), `STORAGE_FULL`
 */
export async function createNode(options: NodeOptions): Promise<SignalboxNode> {
  const dataFolder = resolve(options.dataFolder);
  await makeFolder(dataFolder);
  const lock = lockDataFolder(dataFolder, options.resourcesPath);
  try {
    const problems = new Problems();
    const config = await Config.load({ file: join(dataFolder, 'config.json'), ...(options.overrides && { overrides: options.overrides }) });
    const logs = options.logs ?? ownLogs(dataFolder, config, problems);
    const secrets = options.secrets ?? (await headlessSecretStore(dataFolder, options.environment ?? process.env));
    // A node that began without a passphrase or a key store moves to the better one by itself.
    const formerSecrets = [createKeyFileStore(dataFolder)];
    const identity = await loadOrCreateIdentity({ folder: dataFolder, secrets, formerSecrets, problems });
    const anySecrets = withFormerSecrets(secrets, formerSecrets);
    const keySeed = () => readKeySeed({ folder: dataFolder, secrets, formerSecrets });
    return assemble({ options, dataFolder, config, identity, secrets: anySecrets, keySeed, logs, problems, release: once(lock) });
  } catch (error) {
    lock.release();
    throw error;
  }
}

async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new SignalboxError(
      'STORAGE_FULL',
      `The data folder ${folder} cannot be made (${(error as NodeJS.ErrnoException).code}). Name another folder or make this one writable.`,
      { cause: error, retryable: false, executed: 'no' },
    );
  }
}

function ownLogs(dataFolder: string, config: Config, problems: Problems): Logs {
  return new Logs({
    folder: join(dataFolder, 'logs'),
    level: config.get('logs.level'),
    maxFileBytes: config.get('logs.maxFileBytes'),
    files: config.get('logs.files'),
    problems,
  });
}

function once(lock: DataFolderLock): () => void {
  let held = true;
  return () => {
    if (held) lock.release();
    held = false;
  };
}

function assemble(foundation: Foundation): SignalboxNode {
  const { options, dataFolder, config, identity, secrets, logs, problems } = foundation;
  const { nodeId } = identity;
  const startedAt = Date.now();
  const metrics = new Metrics();
  const logger = logs.logger('node');
  const capabilities = () => ['router', ...(options.consoleFolder === undefined ? [] : ['console']), ...config.get('node.capabilities')];

  const store = createStore({
    file: join(dataFolder, 'node.db'),
    migrations: nodeMigrations,
    logger: logs.logger('store'),
    problems,
    resourcesPath: options.resourcesPath,
  });
  const audit = new AuditLog({ store, nodeId, logger: logs.logger('audit'), problems });
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
  const federationPart = new FederationPart({
    config,
    identity,
    cluster: clusterSource(() => membership.trustIfStarted, leadingNowMs),
    version,
    capabilities,
    load: () => router.snapshot().rpc.inFlight,
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
  const http = createHttp(foundation, { router, accounts, sessions, setupLinks, metrics, audit });
  const httpPart = new HttpPart({
    http,
    enabled: config.get('http.enabled'),
    required: options.mode === 'headless',
    host: config.get('http.host'),
    port: config.get('http.port'),
    plainBeyondLoopback: config.get('http.tls') === 'off' && !isLoopback(config.get('http.host')),
    problems,
    logger,
  });
  const host = new HostMonitor({ folder: dataFolder });
  const history = new MetricHistory(config.get('telemetry.historyHours'));
  const sampler = new NodeSampler({ router, host, history, health: new HealthWatch(problems), logger: logs.logger('system') });

  router.register(createSystemService({ host, history, sampler, store, extraProcesses: options.extraProcesses ?? (() => []) }));
  router.register(createLogsService({ logs }));
  const listeners = () => [httpPart.status(), ...federationPart.listeners(), ...membership.listeners()];
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
  router.register(createNodesService(nodesOptions));
  router.register(createClusterService({ router, federation, name: () => config.get('node.name') }));
  router.register(createMembershipService({ membership, identity, config, discovery }));
  router.register(createJoiningService({ membership, discovery }));
  router.register(createGroupKeyService(membership));
  router.register(
    createIdentityService({
      name: () => config.get('node.name'),
      makeBackup: async (passphrase) =>
        makeBackup({ store, keySeed: await foundation.keySeed(), name: config.get('node.name') }, passphrase, Date.now()),
    }),
  );
  router.register(createMqttService({ config, federation, hub }));
  router.register(createRpcService({ router }));
  router.register(createEventsService({ router }));
  router.register(createFeedsService({ router }));

  const lifecycle = new Lifecycle({
    parts: [
      ...(options.logs === undefined ? [{ name: 'logs', part: logs }] : []),
      { name: 'settings', part: new LiveSettings({ config, logs, problems }) },
      { name: 'self-report', part: new SelfReport({ metrics, problems, logs, audit, sampler, logger }) },
      { name: 'clock', part: new ClockJumps({ problems, logger: logs.logger('node') }) },
      { name: 'store', part: store },
      { name: 'audit', part: audit },
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
      { name: 'nodes feed', part: createNodesFeed(nodesOptions, (topic, data) => router.publish(topic, data, { retain: true })) },
      { name: 'http', part: httpPart },
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

type HttpNeeds = Pick<
  ConstructorParameters<typeof HttpListener>[0],
  'router' | 'accounts' | 'sessions' | 'setupLinks' | 'metrics' | 'audit'
>;

function createHttp({ options, dataFolder, config, identity, secrets, logs, problems }: Foundation, needs: HttpNeeds): HttpListener {
  const certificate = consoleCertificate({ dataFolder, config, secrets, logs, problems });
  const attempts = config.get('http.maxSignInAttemptsPerMinute');
  return new HttpListener({
    ...needs,
    host: config.get('http.host'),
    port: config.get('http.port'),
    ...(certificate !== undefined && { certificate }),
    allowPlain: config.get('http.tls') === 'off',
    allowedHosts: config.get('http.allowedHosts'),
    attempts: new AttemptLimiter({ address: { attempts, windowSeconds: 60 }, username: { attempts, windowSeconds: 60 } }),
    logger: logs.logger('http'),
    ...(options.consoleFolder !== undefined && { consoleFolder: options.consoleFolder }),
    nodeId: identity.nodeId,
    cliTokenFile: join(dataFolder, 'cli.token'),
    status: () => ({ state: stateOf(problems), name: config.get('node.name'), version }),
  });
}
