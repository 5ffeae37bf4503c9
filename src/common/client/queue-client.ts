import { SignalboxError } from '../errors.ts';
import type { QueueAnswer, QueueConnection } from './queue-client-connection.ts';
import { BrokerDirectory } from './queue-client-directory.ts';
import { QueueProducer } from './queue-client-producer.ts';
import { decodeRuns, encodeRecords, type QueueInput, type QueueRecord } from './queue-client-records.ts';
import { type CallOptions, RequestSender } from './queue-client-requests.ts';
import type { BrokerAddress, OpenByteStream } from './queue-client-stream.ts';
import { endedBy, QueueSubscription, type SubscriptionPort } from './queue-client-subscription.ts';

export interface QueueClientOptions {
  /** Brokers to begin with; the others are found. */
  readonly addresses: readonly BrokerAddress[];
  readonly open: OpenByteStream;
  /** Whose position is moved, and who is written beside messages. Default: made up. */
  readonly clientId?: string;
  /** An access token of the node; needed beyond loopback. */
  readonly token?: string;
  /** How long a call may take, failovers included. Default 30 s. */
  readonly timeoutMs?: number;
  /** After which a broker that does not answer is given up. Default 3 s. */
  readonly attemptTimeoutMs?: number;
  readonly connectTimeoutMs?: number;
  /** Requests at once. Default 10,000. */
  readonly maxInFlight?: number;
}

export interface ReadOptions extends CallOptions {
  readonly max?: number;
  readonly maxBytes?: number;
  /** How long to wait for a message when there is none. */
  readonly waitMs?: number;
}

export interface Taken {
  readonly messages: readonly QueueRecord[];
  /** The last message this client has taken. */
  readonly position: number;
  /** An earlier read with this request id, answered again. */
  readonly repeated: boolean;
}

/** Where to begin to look; `latest`: the newest, going back. */
export type FetchFrom = 'first' | 'latest' | { readonly sequence: number } | { readonly timeMs: number };

export interface FetchOptions extends CallOptions {
  readonly from?: FetchFrom;
  readonly toSequence?: number;
  readonly direction?: 'forward' | 'backward';
  readonly max?: number;
  readonly filter?: string;
  readonly level?: 'linearizable' | 'local';
}

export interface Fetched {
  readonly messages: readonly QueueRecord[];
  /** What the broker says beside them: `first_sequence`, `last_sequence`, `scanned_from`, `scanned_to`, `more`, `applied_index`. */
  readonly fields: Readonly<Record<string, unknown>>;
}

export interface SubscribeOptions {
  /** `none`: nobody's position moves; `auto`: as with {@link QueueClient.take}; `client`: with {@link QueueClient.commit}. Default `none`. */
  readonly ack?: 'none' | 'auto' | 'client';
  /** With `none`. Default `latest`. */
  readonly from?: FetchFrom;
  /** Messages that may be here unread. Default 500. */
  readonly credit?: number;
}

export interface ProducerOptions extends CallOptions {
  /** The same for a program that comes back and wants to fence off its earlier self. Default: made up. */
  readonly producerId?: string;
  /** Appends at once. Default 8. */
  readonly maxInFlight?: number;
}

const producerTimeoutMs = 60_000;

/**
 * A client of the queue brokers of a cluster. It finds them, follows the leader, and repeats what can be repeated without harm; what it must
 * not repeat ends with an error that says whether it can have been done.
 */
export class QueueClient {
  readonly clientId: string;
  readonly #directory: BrokerDirectory;
  readonly #sender: RequestSender;
  /** Queue ids by name. */
  readonly #ids = new Map<string, Promise<string>>();
  readonly #deliveries = new Map<QueueConnection, Map<number, QueueSubscription>>();
  readonly #subscriptions = new Map<QueueSubscription, { readonly queue: string; readonly options: SubscribeOptions }>();

