/** Public end of the tunnel that one writes in an hour: the body of a request is gathered first, and nothing holds back an answer that is not read. */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import { decodeNaive, encodeNaive, flatHeaders } from './naive-messages.ts';

const waiting = new Map<string, ServerResponse>();
let agent: WebSocket | undefined;
let lastId = 0;

const agents = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });
agents.on('connection', (socket) => {
  agent = socket;
  socket.on('message', (bytes: Buffer) => {
    const { response, data, close } = decodeNaive(bytes);
    if (response) {
      waiting.get(response.id)?.writeHead(response.status, response.headers);
      if (response.body.length > 0) waiting.get(response.id)?.write(response.body);
    } else if (data) waiting.get(data.id)?.write(data.chunk);
    else if (close) {
      waiting.get(close.id)?.end();
      waiting.delete(close.id);
    }
  });
});

const server = createServer({ noDelay: true, requestTimeout: 0 }, (request, response) => {
  const id = `${++lastId}`;
  const body: Buffer[] = [];
  request.on('data', (chunk: Buffer) => body.push(chunk));
  request.on('end', () => {
    waiting.set(id, response);
    const head = { id, method: request.method ?? 'GET', path: request.url ?? '/', headers: flatHeaders(request.headers) };
    agent?.send(encodeNaive({ request: { ...head, body: Buffer.concat(body) } }));
  });
  response.on('close', () => {
    if (waiting.delete(id)) agent?.send(encodeNaive({ close: { id } }));
  });
});

agents.on('listening', () =>
  server.listen(0, '127.0.0.1', () => {
    process.send?.({ agents: (agents.address() as AddressInfo).port, clients: (server.address() as AddressInfo).port });
  }),
);
process.on('disconnect', () => process.exit());
