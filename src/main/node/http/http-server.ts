import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { SignalboxError } from '../../../common/errors.ts';
import { limits } from '../../../common/limits.ts';
import { listenerTlsOptions, type TlsMaterial } from '../certificates/index.ts';
import { connectionKey, type PendingConnections } from './pending-connections.ts';
import type { RefusalReason, Refusals } from './refusals.ts';

/** Times of the listener, milliseconds. */
export interface HttpTimings {
  /** For the whole TLS handshake and request head, however slowly its bytes come (security.md row 3). */
  readonly headersMs: number;
  /** For the whole request. */
  readonly requestMs: number;
  /** How often ended sessions and dead clients are looked for. */
  readonly sweepMs: number;
  /** For clients to say goodbye when the node stops. */
  readonly stopMs: number;
}

export interface HttpServerOptions {
  readonly timings: HttpTimings;
  readonly tls: TlsMaterial | undefined;
  readonly pending: PendingConnections;
  readonly refusals: Refusals;
  /** WebSocket clients at once. */
  readonly connections: number;
}

const tookTooLong = 'A request took too long to arrive.';

/** A server that bounds what a connection may cost before its first whole request (security.md rows 1 to 5). */
export function createHttpServer({ timings, tls, pending, refusals, connections }: HttpServerOptions): Server {
  const common = {
    headersTimeout: timings.headersMs,
    requestTimeout: timings.requestMs,
    // Node looks for slow requests at this beat, so a timeout is kept to within a fifth.
    connectionsCheckingInterval: Math.max(50, Math.trunc(timings.headersMs / 5)),
    keepAliveTimeout: 5_000,
    maxHeaderSize: 16_384,
  };
  const server = tls === undefined ? createServer(common) : createTlsServer({ ...common, ...listenerTlsOptions(tls) });
  // Some room beyond the WebSocket clients, so that a full house can still be asked for its health.
  server.maxConnections = connections + limits.pendingConnections;
  server.maxRequestsPerSocket = 1_000;
  const refuse = (socket: Socket, reason: RefusalReason, message: string) =>
    refusals.add({ reason, address: socket.remoteAddress ?? '', message });
  // Connections in their handshake. A connection that ends badly is counted once, though Node tells of it by up to three events.
  const shaking = new Set<string>();
  server.on('connection', (socket: Socket) => {
    socket.on('error', () => socket.destroy());
    if (tls === undefined) {
      pending.add(socket);
      return;
    }
    const key = connectionKey(socket);
    shaking.add(key);
    socket.once('close', () => {
      if (shaking.delete(key) && pending.has(key)) refuse(socket, 'malformed', 'A TLS handshake failed.');
    });
    // Node counts the head from the end of the handshake on; together they have the time once.
    pending.add(socket, { withinMs: timings.headersMs, onLate: () => refuse(socket, 'timeout', tookTooLong) });
  });
  server.on('secureConnection', (socket: Socket) => shaking.delete(connectionKey(socket)));
  server.on('clientError', (error: NodeJS.ErrnoException, stream: Duplex) => {
    const socket = stream as Socket;
    if (tls !== undefined && (socket.destroyed || shaking.has(connectionKey(socket)))) {
      socket.destroy();
      return;
    }
    pending.settle(socket);
    refuseRequest(error, socket, refusals);
  });
  return server;
}

/** @throws SignalboxError `CONFLICT` that names the port and the setting */
export function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException) => reject(cannotListen(error, host, port));
    server.once('error', failed);
    server.listen({ host, port }, () => {
      server.off('error', failed);
      resolve();
    });
  });
}

function refuseRequest(error: NodeJS.ErrnoException, socket: Socket, refusals: Refusals): void {
  const timedOut = error.code === 'ERR_HTTP_REQUEST_TIMEOUT';
  refusals.add({
    reason: timedOut ? 'timeout' : 'malformed',
    address: socket.remoteAddress ?? '',
    message: timedOut ? tookTooLong : 'A request was not HTTP.',
  });
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const status = timedOut
    ? '408 Request Timeout'
    : error.code === 'HPE_HEADER_OVERFLOW'
      ? '431 Request Header Fields Too Large'
      : '400 Bad Request';
  socket.once('finish', () => socket.destroy());
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

function cannotListen(error: NodeJS.ErrnoException, host: string, port: number): SignalboxError {
  const why =
    error.code === 'EADDRINUSE'
      ? `Port ${port} on ${host} is in use by another program. Stop it, or choose another port with the setting http.port (0 takes any free one).`
      : error.code === 'EACCES'
        ? `Port ${port} needs rights that this program does not have. Choose one above 1023 with the setting http.port.`
        : error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND'
          ? `This machine has no address ${host}. Correct the setting http.host.`
          : `Cannot listen on ${host}, port ${port}: ${error.message}. See the settings http.host and http.port.`;
  return new SignalboxError('CONFLICT', why, { executed: 'no', cause: error });
}
