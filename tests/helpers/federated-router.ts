import { onTestFinished } from 'vitest';
import { createMemoryTransport } from '../../src/common/client/memory-transport.ts';
import { NodeClient } from '../../src/common/client/node-client.ts';
import type { SignalboxError } from '../../src/common/errors.ts';
import type { Role } from '../../src/common/roles.ts';
import { attachMemory, type Router } from '../../src/main/node/router/index.ts';
import { type FederatedNode, type FederatedNodeOptions, startFederatedNode } from './federated-node.ts';
import { startHub } from './hub-fixture.ts';
import { startMosquitto } from './mosquitto.ts';
import { principalWith } from './router-fixture.ts';
import { temporaryFolder } from './temporary-folder.ts';

export type BrokerKind = 'Mosquitto' | 'the embedded hub';
export const brokerKinds: readonly BrokerKind[] = ['Mosquitto', 'the embedded hub'];

/** Router and federation of one node, real but for the services: a test gives those it needs. */
export interface FederatedRouter extends FederatedNode {
  readonly folder: string;
  /** A client such as a browser has. */
  client(role?: Role): NodeClient;
}

/** `folder`: data folder, for a node that starts again or a copy of one. */
export type FederatedRouterOptions = Omit<FederatedNodeOptions, 'folder'> & { readonly folder?: string };

/** Starts a node's router with its federation; stopped when the test ends. */
export async function startFederatedRouter(options: FederatedRouterOptions): Promise<FederatedRouter> {
  const folder = options.folder ?? (await temporaryFolder());
  const node = await startFederatedNode({ ...options, folder });
  onTestFinished(node.stop);
  return { ...node, folder, client: (role = 'admin') => connectClient(node.router, role) };
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
