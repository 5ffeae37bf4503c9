import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { MethodName } from '../../src/common/contract/index.ts';
import { Federation, type FederationOptions, federationMigrations } from '../../src/main/node/federation/index.ts';
import { signerFromSeed } from '../../src/main/node/identity/index.ts';
import { type Handlers, type Router, routerMigrations } from '../../src/main/node/router/index.ts';
import { createEventsService } from '../../src/main/node/services/events.ts';
import { createNodesService } from '../../src/main/node/services/nodes.ts';
import { createStore } from '../../src/main/node/store/index.ts';
import { Metrics, Problems } from '../../src/main/node/telemetry/index.ts';
import { createRouterFixture, type LogLine, recordingLogger } from './router-fixture.ts';

/** Router and federation of one node, real but for the services; in a test or in a process of its own. */
export interface FederatedNode {
  readonly name: string;
  readonly nodeId: string;
  readonly router: Router;
  readonly federation: Federation;
  readonly problems: Problems;
  readonly lines: readonly LogLine[];
  /** Stops cleanly; once, however often it is asked. */
  stop(): Promise<void>;
}

export interface FederatedNodeOptions {
  readonly name: string;
  readonly url: string;
  readonly folder: string;
  readonly nodeId?: string;
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

/** Starts a node's router with its federation. The caller stops it. */
export async function startFederatedNode(options: FederatedNodeOptions): Promise<FederatedNode> {
  const { name, folder, nodeId = randomNodeId(), capabilities = [], load = () => 0 } = options;
  const logger = recordingLogger();
  const problems = new Problems();
  const metrics = new Metrics();
  const store = createStore({ file: join(folder, 'node.db'), migrations: [...routerMigrations, ...federationMigrations], logger });
  await store.start();
  const federation = new Federation({
    nodeId,
    identity: signerFromSeed(randomBytes(32)),
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
      ...(options.federation?.nowMs !== undefined && { nowMs: options.federation.nowMs }),
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
  return { name, nodeId, router, federation, problems, lines: logger.lines, stop };
}
