import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { Registry } from 'prom-client';
import { Federation, federationMigrations } from '../../src/main/node/federation/index.ts';
import { signerFromSeed } from '../../src/main/node/identity/index.ts';
import { Router } from '../../src/main/node/router/index.ts';
import { createNodesService } from '../../src/main/node/services/nodes.ts';
import { createStore } from '../../src/main/node/store/index.ts';
import { Metrics, Problems } from '../../src/main/node/telemetry/index.ts';

const silent = () => undefined;
const logger = { trace: silent, debug: silent, info: silent, warn: silent, error: silent, fatal: silent };

export interface BenchNode {
  readonly nodeId: string;
  readonly router: Router;
  readonly federation: Federation;
  stop(): Promise<void>;
}

/** A node's router and federation as they run in production: schema checks, limits, metrics. */
export async function startBenchNode(options: {
  readonly name: string;
  readonly url: string;
  readonly folder: string;
}): Promise<BenchNode> {
  const { name, url, folder } = options;
  const alphabet = 'abcdefghijklmnopqrstuvwxyz234567';
  const nodeId = `n1${[...randomBytes(52)].map((byte) => alphabet[byte % 32]).join('')}`;
  const store = createStore({ file: join(folder, 'node.db'), migrations: federationMigrations, logger });
  await store.start();
  const federation = new Federation({
    nodeId,
    identity: signerFromSeed(randomBytes(32)),
    version: '0.0.0',
    self: () => ({ name, capabilities: [], health: 'ok', load: 0 }),
    prefix: 'cloudisense',
    target: () => Promise.resolve({ url }),
    keepaliveSeconds: 30,
    acceptUnsigned: () => true,
    unsignedRole: () => 'operator',
    store,
    logger,
    metrics: new Metrics(),
    problems: new Problems(),
  });
  const router = new Router({
    nodeId,
    name: () => name,
    version: '0.0.0',
    capabilities: () => [],
    logger,
    metrics: { registry: new Registry() },
    audit: { record: silent },
    remoteNodes: federation.gateway,
  });
  federation.attach(router);
  router.register(
    createNodesService({
      federation,
      self: () => ({ nodeId, name, version: '0.0.0', capabilities: [], health: 'ok', load: 0, since: 0, epoch: 1 }),
    }),
  );
  await federation.start();
  await router.start();
  return {
    nodeId,
    router,
    federation,
    stop: async () => {
      await router.stop();
      await federation.stop();
      await store.stop();
    },
  };
}

/** Resolves when a node has another on line. */
export function untilOnline({ federation: { directory } }: { readonly federation: Federation }, nodeId: string): Promise<void> {
  return new Promise((resolve) => {
    const look = () => {
      if (directory.get(nodeId)?.reachability !== 'online') return;
      unlisten();
      resolve();
    };
    const unlisten = directory.listen({ changed: look });
    look();
  });
}
