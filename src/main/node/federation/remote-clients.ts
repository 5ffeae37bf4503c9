import { SignalboxError } from '../../../common/errors.ts';
import { federationLimits } from './limits.ts';
import { type RemoteClientHost, type RemoteLoad, RemoteMessagingClient } from './remote-messaging-client.ts';
import type { Arrival } from './router-intake.ts';
import type { NodeCancel, NodeRpc } from './router-messages.ts';

/** The virtual clients of all other nodes, one for each that has called; bounded, the idle go first. */
export class RemoteClients {
  readonly #host: RemoteClientHost;
  readonly #clients = new Map<string, RemoteMessagingClient>();
  readonly #load: RemoteLoad = { running: 0 };

  constructor(host: RemoteClientHost) {
    this.#host = host;
  }

  get size(): number {
    return this.#clients.size;
  }

  /** Calls of other nodes that run here. */
  get running(): number {
    let running = 0;
    for (const client of this.#clients.values()) running += client.running;
    return running;
  }

  /** A request of a node; one that does not say whose it is runs without an answer. */
  receive(message: NodeRpc, arrival: Arrival): void {
    const origin = arrival.origin ?? 'unknown';
    const how: Arrival = arrival.origin === undefined ? { ...arrival, via: 'broadcast' } : arrival;
    try {
      this.#of(origin).receive(message, how);
    } catch (error) {
      if (!(error instanceof SignalboxError)) throw error;
      this.#create(origin).refuse(message, how, error);
    }
  }

  cancel(origin: string | undefined, message: NodeCancel): void {
    this.#clients.get(origin ?? 'unknown')?.cancel(message);
  }

  /** A node is gone, and its client with it. */
  lost(origin: string): void {
    this.#clients.get(origin)?.lost();
    this.#clients.delete(origin);
  }

  /** The client of a node, made on its first request. @throws SignalboxError `OVERLOADED` */
  #of(origin: string): RemoteMessagingClient {
    let client = this.#clients.get(origin);
    if (client !== undefined) return client;
    if (this.#clients.size >= federationLimits.remoteClients) this.#dropIdle();
    client = this.#create(origin);
    this.#clients.set(origin, client);
    return client;
  }

  #create(origin: string): RemoteMessagingClient {
    return new RemoteMessagingClient(origin, this.#host, this.#load);
  }

  #dropIdle(): void {
    for (const [origin, client] of this.#clients) {
      if (client.running > 0) continue;
      this.#clients.delete(origin);
      return;
    }
    throw new SignalboxError('OVERLOADED', `Requests of ${this.#clients.size} nodes run here already. This one was not started.`, {
      executed: 'no',
    });
  }
}
