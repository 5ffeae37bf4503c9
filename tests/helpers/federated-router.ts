import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { createMemoryTransport } from '../../src/common/client/memory-transport.ts';
import { NodeClient } from '../../src/common/client/node-client.ts';
import type { MethodName } from '../../src/common/contract/index.ts';
import type { SignalboxError } from '../../src/common/errors.ts';
import type { Role } from '../../src/common/roles.ts';
import { Federation, type FederationOptions, federationMigrations } from '../../src/main/node/federation/index.ts';
import { attachMemory, type Handlers, type Router, routerMigrations } from '../../src/main/node/router/index.ts';
import { createEventsService } from '../../src/main/node/services/events.ts';
import { createNodesService } from '../../src/main/node/services/nodes.ts';
import { createStore } from '../../src/main/node/store/index.ts';
import { Metrics, Problems } from '../../src/main/node/telemetry/index.ts';
import { startHub } from './hub-fixture.ts';
import { startMosquitto } from './mosquitto.ts';
import { createRouterFixture, type LogLine, principalWith, recordingLogger } from './router-fixture.ts';
import { temporaryFolder } from './temporary-folder.ts';

export type BrokerKind = 'Mosquitto' | 'the embedded hub';
export const brokerKinds: readonly BrokerKind[] = ['Mosquitto', 'the embedded hub'];

/** Router and federation of one node, real but for the services: a test gives those it needs. */
export interface FederatedRouter {
  readonly name: string;
  readonly nodeId: string;
  readonly router: Router;
  readonly federation: Federation;
  readonly problems: Problems;
  readonly lines: readonly LogLine[];
  readonly folder: string;
  /** A client such as a browser has. */
  client(role?: Role): NodeClient;
  /** Stops cleanly; also done when the test ends. */
  stop(): Promise<void>;
}

export interface FederatedRouterOptions {
  readonly name: string;
  readonly url: string;
  readonly nodeId?: string;
  /** Data folder, for a node that starts again or a copy of one. */
  readonly folder?: string;
  readonly handlers?: (router: Router) => Handlers<MethodName> | Partial<Handlers<MethodName>>;
  readonly federation?: Partial<FederationOptions>;
  readonly capabilities?: readonly string[];
  readonly load?: () => number;
}

/** An id in the form of a node's. */
export function randomNodeId(): string {
  const alphabet = 'abcdefghijklmnopqrstuvwxyz234567';
  return `n1${[...randomBytes(52)].map((byte) => alphabet[byte % 32]).join('')}`;
}

/** Starts a node's router with its federation; stopped when the test ends. */
export async function startFederatedRouter(options: FederatedRouterOptions): Promise<FederatedRouter> {
  const { name, nodeId = randomNodeId(), capabilities = [], load = () => 0 } = options;
  const folder = options.folder ?? (await temporaryFolder());
  const logger = recordingLogger();
  const problems = new Problems();
  const metrics = new Metrics();
  const store = createStore({ file: join(folder, 'node.db'), migrations: [...routerMigrations, ...federationMigrations], logger });
  await store.start();
  const federation = new Federation({
    nodeId,
    publicKey: randomBytes(32),
    version: '0.0.0',
    self: () => ({ name, capabilities, health: 'ok', load: load() }),
    prefix: 'cloudisense',
    target: () => Promise.resolve({ url: options.url }),
    keepaliveSeconds: 5,
    acceptUnsigned: () => true,
    unsignedRole: () => 'operator',
    store,
    logger,
    metrics,
    problems,
    ...options.federation,
  });
  const { router } = createRouterFixture({
    nodeId,
    name: () => name,
    capabilities: () => capabilities,
    logger,
    metrics,
    store,
    remoteNodes: federation.gateway,
    validateResults: false,
  });
  federation.attach(router);
  router.register(createEventsService({ router }));
  router.register(
    createNodesService({
      federation,
      self: () => ({
        nodeId,
        name,
        version: '0.0.0',
        capabilities: [...capabilities],
        health: 'ok',
        load: 0,
        since: 0,
        epoch: federation.presence.epoch,
      }),
    }),
  );
  if (options.handlers !== undefined) router.register(options.handlers(router) as Handlers<MethodName>);
  await federation.start();
  await router.start();
  let stopping: Promise<void> | undefined;
  const stop = () => {
    stopping ??= (async () => {
      await router.stop();
      await federation.stop();
      await store.stop();
    })();
    return stopping;
  };
  onTestFinished(stop);
  return {
    name,
    nodeId,
    router,
    federation,
    problems,
    lines: logger.lines,
    folder,
    client: (role = 'admin') => connectClient(router, role),
    stop,
  };
}

/** A client over the in-memory transport, signed in as somebody with the role. */
export function connectClient(router: Router, role: Role): NodeClient {
  const client = new NodeClient({
    reconnect: false,
    connect: () => {
      const { client: end, node } = createMemoryTransport();
      attachMemory(router, node, { principal: () => principalWith(role) });
      return Promise.resolve(end);
    },
  });
  onTestFinished(() => client.close());
  return client;
}

/** Starts a broker of a kind. */
export async function startBroker(kind: BrokerKind): Promise<string> {
  return kind === 'Mosquitto' ? (await startMosquitto()).url : (await startHub()).url;
}

/** `url`: another way to the same broker, such as a proxy. */
export type ClusterMember = Omit<FederatedRouterOptions, 'url'> & { readonly url?: string };

/** Nodes on one broker that all see each other. */
export async function startCluster<const M extends readonly ClusterMember[]>(
  broker: BrokerKind | { readonly url: string },
  ...members: M
): Promise<{ [K in keyof M]: FederatedRouter }> {
  const url = typeof broker === 'string' ? await startBroker(broker) : broker.url;
  const nodes = await Promise.all(members.map((member) => startFederatedRouter({ url, ...member })));
  await everybodySees(nodes);
  return nodes as { [K in keyof M]: FederatedRouter };
}

type Watcher = Pick<FederatedRouter, 'nodeId' | 'federation'>;

/** Resolves when every node has every other one on line. */
export async function everybodySees(nodes: readonly Watcher[]): Promise<void> {
  await Promise.all(
    nodes.flatMap((watcher) => nodes.filter((node) => node !== watcher).map(({ nodeId }) => untilReachability(watcher, nodeId, 'online'))),
  );
}

/** Resolves when a node sees another as on line, off line or unknown. */
export function untilReachability(watcher: Watcher, nodeId: string, wanted: 'online' | 'offline' | 'unknown'): Promise<void> {
  return new Promise((resolve) => {
    const look = () => {
      if (watcher.federation.directory.get(nodeId)?.reachability !== wanted) return;
      unlisten();
      resolve();
    };
    const unlisten = watcher.federation.directory.listen({ changed: look });
    look();
  });
}

/** The error a promise rejects with. */
export async function failure(promise: Promise<unknown>): Promise<SignalboxError> {
  return promise.then(
    (value) => {
      throw new Error(`resolved with ${JSON.stringify(value)}`);
    },
    (error: SignalboxError) => error,
  );
}

/** A promise and its resolver. */
export function deferred<T = void>(): { readonly promise: Promise<T>; readonly resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((fulfil) => {
    resolve = fulfil;
  });
  return { promise, resolve };
}

/** What a handler returns that works until it is asked to stop. */
export function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    else signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
