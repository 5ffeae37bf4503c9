import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { MessageChannel } from 'node:worker_threads';
import WebSocket, { WebSocketServer } from 'ws';
import { createMemoryTransport } from '../../src/common/client/memory-transport.ts';
import { createMessagePortTransport, type MessagePortLike } from '../../src/common/client/message-port-transport.ts';
import { connectWebSocket, type WebSocketLike } from '../../src/common/client/web-socket-transport.ts';
import { attachMemory, attachMessagePort, attachWebSocket } from '../../src/main/node/router/index.ts';
import { principalWith } from '../helpers/router-fixture.ts';
import { describeTransport } from '../helpers/transport-conformance.ts';

const principal = () => principalWith('admin');

describeTransport('memory', async (router) => ({
  connect: () => {
    const { client, node } = createMemoryTransport();
    attachMemory(router, node, { principal });
    return Promise.resolve(client);
  },
  close: () => Promise.resolve(),
}));

describeTransport('MessagePort', async (router) => ({
  connect: () => {
    const { port1, port2 } = new MessageChannel();
    attachMessagePort(router, port1, { principal });
    return Promise.resolve(createMessagePortTransport(port2 as unknown as MessagePortLike));
  },
  close: () => Promise.resolve(),
}));

describeTransport('WebSocket', async (router) => {
  const http = createServer();
  const server = new WebSocketServer({ server: http, maxPayload: router.limits.clientFrameBytes });
  server.on('connection', (socket) => attachWebSocket(router, socket, { principal, profile: 'current', kind: 'ws' }));
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const { port } = http.address() as AddressInfo;
  return {
    connect: (signal) =>
      connectWebSocket({
        url: `ws://127.0.0.1:${port}/ws`,
        open: (url, protocol) => new WebSocket(url, protocol) as unknown as WebSocketLike,
        signal,
      }),
    close: () =>
      new Promise<void>((resolve) => {
        for (const socket of server.clients) socket.terminate();
        server.close(() => http.close(() => resolve()));
      }),
  };
});
