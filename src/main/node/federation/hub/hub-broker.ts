import { createServer, type Server, type Socket } from 'node:net';
import { Aedes, type Client } from 'aedes';
import { federationLimits } from '../limits.ts';
import { GuardedConnection } from './guarded-connection.ts';
import type { HubOptions, HubSample } from './hub-protocol.ts';
import { HubRules } from './hub-rules.ts';
import type { HubRefusal } from './packet-guard.ts';

const sweepEveryMs = 5_000;
/** A write never waits (see {@link GuardedConnection}), so this only ends connections that are broken anyway. */
const drainMs = 4_000;
/** CONNACK return code of MQTT 3.1.1, table 3.1. */
const identifierRejected = 2;

export interface HubBrokerOptions extends HubOptions {
  /** Something a client may not do; sampled by the receiver. */
  readonly onRefused: (refusal: HubRefusal | 'not-allowed' | 'cannot-accept', detail: string | null, client: string | null) => void;
}

/** The embedded MQTT broker, on its own port, behind the guard and the rules. Runs in a thread of its own. */
export class HubBroker {
  readonly #options: HubBrokerOptions;
  readonly #rules: HubRules;
  readonly #connections = new Set<GuardedConnection>();
  readonly #subscriptions = new WeakMap<Client, Set<string>>();
  /** Found at CONNECT, answered when the broker lets an answer be given. */
  readonly #refusedIds = new WeakMap<Client, string>();
  readonly #refused: Record<string, number> = {};
  #broker: Aedes | undefined;
  #server: Server | undefined;
  #sweep: NodeJS.Timeout | undefined;
  #published = 0;

  constructor(options: HubBrokerOptions) {
    this.#options = options;
    this.#rules = new HubRules(options.prefix);
  }

  /**
   * Listens.
   *
   * @returns the port
   * @throws the system's error when it cannot
   */
  async start(): Promise<number> {
    const broker = await this.#createBroker();
    this.#broker = broker;
    const server = createServer((socket) => this.#accept(broker, socket));
    this.#server = server;
    try {
      await this.#listen(server);
    } catch (error) {
      await this.stop();
      throw error;
    }
    this.#sweep = setInterval(() => {
      const nowMs = performance.now();
      for (const connection of this.#connections) connection.sweep(nowMs);
    }, sweepEveryMs);
    const address = server.address();
    return typeof address === 'object' && address !== null ? address.port : this.#options.port;
  }

  async stop(): Promise<void> {
    clearInterval(this.#sweep);
    const server = this.#server;
    const closed = server === undefined ? undefined : new Promise<void>((resolve) => server.close(() => resolve()));
    for (const connection of this.#connections) connection.destroy();
    await new Promise<void>((resolve) => (this.#broker === undefined ? resolve() : this.#broker.close(() => resolve())));
    await closed;
  }

  sample(): HubSample {
    let unsentBytes = 0;
    for (const connection of this.#connections) unsentBytes += connection.unsentBytes;
    return {
      clients: this.#broker?.connectedClients ?? 0,
      published: this.#published,
      unsentBytes,
      retained: this.#rules.retainedCount,
      refused: { ...this.#refused },
    };
  }

  #listen(server: Server): Promise<void> {
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen({ host: this.#options.host, port: this.#options.port }, () => {
        server.off('error', reject);
        // Too many open files, for example: the connections there are go on.
        server.on('error', ({ message }) => this.#note('cannot-accept', message, null));
        resolve();
      });
    });
  }

  async #createBroker(): Promise<Aedes> {
    const broker = await Aedes.createBroker({
      // No queue inside the broker: it is emptied by recursion, and a long one ends the process (rpc.md section 5).
      concurrency: 0,
      connectTimeout: federationLimits.connectMs,
      drainTimeout: drainMs,
      maxInflightInbound: federationLimits.inflight,
      maxTopicLevels: federationLimits.topicLevels,
      maxClientsIdLength: federationLimits.clientIdBytes,
      preConnect: (client, packet, done) => {
        const refusal = this.#rules.clientId(packet.clientId ?? '', packet.clean !== false);
        if (refusal !== undefined) this.#refusedIds.set(client, refusal);
        // The hub keeps nothing for those who are away: sessions would have no bound.
        packet.clean = true;
        done(null, true);
      },
      authenticate: (client, _username, _password, done) => {
        // Taking over a live connection by its id is how one node would silence another (security.md row 23).
        const refusal = this.#refusedIds.get(client) ?? (client.id in clientsOf(broker) ? 'the client id is in use' : undefined);
        if (refusal === undefined) {
          done(null, true);
          return;
        }
        this.#note('not-allowed', refusal, null);
        done(Object.assign(new Error(refusal), { returnCode: identifierRejected }), false);
      },
      authorizePublish: (client, packet, done) => {
        const refusal = this.#rules.publish(packet.topic, packet.retain === true, packet.payload.length);
        if (refusal !== undefined) this.#note('not-allowed', refusal, client?.id ?? null);
        done(refusal === undefined ? null : new Error(refusal));
      },
      authorizeSubscribe: (client, subscription, done) => {
        const held = this.#held(client);
        const refusal = held.has(subscription.topic) ? undefined : this.#rules.subscribe(subscription.topic, held.size);
        if (refusal === undefined) held.add(subscription.topic);
        else this.#note('not-allowed', refusal, client.id);
        // Null is answered with 0x80: this subscription fails, the connection stays.
        done(null, refusal === undefined ? subscription : null);
      },
    });
    broker.on('clientReady', (client) => {
      if (client.conn instanceof GuardedConnection) client.conn.accept();
    });
    broker.on('unsubscribe', (topics, client) => {
      const held = this.#held(client);
      for (const topic of topics) held.delete(topic);
    });
    broker.on('publish', (_packet, client) => {
      if (client !== null) this.#published++;
    });
    broker.on('connectionError', (_client, error) => this.#note('protocol-error', error.message, null));
    broker.on('clientError', (client, error) => this.#note('protocol-error', error.message, client.id));
    return broker;
  }

  #held(client: Client): Set<string> {
    let held = this.#subscriptions.get(client);
    if (held === undefined) {
      held = new Set();
      this.#subscriptions.set(client, held);
    }
    return held;
  }

  #accept(broker: Aedes, socket: Socket): void {
    let pending = 0;
    for (const connection of this.#connections) if (!connection.accepted) pending++;
    if (this.#connections.size >= federationLimits.connections || pending >= federationLimits.pendingConnections) {
      this.#note('too-many-connections', null, null);
      socket.on('error', () => undefined);
      socket.destroy();
      return;
    }
    const connection = new GuardedConnection(socket, (refusal) => this.#note(refusal, null, null));
    this.#connections.add(connection);
    connection.on('close', () => this.#connections.delete(connection));
    broker.handle(connection);
  }

  #note(refusal: HubRefusal | 'not-allowed' | 'cannot-accept', detail: string | null, client: string | null): void {
    this.#refused[refusal] = (this.#refused[refusal] ?? 0) + 1;
    this.#options.onRefused(refusal, detail, client);
  }
}

/** Connected clients by id; a public field of the broker that its types leave out. */
function clientsOf(broker: Aedes): Readonly<Record<string, Client>> {
  return (broker as unknown as { readonly clients: Readonly<Record<string, Client>> }).clients;
}
