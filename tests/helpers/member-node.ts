/** Whole nodes of this process that become members of clusters. */
import { onTestFinished } from 'vitest';
import { createMemoryTransport } from '../../src/common/client/memory-transport.ts';
import { NodeClient } from '../../src/common/client/node-client.ts';
import type { ClusterMember } from '../../src/common/contract/membership.ts';
import { createNode, type SignalboxNode } from '../../src/main/node/node.ts';
import type { NodeOptions } from '../../src/main/node/node-foundation.ts';
import { attachMemory } from '../../src/main/node/router/index.ts';
import { principalWith } from './router-fixture.ts';
import { temporaryFolder } from './temporary-folder.ts';

export interface MemberNode {
  readonly node: SignalboxNode;
  readonly client: NodeClient;
  readonly name: string;
  readonly folder: string;
  /** `HOST:PORT` of its door. */
  address(): Promise<string>;
  /** What it knows of a member; undefined when it knows none of that name. */
  member(name: string): Promise<ClusterMember | undefined>;
  stop(): Promise<void>;
}

/** Starts a node; stopped when the test ends. @param settings besides free ports. @param peerTimes shorter than usual */
export async function startMember(
  name: string,
  settings: Record<string, unknown> = {},
  dataFolder?: string,
  peerTimes?: NodeOptions['peerTimes'],
): Promise<MemberNode> {
  const folder = dataFolder ?? (await temporaryFolder());
  const node = await createNode({
    dataFolder: folder,
    mode: 'headless',
    overrides: { 'node.name': name, 'http.port': 0, 'links.port': 0, 'links.discovery': 'off', ...settings },
    onRestart: () => undefined,
    environment: {},
    ...(peerTimes !== undefined && { peerTimes }),
  });
  await node.start();
  const { client: transport, node: end } = createMemoryTransport();
  attachMemory(node.router, end, { principal: () => principalWith('admin') });
  const client = new NodeClient({ connect: () => Promise.resolve(transport) });
  let stopping: Promise<void> | undefined;
  const stop = () => {
    client.close();
    stopping ??= node.stop();
    return stopping;
  };
  onTestFinished(stop);
  return {
    node,
    client,
    name,
    folder,
    address: async () => (await client.call('membership.status', {})).addresses[0] ?? '',
    member: async (wanted) => (await client.call('membership.members', {})).members.find((member) => member.name === wanted),
    stop,
  };
}

/** Lets a node join at another one, which must be an admin. */
export async function letJoin(host: MemberNode, guest: MemberNode): Promise<void> {
  const { code } = await host.client.call('membership.invite', { roles: ['peer', 'viewer', 'operator'] });
  await guest.client.call('membership.join', { code, address: await host.address() }, { timeoutMs: 20_000 });
}
