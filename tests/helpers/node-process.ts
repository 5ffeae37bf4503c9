/**
 * A node in a process of its own: `node node-process.ts DATA`. Tells its parent what it is, does what it is told, and must end
 * by itself once the node has stopped.
 */
import type { Principal } from '../../src/common/roles.ts';
import { createNode } from '../../src/main/node/node.ts';

const [dataFolder = ''] = process.argv.slice(2);
const principal: Principal = { user: 'test@node', roles: ['admin'], via: 'cli' };

const node = await createNode({ dataFolder, mode: 'headless', overrides: { 'http.port': 0 }, onRestart: () => undefined, environment: {} });
await node.start();

process.on('message', async (message: { readonly call?: string; readonly params?: unknown; readonly stop?: true }) => {
  if (message.stop === true) {
    await node.stop();
    // The channel to the parent is the last thing that holds this process.
    process.disconnect();
    return;
  }
  const answer = await node.router.call(message.call as 'node.status', (message.params ?? {}) as Record<string, never>, { principal });
  process.send?.({ answer });
});
process.send?.({ nodeId: node.nodeId, url: node.http.url });
