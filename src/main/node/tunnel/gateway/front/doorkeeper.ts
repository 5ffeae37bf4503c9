import type { Socket } from 'node:net';
import { networkOf } from '../../../accounts/index.ts';
import { isLoopback } from '../../../loopback.ts';
import { type Due, DueList } from './due-list.ts';
import type { FrontContext } from './front-context.ts';

/** A connection that has asked for nothing yet. */
class Newcomer implements Due {
  progressAtMs = performance.now();
  readonly socket: Socket;

  constructor(socket: Socket) {
    this.socket = socket;
  }
}

/** Counts connections and lets in no more than there is room for; those that do not come to the point are closed (security.md rows 1 to 4). */
export class Doorkeeper {
  readonly #context: FrontContext;
  readonly #sockets = new Set<Socket>();
  readonly #perNetwork = new Map<string, number>();
  /** By remote address and port: TLS puts another socket object in front of the accepted one. */
  readonly #newcomers = new Map<string, Newcomer>();
  readonly #settled = new WeakSet<object>();
  readonly #times: DueList<Newcomer>;

  constructor(context: FrontContext) {
    this.#context = context;
    this.#times = new DueList(context.limits.headMs, ({ socket }) => {
      context.refuse('slow-head');
      socket.destroy();
    });
    context.addBeat((nowMs) => this.#times.sweep(nowMs));
  }

  get connections(): number {
    return this.#sockets.size;
  }

  /**
   * @param comesToThePoint the connection has to ask for something in time; say {@link settle} when it has
   * @returns false: there is no room, and it has been closed
   */
  admit(socket: Socket, comesToThePoint: boolean): boolean {
    const { limits } = this.#context;
    const network = networkOf(socket.remoteAddress ?? '');
    const held = this.#perNetwork.get(network) ?? 0;
    // A proxy on this machine brings everybody from one address.
    const tooManyOfOne = held >= limits.connectionsPerAddress && !isLoopback(socket.remoteAddress ?? '');
    if (this.#sockets.size >= limits.connections || tooManyOfOne) {
      this.#context.refuse(tooManyOfOne ? 'connections-per-address' : 'connections');
      socket.destroy();
      return false;
    }
    this.#sockets.add(socket);
    this.#perNetwork.set(network, held + 1);
    const key = keyOf(socket);
    if (comesToThePoint) {
      const newcomer = new Newcomer(socket);
      this.#newcomers.set(key, newcomer);
      this.#times.add(newcomer);
    }
    socket.once('close', () => {
      this.#sockets.delete(socket);
      this.#forget(key);
      const left = (this.#perNetwork.get(network) ?? 1) - 1;
      if (left === 0) this.#perNetwork.delete(network);
      else this.#perNetwork.set(network, left);
    });
    return true;
  }

  /** The connection has come to the point. Costs little when it has before. */
  settle(socket: Socket): void {
    if (this.#settled.has(socket)) return;
    this.#settled.add(socket);
    this.#forget(keyOf(socket));
  }

  /** Ends all that are left. */
  closeAll(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  #forget(key: string): void {
    const newcomer = this.#newcomers.get(key);
    if (newcomer === undefined) return;
    this.#newcomers.delete(key);
    this.#times.delete(newcomer);
  }
}

function keyOf(socket: Socket): string {
  return `${socket.remoteAddress} ${socket.remotePort}`;
}
