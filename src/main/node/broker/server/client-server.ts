import type { Socket } from 'node:net';
import type { Operation } from '../protocol/index.ts';
import { ClientConnection } from './client-connection.ts';
import { Deadlines } from './deadlines.ts';
import type { Call, Caller } from './operations/index.ts';
import { type CheckToken, TokenChecker } from './token-checker.ts';
import { Turns } from './turns.ts';

export interface ClientServerOptions {
  readonly checkToken: CheckToken;
  /** Whether clients of this machine may come without a token; they are operators then. Asked at each request. */
  readonly anonymous: () => boolean;
  readonly handle: (operation: Operation, call: Call) => void;
  readonly onFault: (error: unknown) => void;
}

const anonymousCaller: Caller = { user: 'anonymous', roles: ['operator'] };

/** All clients of the broker's port. */
export class ClientServer {
  readonly #options: ClientServerOptions;
  readonly #connections = new Set<ClientConnection>();
  readonly #turns = new Turns();
  readonly #deadlines = new Deadlines();
  readonly #tokens: TokenChecker;
  readonly #unproven = { bytes: 0 };
  #empty: (() => void) | undefined;

  constructor(options: ClientServerOptions) {
    this.#options = options;
    this.#tokens = new TokenChecker(options.checkToken);
  }

  get size(): number {
    return this.#connections.size;
  }

  /** Takes a connection over. */
  accept(socket: Socket, loopback: boolean): void {
    const { anonymous, handle, onFault } = this.#options;
    const connection = new ClientConnection({
      socket,
      turns: this.#turns,
      deadlines: this.#deadlines,
      tokens: this.#tokens,
      anonymous: () => (loopback && anonymous() ? anonymousCaller : undefined),
      handle,
      unproven: this.#unproven,
      onFault,
      onClosed: (closed) => {
        this.#connections.delete(closed);
        if (this.#connections.size === 0) this.#empty?.();
      },
    });
    this.#connections.add(connection);
  }

  /** Tells those that asked about the cluster, or hold a subscription, that it has changed. */
  announce(fields: Readonly<Record<string, unknown>>): void {
    for (const connection of this.#connections)
      if (!connection.isFull && (connection.followsCluster || connection.subscriptions.size > 0)) connection.push({ fields });
  }

  /** Answers what was asked, up to a time, and ends all connections. */
  async stop(graceMs: number): Promise<void> {
    if (this.#connections.size > 0) {
      const empty = new Promise<void>((resolve) => {
        this.#empty = resolve;
      });
      const timer = setTimeout(() => {
        for (const connection of this.#connections) connection.destroy();
      }, graceMs);
      for (const connection of this.#connections) connection.end();
      await empty;
      clearTimeout(timer);
    }
    this.#deadlines.stop();
  }
}
