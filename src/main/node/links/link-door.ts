import type { Socket } from 'node:net';
import { createServer, type Server, type TLSSocket } from 'node:tls';
import { SignalboxError } from '../../../common/errors.ts';
import type { Startable } from '../startable.ts';
import { type Logger, RepeatSampler } from '../telemetry/index.ts';
import { type HandshakeParty, shakeHandsAsServer } from './handshake.ts';
import type { LinkLimits } from './limits.ts';
import { Link } from './link.ts';
import { joinProtocol, linkProtocol, PeerChannel } from './peer-channel.ts';
import type { TlsIdentity } from './throwaway-certificate.ts';

export interface LinkDoorOptions {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  readonly certificate: TlsIdentity;
  readonly party: HandshakeParty;
  readonly limits: LinkLimits;
  readonly logger: Logger;
  /** Takes a link whose other end has proven who it is. */
  readonly onLink: (link: Link) => void;
  /**
   * Takes a connection that asks to join. The time for strangers runs until `proven` is called. Absent: nobody can join here.
   *
   * @throws SignalboxError why it was refused; the connection is ended
   */
  readonly onJoin?: (channel: PeerChannel, proven: () => void) => Promise<void>;
}

/** A connection that has not proven who it is. */
interface Pending {
  readonly socket: Socket;
  readonly address: string;
  readonly timer: NodeJS.Timeout;
  /** What is said of it when it ends without having proven anything. */
  why: string;
}

/**
 * The door for other nodes (port 7422): TLS 1.3 and nothing else on it. A connection that has not proven who it is costs little and
 * not for long: few at once, few of one address, one short time for all of it (security.md rows 1 to 5).
 */
export class LinkDoor implements Startable {
  readonly #options: LinkDoorOptions;
  readonly #server: Server;
  readonly #refusals = new RepeatSampler();
  /** By remote address and port: TLS puts another socket object in front of the accepted one. */
  readonly #pending = new Map<string, Pending>();
  readonly #links = new Set<Link>();
  readonly #joining = new Set<PeerChannel>();
  #refused = 0;

  constructor(options: LinkDoorOptions) {
    this.#options = options;
    const { certificate, limits } = options;
    this.#server = createServer({
      ...certificate,
      minVersion: 'TLSv1.3',
      ALPNProtocols: [linkProtocol, joinProtocol],
      handshakeTimeout: limits.handshakeMs,
      // A ticket would let a session begin again without its handshake.
      sessionTimeout: 1,
    });
    this.#server.on('connection', (socket: Socket) => this.#accept(socket));
    this.#server.on('secureConnection', (socket) => void this.#greet(socket));
    this.#server.on('tlsClientError', (error: Error, socket) => this.#note(keyOf(socket), error.message));
  }

  get address(): { readonly host: string; readonly port: number } | undefined {
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? { host: address.address, port: address.port } : undefined;
  }

  /** Connections that have not proven who they are. */
  get pending(): number {
    return this.#pending.size;
  }

  /** Connections that were refused, for whatever reason. */
  get refused(): number {
    return this.#refused;
  }

  /** @throws Error of the system when the port cannot be had */
  start(): Promise<void> {
    const { host, port } = this.#options;
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, host, () => {
        this.#server.off('error', reject);
        this.#server.on('error', (error) =>
          this.#options.logger.error('links.listenerFailed', 'The door for other nodes met a fault.', { error }),
        );
        resolve();
      });
    });
  }

  /** Ends every link that came in, and takes no more. */
  async stop(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const link of this.#links) link.close(new SignalboxError('NODE_LOST', 'The node stops.', { executed: 'maybe' }));
    for (const channel of this.#joining) channel.end(new SignalboxError('NODE_LOST', 'The node stops.', { executed: 'maybe' }));
    for (const { socket } of this.#pending.values()) socket.destroy();
    await closed;
  }

  #accept(socket: Socket): void {
    const { limits } = this.#options;
    const address = socket.remoteAddress ?? '';
    const ofAddress = [...this.#pending.values()].filter((known) => known.address === address).length;
    if (ofAddress >= limits.pendingPerAddress || this.#pending.size >= limits.pendingHandshakes) {
      this.#refuse(address, 'too many connections that have not proven who they are');
      socket.destroy();
      return;
    }
    const key = keyOf(socket);
    // One budget for TLS and the proof together: a byte now and then buys no time.
    const timer = setTimeout(() => {
      this.#note(key, 'it did not prove who it is in time');
      socket.destroy();
    }, limits.handshakeMs).unref();
    this.#pending.set(key, { socket, address, timer, why: 'it went away before it proved who it is' });
    socket.once('close', () => {
      const unproven = this.#settle(key);
      if (unproven !== undefined) this.#refuse(address, unproven.why);
    });
  }

  /** Why a connection is about to be refused. */
  #note(key: string, why: string): void {
    const pending = this.#pending.get(key);
    if (pending !== undefined) pending.why = why;
  }

  /** It has proven who it is, or is gone. */
  #settle(key: string): Pending | undefined {
    const pending = this.#pending.get(key);
    clearTimeout(pending?.timer);
    this.#pending.delete(key);
    return pending;
  }

  async #greet(socket: TLSSocket): Promise<void> {
    const { party, limits, onLink, onJoin } = this.#options;
    const key = keyOf(socket);
    const channel = new PeerChannel(socket, limits.handshakeFrameBytes);
    if (socket.alpnProtocol === joinProtocol && onJoin !== undefined) {
      await this.#join(key, channel, onJoin);
      return;
    }
    if (socket.alpnProtocol !== linkProtocol) {
      this.#note(key, 'it does not speak the protocol of links');
      socket.destroy();
      return;
    }
    try {
      const peer = await shakeHandsAsServer(channel, party);
      this.#settle(key);
      const link = new Link(channel, peer, { dialled: false, limits });
      this.#links.add(link);
      channel.onEnd(() => this.#links.delete(link));
      onLink(link);
    } catch (error) {
      this.#note(key, error instanceof SignalboxError ? `${error.code}: ${error.message}` : String(error));
    }
  }

  async #join(key: string, channel: PeerChannel, onJoin: NonNullable<LinkDoorOptions['onJoin']>): Promise<void> {
    this.#joining.add(channel);
    channel.onEnd(() => this.#joining.delete(channel));
    try {
      await onJoin(channel, () => this.#settle(key));
    } catch (error) {
      this.#note(key, error instanceof SignalboxError ? `${error.code}: ${error.message}` : String(error));
      channel.end(error instanceof SignalboxError ? error : new SignalboxError('INTERNAL', 'Joining failed.', { cause: error }));
    }
  }

  #refuse(address: string | undefined, why: string): void {
    this.#refused++;
    const suppressed = this.#refusals.take(`${address} ${why}`);
    if (suppressed !== undefined)
      this.#options.logger.warn('links.refused', 'A connection of another node was refused.', { address, why, suppressed });
  }
}

function keyOf(socket: Socket): string {
  return `${socket.remoteAddress} ${socket.remotePort}`;
}
