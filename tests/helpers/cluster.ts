import { onTestFinished } from 'vitest';
import { createMemoryTransport } from '../../src/common/client/memory-transport.ts';
import { NodeClient } from '../../src/common/client/node-client.ts';
import type { Principal, Role } from '../../src/common/roles.ts';
import type { Federation } from '../../src/main/node/federation/index.ts';
import { createNode, type SignalboxNode } from '../../src/main/node/node.ts';
import { attachMemory } from '../../src/main/node/router/index.ts';
import { startMosquitto } from './mosquitto.ts';
import { temporaryFolder } from './temporary-folder.ts';

export type BrokerKind = 'Mosquitto' | 'the embedded hub';
export const brokerKinds: readonly BrokerKind[] = ['Mosquitto', 'the embedded hub'];

/** A whole node of a test, with a client as a browser would have one. */
export interface ClusterNode {
  readonly node: SignalboxNode;
  readonly nodeId: string;
  readonly name: string;
  readonly federation: Federation;
  /** Another client of the node. */
  client(role?: Role): NodeClient;
}

export interface ClusterOptions {
  readonly names?: readonly string[];
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Data folders to use, for nodes that start again. */
  readonly folders?: readonly string[];
}

const defaultSettings = {
  'http.enabled': false,
  'federation.unsignedRole': 'operator',
  'federation.keepaliveSeconds': 5,
  'logs.level': 'warn',
};

/** Starts one node that joins a broker; stopped when the test ends. */
export async function startClusterNode(name: string, settings: Readonly<Record<string, unknown>>, folder?: string): Promise<ClusterNode> {
  const node = await createNode({
    dataFolder: folder ?? (await temporaryFolder()),
    mode: 'desktop',
    overrides: { ...defaultSettings, 'node.name': name, ...settings },
    onRestart: () => undefined,
  });
  onTestFinished(() => node.stop());
  await node.start();
  const { federation } = node;
  if (federation === undefined) throw new Error('federation is off');
  return { node, nodeId: node.nodeId, name, federation, client: (role = 'admin') => connectClient(node, role) };
}

/** A client of a node over the in-memory transport, signed in as somebody with the role. */
export function connectClient(node: SignalboxNode, role: Role): NodeClient {
  const principal: Principal = { user: `${role}@${node.config.get('node.name')}`, roles: [role], via: 'ws' };
  const client = new NodeClient({
    reconnect: false,
    connect: () => {
      const { client: end, node: nodeEnd } = createMemoryTransport();
      attachMemory(node.router, nodeEnd, { principal: () => principal });
      return Promise.resolve(end);
    },
  });
  onTestFinished(() => client.close());
  return client;
}

/** Settings by which nodes join a broker of a kind. */
export async function startBroker(
  kind: BrokerKind,
): Promise<{ readonly url: string; readonly first: Readonly<Record<string, unknown>> | undefined }> {
  if (kind === 'Mosquitto') return { url: (await startMosquitto()).url, first: undefined };
  return { url: '', first: { 'federation.mode': 'hub', 'federation.port': 0 } };
}

/** Whole nodes on one broker that all see each other. The embedded hub runs on the first. */
export async function startCluster(kind: BrokerKind, options: ClusterOptions = {}): Promise<readonly ClusterNode[]> {
  const { names = ['alpha', 'bravo', 'charlie'], settings = {}, folders = [] } = options;
  const broker = await startBroker(kind);
  const nodes: ClusterNode[] = [];
  let { url } = broker;
  for (const [index, name] of names.entries()) {
    const own = index === 0 && broker.first !== undefined ? broker.first : { 'federation.mode': 'external', 'federation.brokerUrl': url };
    const started = await startClusterNode(name, { ...own, ...settings }, folders[index]);
    if (index === 0 && broker.first !== undefined) url = `mqtt://127.0.0.1:${started.node.hub?.port}`;
    nodes.push(started);
  }
  await everybodySees(nodes);
  return nodes;
}

/** Resolves when every node has every other one on line. */
export async function everybodySees(nodes: readonly ClusterNode[]): Promise<void> {
  await Promise.all(
    nodes.flatMap((watcher) => nodes.filter((node) => node !== watcher).map(({ nodeId }) => untilReachability(watcher, nodeId, 'online'))),
  );
}

/** Resolves when a node sees another as on line, off line or unknown. */
export function untilReachability(watcher: ClusterNode, nodeId: string, wanted: 'online' | 'offline' | 'unknown'): Promise<void> {
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
