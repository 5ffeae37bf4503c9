import {
  createServer as createHttpServer,
  type Server as HttpServer,
  type IncomingMessage,
  type ServerResponse,
  STATUS_CODES,
} from 'node:http';
import { createServer, type Server, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { createServer as createTlsServer, TLSSocket, type Server as TlsServer } from 'node:tls';
import { type WebSocket, WebSocketServer } from 'ws';
import { listenerTlsOptions, type TlsMaterial } from '../../certificates/index.ts';
import { listen } from '../../listen.ts';
import { isLoopback } from '../../loopback.ts';
import { webSocketOptions } from '../link/index.ts';
import { subProtocol } from '../protocol/messages.ts';
import { gatewayLimits } from './limits.ts';
import { UnprovenConnections } from './unproven-connections.ts';

/** Where agents sign in (wire.md 5). */
export const agentsPath = '/tunnel';

/** First byte of TLS: a handshake record. */
const tlsHandshake = 0x16;
/** Silence after which the system asks whether the other end is still there, milliseconds. */
const keepAliveMs = 30_000;

/** A WebSocket that has not signed in. */
export interface Newcomer {
  readonly socket: WebSocket;
  readonly protocol: 'v1' | 'legacy';
  readonly remoteAddress: string;
  readonly loopback: boolean;
  /** undefined: without TLS. */
  readonly tls: TLSSocket | undefined;
  /** It has proven who it is: its time to do so is over. */
  settle(): void;
}

/** Why a connection is not even heard: HTTP status and whole seconds to wait. */
export interface Turned {
  readonly status: 429 | 503;
  readonly retryAfterSeconds: number;
}

export interface AgentsListenerOptions {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  readonly certificate: TlsMaterial;
  /** Agents beyond this machine may come without TLS. */
  readonly allowPlain: boolean;
  /** Asked for each WebSocket before it is opened; undefined: come in. */
  readonly admit: (address: string) => Promise<Turned | undefined>;
  readonly onNewcomer: (newcomer: Newcomer) => void;
}

/**
 * The agents' port: one for TLS and, on this machine, plain connections; the first byte says which. Whoever has not proven itself within
 * five seconds is let go, and few of them are held at once (security.md rows 3 and 4).
 */
export class AgentsListener {
  readonly #options: AgentsListenerOptions;
  readonly #server: Server;
  readonly #tls: TlsServer;
  readonly #http: HttpServer;
  readonly #webSockets: WebSocketServer;
  readonly #sockets = new Set<Socket>();
  readonly #unproven = new UnprovenConnections();
  #refused = 0;

  constructor(options: AgentsListenerOptions) {
    this.#options = options;
    this.#server = createServer({ noDelay: true, keepAlive: true, keepAliveInitialDelay: keepAliveMs }, (socket) => this.#accept(socket));
    this.#tls = createTlsServer({
      ...listenerTlsOptions(options.certificate),
      // The proof of an agent is bound to its connection, which 1.2 does soundly with an extension alone (RFC 7627).
      minVersion: 'TLSv1.3',
      ALPNProtocols: ['http/1.1'],
      handshakeTimeout: gatewayLimits.handshakeMs,
      // A ticket would let a session begin again without its handshake.
      sessionTimeout: 1,
    });
    this.#tls.on('secureConnection', (socket) => this.#http.emit('connection', socket));
    this.#tls.on('tlsClientError', (_error, socket) => socket.destroy());
    this.#http = createHttpServer({ maxHeaderSize: 16_384, keepAlive: false }, answerPlainly);
    this.#http.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => void this.#upgrade(request, socket, head));
    this.#http.on('clientError', (_error, socket) => socket.destroy());
    this.#webSockets = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      ...webSocketOptions,
      handleProtocols: (offered: Set<string>): string | false => (offered.has(subProtocol) ? subProtocol : false),
    });
  }

  get address(): { readonly host: string; readonly port: number } | undefined {
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? { host: address.address, port: address.port } : undefined;
  }

  /** Connections that were turned away: too many at once, or plain where TLS is asked for. */
  get refused(): number {
    return this.#refused;
  }

  /** Connections that have not proven who they are. */
  get pending(): number {
    return this.#unproven.size;
  }

  /** @throws Error of the system when the port cannot be had */
  start(): Promise<void> {
    const { host, port } = this.#options;
    return listen(this.#server, host, port, () => {
      this.#refused += 1;
    });
  }

  /** Takes no more; what is open stays. */
  close(): void {
    this.#server.close();
  }

  /** Takes no more and cuts off what is left. */
  async stop(): Promise<void> {
    const closed = this.#server.listening ? new Promise<void>((resolve) => this.#server.close(() => resolve())) : undefined;
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #accept(socket: Socket): void {
    socket.on('error', () => undefined);
    if (!this.#unproven.add(socket)) {
      this.#refused += 1;
      socket.destroy();
      return;
    }
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    const gone = () => socket.destroy();
    socket.once('end', gone);
    socket.once('data', (first: Buffer) => {
      socket.off('end', gone);
      socket.pause();
      socket.unshift(first);
      if (first[0] === tlsHandshake) this.#tls.emit('connection', socket);
      else if (this.#options.allowPlain || isLoopback(socket.remoteAddress ?? '')) {
        this.#http.emit('connection', socket);
        socket.resume();
      } else {
        this.#refused += 1;
        socket.destroy();
      }
    });
  }

  async #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    socket.on('error', () => undefined);
    const raw = request.socket;
    const remoteAddress = raw.remoteAddress ?? '';
    if (request.url?.split('?', 1)[0] !== agentsPath) {
      refuseUpgrade(socket, 404);
      return;
    }
    const turned = await this.#options.admit(remoteAddress);
    if (socket.destroyed) return;
    if (turned !== undefined) {
      refuseUpgrade(socket, turned.status, turned.retryAfterSeconds);
      return;
    }
    this.#webSockets.handleUpgrade(request, socket, head, (webSocket) => {
      this.#options.onNewcomer({
        socket: webSocket,
        protocol: webSocket.protocol === subProtocol ? 'v1' : 'legacy',
        remoteAddress,
        loopback: isLoopback(remoteAddress),
        tls: raw instanceof TLSSocket ? raw : undefined,
        settle: () => this.#unproven.settle(raw),
      });
    });
  }
}

/** Somebody opened the agents' port in a browser. */
function answerPlainly(_request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(426, { connection: 'close', upgrade: 'websocket', 'content-type': 'text/plain; charset=utf-8' });
  response.end('Agents of tunnels sign in here, over a WebSocket.\n');
}

function refuseUpgrade(socket: Duplex, status: number, retryAfterSeconds?: number): void {
  const retryAfter = retryAfterSeconds === undefined ? '' : `Retry-After: ${retryAfterSeconds}\r\n`;
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\n${retryAfter}Content-Length: 0\r\n\r\n`);
}
