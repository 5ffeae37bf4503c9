import type { Principal } from '../../src/common/roles.ts';
import { createNode, type SignalboxNode } from '../../src/main/node/node.ts';

export const operator: Principal = { user: 'bench@node', roles: ['admin'], via: 'ws' };

/** A whole node that nobody reaches but its peer. */
export async function startBenchMember(
  name: string,
  dataFolder: string,
  overrides: Readonly<Record<string, unknown>>,
): Promise<SignalboxNode> {
  const node = await createNode({
    dataFolder,
    mode: 'headless',
    overrides: { 'node.name': name, 'http.enabled': false, 'links.port': 0, 'links.discovery': 'off', ...overrides },
    onRestart: () => undefined,
    environment: {},
  });
  await node.start();
  return node;
}
