/** The other process of the benchmark of secured calls: whole nodes as it is told, and a bare WebSocket over TLS. */
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import { createThrowawayCertificate } from '../../src/main/node/links/index.ts';
import type { SignalboxNode } from '../../src/main/node/node.ts';
import { operator, startBenchMember } from './bench-member.ts';

/** What the near side asks for. */
export type FarOrder =
  | { readonly kind: 'start'; readonly name: string; readonly dataFolder: string; readonly overrides: Readonly<Record<string, unknown>> }
  | { readonly kind: 'join'; readonly name: string; readonly code: string; readonly address: string }
  | { readonly kind: 'stop'; readonly name: string }
  | { readonly kind: 'serve' };

/** Answers with the time over a WebSocket in TLS, and does nothing else. */
async function serveBare(): Promise<number> {
  const https = createServer({ ...(await createThrowawayCertificate()), minVersion: 'TLSv1.3' });
  const server = new WebSocketServer({ server: https, clientTracking: false });
  server.on('connection', (socket) => {
    socket.on('message', (data) => {
      const { requestid } = JSON.parse(String(data)) as { readonly requestid: string };
      socket.send(JSON.stringify({ requestid, data: { nowMs: Date.now() } }));
    });
  });
  await new Promise<void>((resolve) => https.listen(0, '127.0.0.1', resolve));
  return (https.address() as AddressInfo).port;
}

if (process.send !== undefined) {
  const nodes = new Map<string, SignalboxNode>();
  const obey = async (order: FarOrder): Promise<unknown> => {
    if (order.kind === 'serve') return serveBare();
    const node = nodes.get(order.name);
    if (order.kind === 'start') {
      const started = await startBenchMember(order.name, order.dataFolder, order.overrides);
      nodes.set(order.name, started);
      return started.nodeId;
    }
    if (order.kind === 'join')
      return node?.router.call('membership.join', { code: order.code, address: order.address }, { principal: operator });
    await node?.stop();
    return undefined;
  };
  process.on('message', (order: FarOrder) => {
    obey(order).then(
      (result) => process.send?.({ result }),
      (error: unknown) => process.send?.({ failure: String(error) }),
    );
  });
}