  constructor(options: QueueClientOptions) {
    if (options.addresses.length === 0) throw new SignalboxError('INVALID_PARAMS', 'The queue client needs the address of a broker.');
    this.clientId = options.clientId ?? `c-${crypto.randomUUID()}`;
    this.#directory = new BrokerDirectory({
      addresses: options.addresses,
      open: options.open,
      token: options.token,
      connectTimeoutMs: options.connectTimeoutMs ?? 5_000,
      onPush: (push, connection) => this.#pushed(push, connection),
      onClosed: (connection) => this.#lost(connection),
    });
    this.#sender = new RequestSender(this.#directory, {
      timeoutMs: options.timeoutMs ?? 30_000,
      attemptTimeoutMs: options.attemptTimeoutMs ?? 3_000,
      inFlight: options.maxInFlight ?? 10_000,
      inFlightBytes: 134_217_728,
    });
  }

  /** Brokers that are known by now. */
  get brokers(): readonly BrokerAddress[] {
    return this.#directory.addresses;
  }

  /** Requests not sent because too many were on their way. */
  get refused(): number {
    return this.#sender.refused;
  }

  /** Groups with their leader and brokers, as a broker sees them. */
  async cluster(options: CallOptions = {}): Promise<Readonly<Record<string, unknown>>> {
    const { fields } = await this.#send('CLUSTER_QUERY', {}, { ...options, groupId: undefined, repeatable: true });
    this.#directory.learnGroups(fields.groups);
    return fields;
  }

  /**
   * Creates a queue. With a name it may be repeated: the same name and options answer the queue that is there.
   *
   * @param settings options of the queue under their names on the wire (`max_messages` …)
   */
  async createQueue(
    name: string | undefined,
    settings: Readonly<Record<string, unknown>> = {},
    { groupId, ...options }: CallOptions & { readonly groupId?: string } = {},
  ): Promise<{ readonly queueId: string; readonly created: boolean }> {
    const fields = { queue_name: name, options: settings, cluster_id: groupId };
    const answer = await this.#send('CREATE_QUEUE', fields, { ...options, groupId, repeatable: name !== undefined });
    const queueId = answer.fields.queue_id as string;
    if (name !== undefined) this.#ids.set(name, Promise.resolve(queueId));
    return { queueId, created: answer.fields.created as boolean };
  }

  /**
   * Appends messages, together and in order. Once only, so that after `TIMEOUT` or `NODE_LOST` with `executed: maybe` they may be there or not;
   * a {@link producer} knows.
   */
  async append(
    queue: string,
    messages: readonly QueueInput[],
    options: CallOptions = {},
  ): Promise<{ readonly firstSequence: number; readonly count: number }> {
    const payload = encodeRecords(messages);
    const { fields } = await this.#ofQueue('APPEND', queue, {}, { ...options, payload, repeatable: false });
    return { firstSequence: fields.sequence_num as number, count: messages.length };
  }

  /** A producer that appends each message exactly once, whatever happens on the way. */
  producer(queue: string, options: ProducerOptions = {}): QueueProducer {
    const { producerId = `p-${crypto.randomUUID()}`, maxInFlight = 8, timeoutMs = producerTimeoutMs, signal } = options;
    const call = { timeoutMs, signal, repeatable: true };
    return new QueueProducer(
      {
        register: async () => {
          try {
            return (await this.#ofQueue('PRODUCER', queue, { producer_id: producerId }, call)).fields.epoch as number;
          } catch (error) {
            // An epoch that is given to nobody harms nobody: of the messages nothing was sent.
            throw error instanceof SignalboxError ? new SignalboxError(error.code, error.message, { executed: 'no', cause: error }) : error;
          }
        },
        append: (stamp, _count, payload) =>
          this.#ofQueue('APPEND', queue, { producer: { id: producerId, ...stamp } }, { ...call, payload }),
      },
      maxInFlight,
    );
  }

  /** Takes the next messages for this client and moves its position. A read whose answer is lost is repeated and gives the same messages. */
  async take(queue: string, { max = 1, maxBytes, waitMs = 0, ...options }: ReadOptions = {}): Promise<Taken> {
    const fields = { request_id: crypto.randomUUID(), max, max_bytes: maxBytes, wait_ms: waitMs };
    const answer = await this.#ofQueue('READ', queue, fields, { ...options, waitMs, repeatable: true });
    return {
      messages: decodeRuns(answer.payload),
      position: (answer.fields.position as number | undefined) ?? 0,
      repeated: answer.fields.repeated === true,
    };
  }

  /** Looks at messages; nobody's position moves. */
  async fetch(queue: string, { from, toSequence, direction, max, filter, level, ...options }: FetchOptions = {}): Promise<Fetched> {
    const fields = { ...beginning(from), to_sequence: toSequence, direction, max, filter, level };
    const answer = await this.#ofQueue('FETCH', queue, fields, { ...options, repeatable: true });
    return { messages: decodeRuns(answer.payload), fields: answer.fields };
  }

  /** Messages as they come. */
  subscribe(queue: string, options: SubscribeOptions = {}): QueueSubscription {
    const subscription = new QueueSubscription(this.#port, options.credit ?? 500);
    this.#subscriptions.set(subscription, { queue, options });
    subscription.restart();
    return subscription;
  }

  /** Says that this client has dealt with everything up to a message. @returns its position */
  async commit(queue: string, position: number, options: CallOptions = {}): Promise<number> {
    const { fields } = await this.#ofQueue('COMMIT', queue, { position }, { ...options, repeatable: true });
    return fields.position as number;
  }

  /** Sets this client's position. */
  async seek(queue: string, position: number, options: CallOptions = {}): Promise<number> {
    const { fields } = await this.#ofQueue('SEEK', queue, { position }, { ...options, repeatable: true });
    return fields.position as number;
  }

  /** Figures of a queue, under their names on the wire. */
  async stats(queue: string, options: CallOptions = {}): Promise<Readonly<Record<string, unknown>>> {
    return (await this.#ofQueue('QUEUE_STATS', queue, {}, { ...options, repeatable: true })).fields;
  }

  /** Removes messages for good, all of now or up to one. */
  async purge(queue: string, upTo?: number, options: CallOptions = {}): Promise<Readonly<Record<string, unknown>>> {
    return (await this.#ofQueue('PURGE', queue, { up_to: upTo }, { ...options, repeatable: upTo !== undefined })).fields;
  }

  /** Removes a queue with all that it holds. */
  async deleteQueue(queue: string, options: CallOptions = {}): Promise<void> {
    await this.#ofQueue('DELETE_QUEUE', queue, {}, { ...options, repeatable: false });
    this.#ids.delete(queue);
  }

  /** Any operation on a queue by its name on the wire. @param repeatable it does no harm to do it twice */
  request(
    operation: string,
    queue: string,
    fields: Readonly<Record<string, unknown>>,
    options: CallOptions & { readonly repeatable: boolean },
  ): Promise<QueueAnswer> {
    return this.#ofQueue(operation, queue, fields, options);
  }

  /** Ends everything: what waits for an answer gets `NODE_LOST`, subscriptions end. */
  close(): void {
    for (const subscription of [...this.#subscriptions.keys()]) subscription.end();
    this.#subscriptions.clear();
    this.#directory.close();
  }

  #send(
    operation: string,
    fields: Readonly<Record<string, unknown>>,
    options: SendOptions & { readonly groupId: string | undefined },
  ): Promise<QueueAnswer> {
    return this.#sender.send({ ...options, operation, fields: { client_id: this.clientId, ...fields } });
  }

  async #ofQueue(operation: string, queue: string, fields: Readonly<Record<string, unknown>>, options: SendOptions): Promise<QueueAnswer> {
    const queueId = await this.#idOf(queue, options);
    try {
      return await this.#send(operation, { queue_name: queueId, ...fields }, { ...options, groupId: groupOf(queueId) });
    } catch (error) {
      // The queue of that name may be another one by now; the next call looks.
      if (error instanceof SignalboxError && error.code === 'NOT_FOUND') this.#ids.delete(queue);
      throw error;
    }
  }

  /** The id of a queue, by which its group is known. Of a name it is asked once. */
  async #idOf(queue: string, options: CallOptions): Promise<string> {
    if (idForm.test(queue)) return queue;
    let id = this.#ids.get(queue);
    if (id === undefined) {
      id = this.#find(queue, options).catch((error: unknown) => {
        this.#ids.delete(queue);
        throw error;
      });
      this.#ids.set(queue, id);
    }
    return id;
  }

  /** Asks the leader of each group that is known whether the queue is there. */
  async #find(name: string, { timeoutMs, signal }: CallOptions): Promise<string> {
    const groups = (await this.cluster({ timeoutMs, signal })).groups as readonly { readonly cluster_id: string }[];
    for (const { cluster_id: groupId } of groups) {
      try {
        const call = { timeoutMs, signal, groupId, repeatable: true };
        const { fields } = await this.#send('QUEUE_STATS', { queue_name: name, cluster_id: groupId }, call);
        return fields.queue_id as string;
      } catch (error) {
        if (!(error instanceof SignalboxError) || error.code !== 'NOT_FOUND') throw error;
      }
    }
    throw new SignalboxError('NOT_FOUND', `There is no queue ${name} in the groups of the brokers that are known.`, { executed: 'no' });
  }

  readonly #port: SubscriptionPort = {
    subscribe: async (subscription, lastSequence) => {
      const known = this.#subscriptions.get(subscription);
      if (known === undefined) return;
      const { ack = 'none', from = 'latest' } = known.options;
      const after = lastSequence === undefined ? beginning(from) : { from_sequence: lastSequence + 1 };
      const fields = { ack, ...(ack === 'none' && after), credit: subscription.openCredit };
      await this.#ofQueue('SUBSCRIBE', known.queue, fields, {
        repeatable: true,
        onAnswer: ({ fields: answer }, connection) => this.#expect(connection, answer.subscription_id as number, subscription),
      });
    },
    grant: (subscription, credit) => this.#tell('CREDIT', subscription, { credit }),
    unsubscribe: (subscription) => {
      this.#subscriptions.delete(subscription);
      this.#tell('UNSUBSCRIBE', subscription, {});
    },
  };

  #expect(connection: QueueConnection, id: number, subscription: QueueSubscription): void {
    const ids = this.#deliveries.get(connection) ?? new Map<number, QueueSubscription>();
    this.#deliveries.set(connection, ids.set(id, subscription));
    if (subscription.ended) this.#tell('UNSUBSCRIBE', subscription, {});
  }

  /** Tells the broker that delivers; when the way is lost there is nothing to tell any more. */
  #tell(operation: string, subscription: QueueSubscription, fields: Readonly<Record<string, unknown>>): void {
    for (const [connection, ids] of this.#deliveries) {
      for (const [id, other] of ids) {
        if (other !== subscription) continue;
        if (operation === 'UNSUBSCRIBE') ids.delete(id);
        const told = connection.request({ operation, subscription_id: id, ...fields }, { timeoutMs: producerTimeoutMs });
        told.catch(() => undefined);
      }
    }
  }

  #pushed({ fields, payload }: QueueAnswer, connection: QueueConnection): void {
    if (fields.operation === 'CLUSTER_UPDATE') {
      this.#directory.learnGroups([fields]);
      return;
    }
    const ids = this.#deliveries.get(connection);
    const subscription = ids?.get(fields.subscription_id as number);
    if (subscription === undefined) return;
    if (fields.operation === 'DELIVERY') subscription.deliver(decodeRuns(payload));
    if (fields.operation !== 'SUBSCRIPTION_ENDED') return;
    ids?.delete(fields.subscription_id as number);
    const error = endedBy(fields);
    if (error.retryable) subscription.restart();
    else {
      this.#subscriptions.delete(subscription);
      subscription.end(error);
    }
  }

  #lost(connection: QueueConnection): void {
    const ids = this.#deliveries.get(connection);
    this.#deliveries.delete(connection);
    for (const subscription of ids?.values() ?? []) subscription.restart();
  }
}

interface SendOptions extends CallOptions {
  readonly payload?: Uint8Array;
  readonly repeatable: boolean;
  readonly waitMs?: number;
  readonly onAnswer?: (answer: QueueAnswer, connection: QueueConnection) => void;
}

const idForm = /^Q-[A-Z0-9]{10}$/;

/** `Q-` and the five characters of the group. */
function groupOf(queueId: string): string {
  return `G-${queueId.slice(2, 7)}`;
}

function beginning(from: FetchFrom | undefined): Readonly<Record<string, unknown>> {
  if (from === undefined || typeof from === 'string') return { from };
  return 'sequence' in from ? { from_sequence: from.sequence } : { from_time_ms: from.timeMs };
}
