import type { Socket } from 'node:net';
import { networkOf } from '../../accounts/index.ts';
import { isLoopback } from '../../loopback.ts';
import { gatewayLimits } from './limits.ts';

interface Unproven {
  readonly network: string;
  readonly timer: NodeJS.Timeout;
}

/**
 * Connections that have not proven who they are (security.md rows 3 and 4): few at once, and each with one budget of time for TLS,
 * WebSocket and proof together, so that a byte now and then buys no more. This machine's own are bounded by the sum alone: a proxy may
 * stand before the gateway.
 */
export class UnprovenConnections {
  /** By remote address and port: TLS puts another socket object in front of the accepted one. */
  readonly #held = new Map<string, Unproven>();
  readonly #perNetwork = new Map<string, number>();

  get size(): number {
    return this.#held.size;
  }

  /** @returns false: there are too many; the connection is not held */
  add(socket: Socket): boolean {
    const address = socket.remoteAddress ?? '';
    const network = networkOf(address);
    const ofNetwork = this.#perNetwork.get(network) ?? 0;
    if (this.#held.size >= gatewayLimits.pending) return false;
    if (ofNetwork >= gatewayLimits.pendingPerAddress && !isLoopback(address)) return false;
    const key = keyOf(socket);
    this.#perNetwork.set(network, ofNetwork + 1);
    this.#held.set(key, { network, timer: setTimeout(() => socket.destroy(), gatewayLimits.handshakeMs).unref() });
    socket.once('close', () => this.#remove(key));
    return true;
  }

  /** It has proven who it is. */
  settle(socket: Socket): void {
    this.#remove(keyOf(socket));
  }

  #remove(key: string): void {
    const held = this.#held.get(key);
    if (held === undefined) return;
    clearTimeout(held.timer);
    this.#held.delete(key);
    const left = (this.#perNetwork.get(held.network) ?? 1) - 1;
    if (left === 0) this.#perNetwork.delete(held.network);
    else this.#perNetwork.set(held.network, left);
  }
}

function keyOf(socket: Socket): string {
  return `${socket.remoteAddress} ${socket.remotePort}`;
}
