import { SignalboxError } from '../errors.ts';
import { nameOf, type QueueAnswer, QueueConnection } from './queue-client-connection.ts';
import type { BrokerAddress, OpenByteStream } from './queue-client-stream.ts';

export interface DirectoryOptions {
  readonly addresses: readonly BrokerAddress[];
  readonly open: OpenByteStream;
  /** Signs in on each new connection. */
  readonly token: string | undefined;
  readonly connectTimeoutMs: number;
  readonly onPush: (push: QueueAnswer, connection: QueueConnection) => void;
  readonly onClosed: (connection: QueueConnection) => void;
}

interface KnownLeader {
  readonly address: BrokerAddress;
  readonly term: number;
}

/** Addresses that are kept. */
const mostAddresses = 64;

/** Which brokers there are, who leads which group, and the open connections. */
export class BrokerDirectory {
  readonly #options: DirectoryOptions;
  readonly #addresses = new Map<string, BrokerAddress>();
  readonly #connections = new Map<string, Promise<QueueConnection>>();
  readonly #opening = new Set<AbortController>();
  readonly #leaders = new Map<string, KnownLeader>();
  #turn = 0;
  #closed = false;

  constructor(options: DirectoryOptions) {
    this.#options = options;
    for (const address of options.addresses) this.#learn(address);
    this.#turn = Math.floor(Math.random() * this.#addresses.size);
  }

  /** All that are known, those given first. */
  get addresses(): readonly BrokerAddress[] {
    return [...this.#addresses.values()];
  }

  /** Who leads a group, as far as is known. */
  leaderOf(groupId: string): BrokerAddress | undefined {
    return this.#leaders.get(groupId)?.address;
  }

  /** Notes what a broker said of who leads. @param term 0: it did not say */
  setLeader(groupId: string, address: BrokerAddress, term = 0): void {
    if (term > 0 && term < (this.#leaders.get(groupId)?.term ?? 0)) return;
    this.#learn(address);
    this.#leaders.set(groupId, { address, term });
  }

  /** It does not lead, or does not answer. */
  forgetLeader(groupId: string, address: BrokerAddress): void {
    const known = this.leaderOf(groupId);
    if (known !== undefined && keyOf(known) === keyOf(address)) this.#leaders.delete(groupId);
  }

  /** Somebody to ask when no leader is known: each in turn. */
  next(): BrokerAddress {
    const addresses = this.addresses;
    this.#turn = (this.#turn + 1) % addresses.length;
    return addresses[this.#turn] as BrokerAddress;
  }

  /**
   * The connection to a broker, opened when there is none.
   *
   * @throws SignalboxError `NODE_UNREACHABLE`, `CANCELLED`, or why the broker refuses the token; nothing was sent
   */
  async connection(address: BrokerAddress): Promise<QueueConnection> {
    if (this.#closed) throw new SignalboxError('CANCELLED', 'The queue client was closed.', { executed: 'no' });
    const key = keyOf(address);
    const known = this.#connections.get(key);
    if (known !== undefined) return known;
    const opening = this.#open(address);
    this.#connections.set(key, opening);
    try {
      return await opening;
    } catch (error) {
      if (this.#connections.get(key) === opening) this.#connections.delete(key);
      throw error;
    }
  }

  /** Takes what `CLUSTER_QUERY` answered, or a broker told by itself. */
  learnGroups(groups: unknown): void {
    if (!Array.isArray(groups)) return;
    for (const group of groups as readonly GroupFields[]) {
      for (const { host, port, role } of group.brokers ?? []) {
        this.#learn({ host, port });
        if (role === 'leader') this.setLeader(group.cluster_id, { host, port }, group.term);
      }
    }
  }

  close(): void {
    this.#closed = true;
    for (const opening of this.#opening) opening.abort();
    for (const connection of this.#connections.values())
      void connection.then(
        (open) => open.close(),
        // It never opened; whoever waited for it was told.
        () => undefined,
      );
    this.#connections.clear();
  }

  #learn({ host, port }: BrokerAddress): void {
    const key = keyOf({ host, port });
    if (this.#addresses.size < mostAddresses && !this.#addresses.has(key)) this.#addresses.set(key, { host, port });
  }

  async #open(address: BrokerAddress): Promise<QueueConnection> {
    const { open, token, connectTimeoutMs, onPush, onClosed } = this.#options;
    const abort = new AbortController();
    this.#opening.add(abort);
    const timer = setTimeout(() => abort.abort(), connectTimeoutMs);
    let connection: QueueConnection | undefined;
    try {
      const stream = await open(address, abort.signal);
      connection = new QueueConnection(address, stream, onPush, (closed) => {
        this.#drop(address);
        onClosed(closed);
      });
      if (token !== undefined) await connection.request({ operation: 'AUTH', token }, { timeoutMs: connectTimeoutMs });
      if (abort.signal.aborted) connection.close();
      else this.#discover(connection);
      return connection;
    } catch (error) {
      connection?.close();
      if (error instanceof SignalboxError && error.code !== 'CANCELLED') throw error;
      throw new SignalboxError('NODE_UNREACHABLE', `There is no way to ${nameOf(address)}.`, { executed: 'no', cause: error });
    } finally {
      clearTimeout(timer);
      this.#opening.delete(abort);
    }
  }

  #drop(address: BrokerAddress): void {
    this.#connections.delete(keyOf(address));
    for (const [groupId, leader] of this.#leaders) if (keyOf(leader.address) === keyOf(address)) this.#leaders.delete(groupId);
  }

  /** Asks who else is there; that it fails is no more than that nothing is learnt. */
  #discover(connection: QueueConnection): void {
    connection.request({ operation: 'CLUSTER_QUERY' }, { timeoutMs: this.#options.connectTimeoutMs }).then(
      ({ fields }) => this.learnGroups(fields.groups),
      () => undefined,
    );
  }
}

interface GroupFields {
  readonly cluster_id: string;
  readonly term?: number;
  readonly brokers?: readonly { readonly host: string; readonly port: number; readonly role: string }[];
}

function keyOf({ host, port }: BrokerAddress): string {
  return `${host} ${port}`;
}
