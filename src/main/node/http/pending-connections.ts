import type { Socket } from 'node:net';
import { limits } from '../../../common/limits.ts';
import { networkOf } from '../accounts/index.ts';

/** What a connection has until its first whole request. */
export interface FirstRequest {
  readonly withinMs: number;
  readonly onLate: () => void;
}

interface Pending {
  readonly socket: Socket;
  readonly network: string;
  readonly late: NodeJS.Timeout | undefined;
}

/**
 * Connections that wait: they have not sent a whole request yet, or keep alive after one (security.md row 4). Beyond the bound the one that has waited
 * longest is closed, not the newest: an honest client sends at once and never waits, also when a flood comes from its own address.
 */
export class PendingConnections {
  /** In order of arrival, by remote address and port: TLS puts another socket object in front of the accepted one. */
  readonly #pending = new Map<string, Pending>();
  readonly #perAddress = new Map<string, number>();
  readonly #onDropped: (address: string) => void;

  constructor(onDropped: (address: string) => void) {
    this.#onDropped = onDropped;
  }

  get size(): number {
    return this.#pending.size;
  }

  /** A connection was accepted. @param first it is closed when its first request, TLS handshake included, is not there in time */
  add(socket: Socket, first?: FirstRequest): void {
    const key = connectionKey(socket);
    const late =
      first &&
      setTimeout(() => {
        this.#remove(key);
        first.onLate();
        socket.destroy();
      }, first.withinMs).unref();
    this.#wait(socket, late);
    socket.once('close', () => this.#remove(key));
  }

  /** The connection waits for its next request. */
  wait(socket: Socket): void {
    this.#wait(socket, undefined);
  }

  #wait(socket: Socket, late: NodeJS.Timeout | undefined): void {
    if (socket.destroyed) return;
    const key = connectionKey(socket);
    this.#remove(key);
    const network = networkOf(socket.remoteAddress ?? '');
    const held = this.#perAddress.get(network) ?? 0;
    if (held >= limits.pendingConnectionsPerAddress) this.#dropOldest((other) => other === network);
    else if (this.#pending.size >= limits.pendingConnections) this.#dropOldest(() => true);
    this.#pending.set(key, { socket, network, late });
    this.#perAddress.set(network, (this.#perAddress.get(network) ?? 0) + 1);
  }

  /** @param key see {@link connectionKey} */
  has(key: string): boolean {
    return this.#pending.has(key);
  }

  /** The connection has sent a whole request, or was answered without one. */
  settle(socket: Socket): void {
    this.#remove(connectionKey(socket));
  }

  #remove(key: string): void {
    const entry = this.#pending.get(key);
    if (entry === undefined) return;
    clearTimeout(entry.late);
    this.#pending.delete(key);
    const left = (this.#perAddress.get(entry.network) ?? 1) - 1;
    if (left === 0) this.#perAddress.delete(entry.network);
    else this.#perAddress.set(entry.network, left);
  }

  #dropOldest(of: (network: string) => boolean): void {
    for (const [key, { socket, network }] of this.#pending) {
      if (!of(network)) continue;
      this.#remove(key);
      socket.destroy();
      this.#onDropped(network);
      return;
    }
  }
}

/** Names a connection by its remote address and port, the same for the accepted socket and for the TLS socket in front of it. Both must be open. */
export function connectionKey(socket: Socket): string {
  return `${socket.remoteAddress} ${socket.remotePort}`;
}
