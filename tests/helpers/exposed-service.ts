/** A local service that a test exposes, and a client that reaches it under its public address. */
import { once } from 'node:events';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { WebSocket, WebSocketServer } from 'ws';

export interface ExposedService {
  readonly port: number;
  /** `METHOD path body`, and whether it was a replay, of what came so far. */
  readonly seen: readonly string[];
  /** Stops listening and cuts what is open. */
  close(): Promise<void>;
}

/** Answers `/fail` with 500, `/missing` with 404, anything else with JSON, `/packed` packed with gzip; and any WebSocket. */
export async function startExposedService(port = 0): Promise<ExposedService> {
  const seen: string[] = [];
  const server: Server = createServer(async (incoming, answer) => {
    const parts: Buffer[] = [];
    for await (const part of incoming) parts.push(part as Buffer);
    const replay = incoming.headers['signalbox-replay'] === undefined ? '' : ' (replay)';
    seen.push(`${incoming.method} ${incoming.url} ${Buffer.concat(parts).toString()}${replay}`);
    const status = incoming.url?.startsWith('/fail') === true ? 500 : incoming.url?.startsWith('/missing') === true ? 404 : 200;
    const isPacked = incoming.url === '/packed';
    answer.writeHead(status, {
      'content-type': 'application/json',
      'set-cookie': 'session=secret',
      'x-request-id': 'PX-200',
      ...(isPacked && { 'content-encoding': 'gzip' }),
    });
    const body = JSON.stringify({ sku: 'PX-200', qty: 400, failed: status !== 200 });
    answer.end(isPacked ? gzipSync(body) : body);
  });
  const webSockets = new WebSocketServer({ server });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    seen,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      for (const webSocket of webSockets.clients) webSocket.terminate();
      await closed;
    },
  };
}

/** Sends a request to a public address, whose name only the gateway on this machine knows. Resolves with status and body. */
export async function askPublic(
  address: string,
  path: string,
  options: { readonly method?: string; readonly body?: string } = {},
): Promise<{ readonly status: number; readonly body: string }> {
  const { host, port } = new URL(address);
  const { method = 'GET', body } = options;
  const headers = { host, authorization: 'Bearer secret', ...(body !== undefined && { 'content-type': 'application/json' }) };
  const sent = request({ host: '127.0.0.1', port, path, method, headers, agent: false });
  sent.end(body);
  const [answer] = (await once(sent, 'response')) as [import('node:http').IncomingMessage];
  const parts: Buffer[] = [];
  for await (const part of answer) parts.push(part as Buffer);
  return { status: answer.statusCode ?? 0, body: Buffer.concat(parts).toString() };
}

/** Opens a WebSocket at a public address and closes it again. */
export async function greetPublic(address: string, path: string): Promise<void> {
  const { host, port } = new URL(address);
  const webSocket = new WebSocket(`ws://127.0.0.1:${port}${path}`, { headers: { host } });
  await once(webSocket, 'open');
  webSocket.close();
  await once(webSocket, 'close');
}
