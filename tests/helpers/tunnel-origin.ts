/** A local service to be reached through a tunnel: what it sends is known in advance, and what it was sent is recorded. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { onTestFinished } from 'vitest';
import { WebSocketServer } from 'ws';

/** One request as the service saw it. */
export interface SeenRequest {
  readonly method: string;
  readonly url: string;
  readonly httpVersion: string;
  readonly rawHeaders: readonly string[];
  /** Bytes of the body so far. */
  bodyBytes: number;
  /** Bytes of the answer handed to its socket so far. */
  sentBytes: number;
  /** The connection ended before the answer did. */
  aborted: boolean;
  isOver: boolean;
}

export interface TunnelOrigin {
  readonly server: Server;
  readonly port: number;
  /** `127.0.0.1:port` */
  readonly target: string;
  /** All requests, the newest last. */
  readonly seen: readonly SeenRequest[];
  /** The newest request for a path. */
  last(path: string): SeenRequest | undefined;
  /** Sends an event to all who read `/events`; false: nobody does. */
  tell(data: string): boolean;
  /** Ends every connection with a reset, as one that has crashed does. */
  crash(): void;
  /** Connections that are open now. */
  connections(): Promise<number>;
}

const blockBytes = 65_536;

/** 64 KiB that do not repeat within themselves and are the same every time. */
const block = Buffer.concat(Array.from({ length: blockBytes / 32 }, (_, index) => createHash('sha256').update(`${index}`).digest()));

/** SHA-256, hexadecimal, of the so many bytes that `/bulk?bytes=` answers with. */
export function bulkHash(sizeBytes: number): string {
  const hash = createHash('sha256');
  for (const piece of bulk(sizeBytes)) hash.update(piece);
  return hash.digest('hex');
}

/** The 1,024 bytes of `/small`. */
export const small = block.subarray(0, 1_024).toString('hex').slice(0, 1_024);

/**
 * Starts the service on a free port of loopback; stopped when the test ends.
 *
 * - `/small` 1 KiB; `/bulk?bytes=N&framing=length|chunked|close&stallAfter=N` bytes of {@link bulkHash}, stopping for good at `stallAfter`
 * - `/never` no answer; `/events` what {@link TunnelOrigin.tell} tells; `/status/NNN` that status; `/trailers` a body and trailers
 * - `/sink` takes a body and answers with its size, SHA-256 and framing as JSON; `/mirror` answers with the request itself as JSON
 * - `/page?assets=N` an HTML page with so many assets; a WebSocket at any path echoes
 */
export async function startTunnelOrigin(): Promise<TunnelOrigin> {
  const seen: SeenRequest[] = [];
  const listeners = new Set<ServerResponse>();
  const sockets = new Set<Socket>();
  const server = createServer((request, response) => {
    const record = recordOf(request, response);
    seen.push(record);
    if (request.url === '/events') {
      response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
      response.write(': open\n\n');
      listeners.add(response);
      response.on('close', () => listeners.delete(response));
    } else void answer(request, response, record).catch(() => response.destroy());
  });
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  // What a client uploads slowly is not cut off here.
  server.requestTimeout = 0;
  const echo = new WebSocketServer({ server, perMessageDeflate: false });
  echo.on('connection', (socket) => {
    socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
    socket.on('error', () => undefined);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const client of echo.clients) client.terminate();
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return {
    server,
    port,
    target: `127.0.0.1:${port}`,
    seen,
    last: (path) => seen.findLast(({ url }) => url === path || url.startsWith(`${path}?`)),
    tell: (data) => {
      for (const response of listeners) response.write(`data: ${data}\n\n`);
      return listeners.size > 0;
    },
    crash: () => {
      for (const socket of sockets) socket.resetAndDestroy();
    },
    connections: () =>
      new Promise((resolve, reject) => server.getConnections((error, count) => (error === null ? resolve(count) : reject(error)))),
  };
}

async function answer(request: IncomingMessage, response: ServerResponse, record: SeenRequest): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://origin');
  const [, name = '', word = ''] = url.pathname.split('/');
  switch (name) {
    case 'bulk':
      return sendBulk(response, record, url.searchParams);
    case 'never':
      request.resume();
      return;
    case 'status':
      request.resume();
      response.writeHead(Number(word), { 'x-status': word }).end(Number(word) === 204 || Number(word) === 304 ? undefined : word);
      return;
    case 'trailers':
      response.writeHead(200, { trailer: 'x-sum' });
      response.write(small);
      response.addTrailers({ 'x-sum': '42' });
      response.end();
      return;
    case 'sink': {
      const hash = createHash('sha256');
      for await (const piece of request) hash.update(piece as Buffer);
      const { 'content-length': contentLength = null, 'transfer-encoding': transferEncoding = null } = request.headers;
      return sendJson(response, { bytes: record.bodyBytes, sha256: hash.digest('hex'), contentLength, transferEncoding });
    }
    case 'mirror': {
      const pieces: Buffer[] = [];
      for await (const piece of request) pieces.push(piece as Buffer);
      const { method, httpVersion, rawHeaders } = request;
      return sendJson(response, { method, url: request.url, httpVersion, rawHeaders, body: Buffer.concat(pieces).toString() });
    }
    case 'page':
      return sendPage(response, Number(url.searchParams.get('assets')));
    case 'asset':
      response.writeHead(200, { 'content-type': 'text/javascript' });
      response.end(`window.loaded.add(${Number(word)});`);
      return;
    default:
      request.resume();
      response.writeHead(name === 'small' ? 200 : 404, { 'content-type': 'text/plain', etag: '"1"' }).end(small);
  }
}

