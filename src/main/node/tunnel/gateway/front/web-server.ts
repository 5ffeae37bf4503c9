import { createServer, IncomingMessage, type Server, type ServerOptions } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { createSecureContext } from 'node:tls';
import { listenerTlsOptions } from '../../../certificates/index.ts';
import type { PublicTls } from '../types.ts';
import type { Doorkeeper } from './doorkeeper.ts';
import type { FrontContext } from './front-context.ts';
import { FrontResponse } from './front-response.ts';
import { LineGuard } from './line-guard.ts';
import type { RequestDesk } from './request-desk.ts';

/** Before its ninth edition Node's parser took some lines that end in LF alone; see {@link LineGuard}. */
const parserIsLenient = Number.parseInt(process.versions.llhttp ?? '0', 10) < 9;

/** Ends the guard of a connection. */
const guards = new WeakMap<object, () => void>();

type FrontServer = Server<typeof IncomingMessage, typeof FrontResponse>;

/**
 * Node's HTTP server with the bounds of a public port.
 *
 * @param tls it is given connections that the TLS port has looked at
 * @param strictLines for tests; absent: where Node's parser needs it
 */
export function createWebServer(
  context: FrontContext,
  desk: RequestDesk,
  doorkeeper: Doorkeeper,
  { tls, strictLines }: { readonly tls: PublicTls | undefined; readonly strictLines?: boolean | undefined },
): FrontServer {
  const { limits } = context;
  const options: ServerOptions<typeof IncomingMessage, typeof FrontResponse> = {
    IncomingMessage,
    ServerResponse: FrontResponse,
    insecureHTTPParser: false,
    headersTimeout: limits.headMs,
    // An upload may take as long as it gets on (tunnel.md 11).
    requestTimeout: 0,
    connectionsCheckingInterval: 1_000,
    keepAliveTimeout: limits.keepAliveMs,
    maxHeaderSize: limits.headBytes,
    noDelay: true,
    // A request without a body has no stream that comes to its end: newer Node spares it, older knows nothing of it.
    optimizeEmptyRequests: true,
    // As in newer Node: less stop and go, and still little beside the window of a stream.
    highWaterMark: 65_536,
    // A host is asked for by the desk, which says so in its own words.
    requireHostHeader: false,
  };
  const server: FrontServer = tls === undefined ? createServer(options) : createTlsServer({ ...options, ...tlsOptions(context, tls) });
  if (strictLines ?? parserIsLenient)
    server.on(tls === undefined ? 'connection' : 'secureConnection', (socket: Socket) => guardLines(context, socket));
  server.on('request', (request, response) => {
    doorkeeper.settle(request.socket);
    desk.request(request, response, false);
  });
  server.on('checkContinue', (request, response) => {
    doorkeeper.settle(request.socket);
    desk.request(request, response, true);
  });
  server.on('checkExpectation', (request, response) => desk.expectation(request, response));
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, firstBytes: Buffer) => {
    doorkeeper.settle(request.socket);
    guards.get(socket)?.();
    desk.upgrade(request, socket, firstBytes);
  });
  // Without a listener Node would just close; a word costs nothing.
  server.on('connect', (_request: IncomingMessage, socket: Duplex) => {
    context.refuse('method');
    endWith(socket, '405 Method Not Allowed');
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => refuseBytes(context, error, socket));
  server.on('tlsClientError', (_error: Error, socket: Duplex) => {
    context.refuse('malformed');
    socket.destroy();
  });
  return server;
}

/** Looks at the bytes before the parser does; ends with the connection, or when another protocol begins on it. */
function guardLines(context: FrontContext, socket: Socket): void {
  const guard = new LineGuard(context.limits.headBytes);
  const look = (bytes: Buffer): void => {
    if (guard.accepts(bytes)) return;
    socket.off('data', look);
    if (!context.shut.has(socket)) {
      context.shut.add(socket);
      context.refuse('malformed');
    }
    if (answering(socket)) socket.destroy();
    else endWith(socket, '400 Bad Request');
  };
  guards.set(socket, () => socket.off('data', look));
  socket.prependListener('data', look);
}

/** @throws Error of OpenSSL for a key or a certificate that cannot be used */
function tlsOptions(context: FrontContext, tls: PublicTls) {
  return {
    ...listenerTlsOptions({ certificate: tls.cert, key: tls.key }),
    handshakeTimeout: context.limits.headMs,
    ALPNProtocols: ['http/1.1'],
    SNICallback: (name: string, done: (error: Error | null, context?: ReturnType<typeof createSecureContext>) => void) =>
      done(null, tls.contextFor(name.toLowerCase())),
  };
}

/** What the parser did not take (security.md row 57). An answer is only given where no other is on its way. */
function refuseBytes(context: FrontContext, error: NodeJS.ErrnoException, socket: Duplex): void {
  const { code } = error;
  if (code === 'ECONNRESET' || code === 'EPIPE') {
    socket.destroy();
    return;
  }
  // An answer is on its way already, and closes it.
  if (context.shut.has(socket)) return;
  context.shut.add(socket);
  const late = code === 'ERR_HTTP_REQUEST_TIMEOUT';
  const large = code === 'HPE_HEADER_OVERFLOW';
  context.refuse(late ? 'slow-head' : large ? 'head-too-large' : 'malformed');
  if (!socket.writable || answering(socket)) socket.destroy();
  else if (late) endWith(socket, '408 Request Timeout');
  else if (code === 'HPE_CHUNK_EXTENSIONS_OVERFLOW') endWith(socket, '413 Content Too Large');
  else endWith(socket, large ? '431 Request Header Fields Too Large' : '400 Bad Request');
}

/** Node keeps the answer that a connection is writing under this name; a second head in the middle of it would be part of its body. */
function answering(socket: Duplex): boolean {
  const current = (socket as Socket & { readonly _httpMessage?: FrontResponse | null })._httpMessage;
  return current !== undefined && current !== null;
}

function endWith(socket: Duplex, status: string): void {
  const body = `${status}\n`;
  socket.once('finish', () => socket.destroy());
  socket.on('error', () => socket.destroy());
  socket.end(
    `HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Type: text/plain\r\nSignalbox-Error: malformed\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  );
}
