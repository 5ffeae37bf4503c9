import { SignalboxError } from '../../../common/errors.ts';
import type { Principal } from '../../../common/roles.ts';
import { ClientConnection } from './client-connection.ts';
import type { RouterCore } from './router-core.ts';
import type { ClientKind, ConnectOptions } from './types.ts';

/** The connected clients, by id; tells of each that goes. */
export class Clients {
  readonly #connected = new Map<string, ClientConnection>();
  readonly #goneListeners = new Set<(client: ClientConnection) => void>();
  #nextId = 1;

  /** Takes a client on. */
  connect(core: RouterCore, options: ConnectOptions): ClientConnection {
    const connection = new ClientConnection(`${options.kind}-${this.#nextId++}`, core, options);
    this.#connected.set(connection.id, connection);
    return connection;
  }

  find(clientId: string): ClientConnection | undefined {
    return this.#connected.get(clientId);
  }

  /** @throws SignalboxError `BAD_REQUEST` when it is gone, or was none */
  get(clientId: string): ClientConnection {
    const client = this.#connected.get(clientId);
    if (client === undefined) throw new SignalboxError('BAD_REQUEST', 'Only a connection can receive events.', { executed: 'no' });
    return client;
  }

  values(): Iterable<ClientConnection> {
    return this.#connected.values();
  }

  countByKind(): Record<ClientKind, number> {
    const counts = { ws: 0, ipc: 0, cli: 0, local: 0 };
    for (const client of this.#connected.values()) counts[client.options.kind]++;
    return counts;
  }

  /** Closes the clients for which `where` holds, with a WebSocket close code; returns how many. */
  disconnect(
    where: (client: { readonly id: string; readonly kind: ClientKind; readonly principal?: Principal }) => boolean,
    code: number,
    reason: string,
  ): number {
    const chosen = [...this.#connected.values()].filter((client) => {
      const { principal } = client;
      return where({ id: client.id, kind: client.options.kind, ...(principal !== undefined && { principal }) });
    });
    for (const client of chosen) client.close(code, reason);
    return chosen.length;
  }

  /** The connection is gone. */
  forget(clientId: string): void {
    const client = this.#connected.get(clientId);
    if (client === undefined) return;
    this.#connected.delete(clientId);
    for (const listener of this.#goneListeners) listener(client);
  }

  /** Tells of each client that goes, in the order of asking. Returns how to stop. */
  onGone(listener: (client: ClientConnection) => void): () => void {
    this.#goneListeners.add(listener);
    return () => this.#goneListeners.delete(listener);
  }
}