/** A range of bytes is served too: from the first byte asked for to the end or the last one. */
async function sendBulk(response: ServerResponse, record: SeenRequest, params: URLSearchParams): Promise<void> {
  const size = Number(params.get('bytes'));
  const framing = params.get('framing') ?? 'length';
  const stallAfter = params.get('stallAfter');
  const range = /^bytes=(\d+)-(\d*)$/.exec(response.req.headers.range ?? '');
  const from = range === null ? 0 : Number(range[1]);
  const to = range === null || range[2] === '' ? size - 1 : Number(range[2]);
  const headers: Record<string, string> = { 'content-type': 'application/octet-stream', 'accept-ranges': 'bytes' };
  if (framing === 'length') headers['content-length'] = `${to - from + 1}`;
  if (framing === 'close') {
    headers.connection = 'close';
    response.useChunkedEncodingByDefault = false;
  }
  if (range !== null) headers['content-range'] = `bytes ${from}-${to}/${size}`;
  response.writeHead(range === null ? 200 : 206, headers);
  async function* pieces() {
    let at = 0;
    const end = stallAfter === null ? to + 1 : Math.min(to + 1, Number(stallAfter));
    for (const piece of bulk(end)) {
      const wanted = at + piece.byteLength <= from ? undefined : piece.subarray(Math.max(0, from - at));
      at += piece.byteLength;
      if (wanted === undefined) continue;
      record.sentBytes += wanted.byteLength;
      yield wanted;
    }
    // For good: only the end of the connection ends this answer.
    if (stallAfter !== null) await once(response, 'close');
  }
  await pipeline(pieces(), response);
}

/** The bytes that `/bulk?bytes=` answers with, piece by piece. */
export function* bulk(sizeBytes: number): Generator<Buffer> {
  for (let at = 0; at < sizeBytes; at += blockBytes) yield block.subarray(0, Math.min(blockBytes, sizeBytes - at));
}

function sendPage(response: ServerResponse, assets: number): void {
  const scripts = Array.from({ length: assets }, (_, index) => `<script src="/asset/${index}" defer></script>`).join('\n');
  response.writeHead(200, { 'content-type': 'text/html' });
  response.end(`<!doctype html><title>Assets</title><script>window.loaded = new Set();</script>\n${scripts}`);
}

function sendJson(response: ServerResponse, value: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}

function recordOf(request: IncomingMessage, response: ServerResponse): SeenRequest {
  const { method = '', url = '', httpVersion, rawHeaders } = request;
  const record: SeenRequest = { method, url, httpVersion, rawHeaders, bodyBytes: 0, sentBytes: 0, aborted: false, isOver: false };
  request.on('data', (piece: Buffer) => {
    record.bodyBytes += piece.byteLength;
  });
  request.pause();
  response.on('close', () => {
    record.aborted = !response.writableFinished;
    record.isOver = true;
  });
  return record;
}
