import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TLSSocket, type Server as TlsServer } from 'node:tls';
import { SignalboxError } from '../../../../common/errors.ts';
import { listenerTlsOptions, type TlsMaterial } from '../../certificates/index.ts';
import { listen } from '../../listen.ts';
import { isLoopback } from '../../loopback.ts';
import { brokerLimits } from '../limits.ts';
import { brokerProtocol } from '../peers/types.ts';
import { encodeError } from '../protocol/index.ts';

/** How a client may name what it speaks in TLS (ALPN); it may also name nothing. */
export const queueProtocol = 'sgbx-queue/1';

/** Silence after which the system asks whether the other end is still there, milliseconds. */
const keepAliveMs = 60_000;

/** First byte of TLS: a handshake record. */
const tlsHandshake = 0x16;

export interface ListenerOptions {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  readonly certificate: TlsMaterial;
  readonly onClient: (socket: Socket, secured: { readonly tls: boolean; readonly loopback: boolean }) => void;
  /** Another broker, right after TLS. */
  readonly onBroker: (socket: TLSSocket) => void;
}

/**
 * One port for clients and brokers: the first byte says whether it is TLS. Without TLS only this machine is listened to. A connection that
 * says nothing is let go soon, and few of them are held at once.
 */
export class Listener {
  readonly #options: ListenerOptions;
  readonly #server: Server;
  readonly #tls: TlsServer;
  /** Connections that have not said what they are. */
  readonly #unproven = new Set<Socket>();
  readonly #sockets = new Set<Socket>();
  #refused = 0;

  constructor(options: ListenerOptions) {
    this.#options = options;
    // Half-open: a client may end its side right after its requests and still get its answers.
    this.#server = createServer({ allowHalfOpen: true, noDelay: true, keepAlive: true, keepAliveInitialDelay: keepAliveMs }, (socket) =>
      this.#accept(socket),
    );
    this.#tls = createTlsServer({
      ...listenerTlsOptions(options.certificate),
      ALPNProtocols: [brokerProtocol, queueProtocol],
      handshakeTimeout: brokerLimits.helloMs,
      // A ticket would let a session begin again without its handshake.
      sessionTimeout: 1,
    });
    this.#tls.on('secureConnection', (socket) => this.#secured(socket));
    this.#tls.on('tlsClientError', (_error, socket) => socket.destroy());
  }

  get address(): { readonly host: string; readonly port: number } | undefined {
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? { host: address.address, port: address.port } : undefined;
  }

  get connections(): number {
    return this.#sockets.size;
  }

  /** Connections that were turned away because too many were there. */
  get refused(): number {
    return this.#refused;
  }

  /** @throws Error of the system when the port cannot be had */
  start(): Promise<void> {
    const { host, port } = this.#options;
    return listen(this.#server, host, port, () => {
      this.#refused += 1;
    });
  }

  /** Takes no more; connections that never said what they are end. */
  async stop(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const socket of this.#unproven) socket.destroy();
    await closed;
  }

  setCertificate(certificate: TlsMaterial): void {
    this.#tls.setSecureContext(listenerTlsOptions(certificate));
  }

  #accept(socket: Socket): void {
    if (this.#sockets.size >= brokerLimits.connections || this.#unproven.size >= brokerLimits.unprovenConnections) {
      this.#refused += 1;
      socket.destroy();
      return;
    }
    this.#sockets.add(socket);
    this.#unproven.add(socket);
    const timer = setTimeout(() => socket.destroy(), brokerLimits.helloMs);
    socket.on('error', () => undefined);
    socket.once('close', () => {
      clearTimeout(timer);
      this.#sockets.delete(socket);
      this.#unproven.delete(socket);
    });
    const gone = () => socket.destroy();
    socket.once('end', gone);
    socket.once('data', (first: Buffer) => {
      clearTimeout(timer);
      socket.off('end', gone);
      socket.pause();
      socket.unshift(first);
      if (first[0] === tlsHandshake) this.#tls.emit('connection', socket);
      else {
        this.#unproven.delete(socket);
        this.#plain(socket, first);
      }
    });
  }

  #plain(socket: Socket, first: Buffer): void {
    if (isLoopback(socket.remoteAddress ?? '')) {
      this.#options.onClient(socket, { tls: false, loopback: true });
      socket.resume();
      return;
    }
    this.#refused += 1;
    const refusal = new SignalboxError('FORBIDDEN', 'Beyond its own machine this broker speaks TLS only.', { executed: 'no' });
    const form = first[0] === 0x7b ? 'line' : 'json';
    for (const piece of encodeError(refusal.toShape(), { form, frameRequestId: 0, requestId: undefined })) socket.write(piece);
    socket.end();
    socket.resume();
    setTimeout(() => socket.destroy(), brokerLimits.lingerMs).unref();
  }

  #secured(socket: TLSSocket): void {
    for (const known of this.#unproven)
      if (known.remotePort === socket.remotePort && known.remoteAddress === socket.remoteAddress) this.#unproven.delete(known);
    if (socket.alpnProtocol === brokerProtocol) {
      socket.allowHalfOpen = false;
      this.#options.onBroker(socket);
    } else this.#options.onClient(socket, { tls: true, loopback: isLoopback(socket.remoteAddress ?? '') });
  }
}
