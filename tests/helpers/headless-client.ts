import { onTestFinished } from 'vitest';
import { NodeClient } from '../../src/common/client/node-client.ts';
import { connectWebSocket } from '../../src/common/client/web-socket-transport.ts';
import { type Started, setUpAdmin } from './headless-node.ts';

/** A client of a node in a process of its own, signed in as its first admin; closed when the test ends. */
export async function connectHeadless(node: Started): Promise<NodeClient> {
  const token = await setUpAdmin(node, 'ada', 'correct horse battery');
  const url = `${node.url.replace(/^http/, 'ws')}/ws?token=${encodeURIComponent(token)}`;
  const client = new NodeClient({
    connect: () => connectWebSocket({ url, open: (address, protocol) => new WebSocket(address, protocol) }),
  });
  onTestFinished(() => client.close());
  return client;
}
