import type { Duplex } from 'node:stream';
import type { IClientOptions, MqttClient } from 'mqtt';
import { SignalboxError } from '../../../common/errors.ts';
import { type CertificateFault, CertificateRefused } from '../certificates/index.ts';
import { laggingNowMs } from '../clock/index.ts';
import { RetryDelay } from '../retry-delay.ts';
import type { Startable } from '../startable.ts';
import { type Logger, RepeatSampler } from '../telemetry/index.ts';
import { brokerOptions, openBrokerStream } from './broker-connection.ts';
import { federationLimits } from './limits.ts';
import type { LinkMessage } from './link-message.ts';
import type { LinkTarget } from './link-target.ts';
import { OfflineOutbox } from './offline-outbox.ts';
import { writePublish } from './publish-packet.ts';
import { connectTapped } from './publish-tap.ts';

const defaultConnectTimeoutMs = 10_000;
const stopMs = 2_000;
/** A certificate that was refused is not another one a second later, and somebody has been told (security.md 2.7). */
const certificateRestMs = 300_000;

/** What is new for each connection, so that the broker tells one from the next. */
export interface LinkSession {
  readonly clientId: string;
  /** Published by the broker when the connection is lost. */
  readonly will: LinkMessage;
}

export type LinkState =
  | { readonly kind: 'off' }
  | { readonly kind: 'connecting'; readonly attempt: number }
  | { readonly kind: 'connected'; readonly sinceMs: number }
  | {
      readonly kind: 'waiting';
      readonly attempt: number;
      readonly retryInMs: number;
      readonly error: string;
      /** Why the broker's certificate was refused. */
      readonly certificate?: CertificateFault;
    };

export interface MqttLinkOptions {
  /** Asked at each attempt, so that a certificate file may change. */
  readonly target: () => Promise<LinkTarget>;
  readonly session: () => LinkSession;
  /** Filters that every connection needs before it counts as connected. */
  readonly filters: readonly string[];
  readonly keepaliveSeconds: number;
  readonly onMessage: (topic: string, payload: Buffer, retained: boolean) => void;
  readonly onState: (state: LinkState) => void;
  readonly logger: Logger;
  readonly nowMs?: () => number;
  /** Time the broker has to take a connection, and to grant what it needs; tests wait less. */
  readonly connectTimeoutMs?: number;
  /** Pause after a certificate was refused; tests wait less. */
  readonly certificateRestMs?: number;
}

/**
 * The node's one connection to the MQTT broker. MQTT 3.1.1, which every broker speaks: what version 5 adds (expiry,
 * correlation) is in our own messages. Each connection is a clean session with a client id of its own; what is to outlive
 * one waits in the {@link OfflineOutbox}.
 */
export class MqttLink implements Startable {
  readonly #options: MqttLinkOptions;
  readonly #delay = new RetryDelay();
  readonly #faults = new RepeatSampler();
  readonly #outbox: OfflineOutbox;
  readonly #connectTimeoutMs: number;
  /** Filters beside the fixed ones. */
  readonly #filters = new Set<string>();
  /**
   * Filters whose end the broker has not confirmed. The embedded broker handles packets of a connection side by side: a filter
   * that is asked for again before its end is through is taken for one that is held, and then ended.
   */
  readonly #leaving = new Map<string, Promise<void>>();
  /** Retained messages that come before the connection counts: what they lead to must be able to leave. */
  readonly #early: { readonly topic: string; readonly payload: Buffer; readonly retain: boolean }[] = [];
  #client: MqttClient | undefined;
  #state: LinkState = { kind: 'off' };
  #attempt = 0;
  #timer: NodeJS.Timeout | undefined;
  #running = false;
  #lastError = '';
  #fault: CertificateFault | undefined;

  constructor(options: MqttLinkOptions) {
    this.#options = options;
    this.#outbox = new OfflineOutbox(options.nowMs ?? laggingNowMs);
    this.#connectTimeoutMs = options.connectTimeoutMs ?? defaultConnectTimeoutMs;
  }

  get state(): LinkState {
    return this.#state;
  }

  get connected(): boolean {
    return this.#state.kind === 'connected';
  }

  /** Bytes handed over and not yet taken by the broker. */
  get unsentBytes(): number {
    return this.#client?.stream?.writableLength ?? 0;
  }

  /** What waits for the broker to come back. */
  get outbox(): OfflineOutbox {
    return this.#outbox;
  }

  /** Begins to connect; does not wait for it. */
  start(): Promise<void> {
    this.#running = true;
    void this.#connect();
    return Promise.resolve();
  }

  /** Disconnects cleanly, so that the will is not published. */
  async stop(): Promise<void> {
    this.#running = false;
    clearTimeout(this.#timer);
    const client = this.#client;
    this.#client = undefined;
    if (client !== undefined) await endClient(client, this.connected);
    this.#setState({ kind: 'off' });
  }

  /** Disconnects cleanly and connects anew, with a new session. Nothing while there is no connection: the next is new anyhow. */
  async reconnect(): Promise<void> {
    const client = this.#client;
    if (client === undefined || !this.connected) return;
    this.#client = undefined;
    this.#setState({ kind: 'connecting', attempt: 1 });
    await endClient(client, true);
    if (this.#running && this.#client === undefined) await this.#connect();
  }

  /** Publishes when connected; false when it could not, and nothing is kept. */
  publish(message: LinkMessage): boolean {
    const client = this.#client;
    if (client === undefined || !this.connected) return false;
    const { topic, payload, qos, retain } = message;
    if (qos === 1) client.publish(topic, payload, { qos, retain });
    else if (!writePublish(client.stream, topic, payload, retain)) return false;
    this.#checkUnsent(client);
    return true;
  }

  /** Publishes with QoS 1, and resolves when the broker has it; false when it did not get it. */
  publishConfirmed(message: LinkMessage): Promise<boolean> {
    const client = this.#client;
    if (client === undefined || !this.connected) return Promise.resolve(false);
    return new Promise((resolve) => {
      client.publish(message.topic, message.payload, { qos: message.qos, retain: message.retain }, (error) => resolve(error === undefined));
    });
  }

  /**
   * Publishes now, or keeps the message for when the broker is back, within the bounds of the outbox. One that the broker had
   * not confirmed when the connection was lost is kept as well: whoever got it already knows its id.
   */
  publishOrKeep(message: LinkMessage): void {
    const client = this.#client;
    if (client === undefined || !this.connected) {
      this.#outbox.add(message);
      return;
    }
    client.publish(message.topic, message.payload, { qos: message.qos, retain: message.retain }, (error) => {
      if (error !== undefined && error !== null) this.#outbox.add(message);
    });
    this.#checkUnsent(client);
  }

  /**
   * Adds filters for this and every later connection; resolves when the broker has granted them, or at once while there is none.
   *
   * @throws SignalboxError `NODE_UNREACHABLE` when it does not
   */
  async subscribe(filters: readonly string[]): Promise<void> {
    const added = filters.filter((filter) => !this.#filters.has(filter));
    for (const filter of added) this.#filters.add(filter);
    await Promise.all(added.map((filter) => this.#leaving.get(filter)));
    const wanted = added.filter((filter) => this.#filters.has(filter));
    if (wanted.length === 0 || !this.connected) return;
    try {
      await this.#client?.subscribeAsync(wanted, { qos: 1 });
    } catch (cause) {
      const why = `The MQTT broker did not grant the subscription: ${(cause as Error).message}.`;
      throw new SignalboxError('NODE_UNREACHABLE', why, { executed: 'no', cause });
    }
  }

  unsubscribe(filters: readonly string[]): void {
    const held = filters.filter((filter) => this.#filters.delete(filter));
    const client = this.#client;
    if (held.length === 0 || client === undefined || !this.connected) return;
    // Told also when the connection ends: nothing waits for ever.
    const left = new Promise<void>((resolve) => {
      client.unsubscribe(held, () => resolve());
    }).then(() => {
      for (const filter of held) if (this.#leaving.get(filter) === left) this.#leaving.delete(filter);
    });
    for (const filter of held) this.#leaving.set(filter, left);
  }

  /** Extra filters held now. */
  get filterCount(): number {
    return this.#filters.size;
  }

  async #connect(): Promise<void> {
    this.#attempt++;
    this.#setState({ kind: 'connecting', attempt: this.#attempt });
    let client: MqttClient;
    try {
      const target = await this.#options.target();
      if (!this.#running || this.#client !== undefined) return;
      const stream = await openBrokerStream(target);
      if (!this.#running || this.#client !== undefined) {
        stream?.destroy();
        return;
      }
      client = this.#open(target, stream);
    } catch (error) {
      if (!this.#running) return;
      if (error instanceof CertificateRefused) this.#fault = error.fault;
      this.#lastError = (error as Error).message;
      this.#retry();
      return;
    }
    this.#client = client;
    client.on('error', (error) => {
      if (this.#fault === undefined) this.#lastError = error.message;
    });
    client.on('connect', () => void this.#established(client));
    client.on('message', (topic, payload, { retain }) => this.#received(topic, payload, retain));
    client.on('close', () => this.#lost(client));
  }

  #received(topic: string, payload: Buffer, retain: boolean): void {
    if (this.connected) this.#options.onMessage(topic, payload, retain);
    // More statuses than nodes are remembered would be forgotten again.
    else if (this.#early.length < federationLimits.earlyMessages) this.#early.push({ topic, payload, retain });
  }

  #open(target: LinkTarget, stream: Duplex | undefined): MqttClient {
    const { clientId, will } = this.#options.session();
    const options: IClientOptions = {
      clientId,
      clean: true,
      protocolVersion: 4,
      keepalive: this.#options.keepaliveSeconds,
      connectTimeout: this.#connectTimeoutMs,
      // Its own reconnection has no jitter and keeps the will of the first connection.
      reconnectPeriod: 0,
      // Its default queues calls without bound while there is no connection.
      queueQoSZero: false,
      resubscribe: false,
      will: { topic: will.topic, payload: Buffer.from(will.payload), qos: will.qos, retain: will.retain },
      ...(target.username !== undefined && { username: target.username }),
      ...(target.password !== undefined && { password: target.password }),
      ...brokerOptions(target, ({ fault, message }) => {
        this.#fault = fault;
        this.#lastError = message;
      }),
    };
    const received = (topic: string, payload: Buffer, retain: boolean) => {
      if (client === this.#client) this.#received(topic, payload, retain);
    };
    const client: MqttClient = connectTapped(target.url, options, received, stream);
    return client;
  }

  async #established(client: MqttClient): Promise<void> {
    // Without it QoS 1 waits for delayed acknowledgements: 88 ms a round trip (rpc.md section 1).
    const { stream } = client as unknown as { readonly stream: { setNoDelay?: (on: boolean) => void } };
    stream.setNoDelay?.(true);
    const late = setTimeout(() => this.#giveUp(client, 'it did not grant the subscriptions in time'), this.#connectTimeoutMs);
    const asked = new Set<string>();
    try {
      await client.subscribeAsync([...this.#options.filters], { qos: 1 });
      // Others may be added meanwhile, and only count on this connection if they are asked for before it counts.
      while (client === this.#client && [...this.#filters].some((filter) => !asked.has(filter))) await this.#subscribeAgain(client, asked);
    } catch (error) {
      this.#giveUp(client, `the broker refused a subscription: ${(error as Error).message}`);
    } finally {
      clearTimeout(late);
    }
    if (client !== this.#client) return;
    this.#delay.reset();
    this.#attempt = 0;
    this.#lastError = '';
    this.#setState({ kind: 'connected', sinceMs: (this.#options.nowMs ?? Date.now)() });
    for (const { topic, payload, retain } of this.#early.splice(0)) this.#options.onMessage(topic, payload, retain);
    for (const message of this.#outbox.take()) this.publishOrKeep(message);
  }

  /** One topic of another node that the broker does not grant must not keep this node from all of them. */
  async #subscribeAgain(client: MqttClient, asked: Set<string>): Promise<void> {
    const missing = [...this.#filters].filter((filter) => !asked.has(filter));
    for (const filter of missing) asked.add(filter);
    try {
      await client.subscribeAsync(missing, { qos: 1 });
    } catch (error) {
      if (client !== this.#client || this.#faults.take('filters') === undefined) return;
      this.#options.logger.warn('federation.filterRefused', 'The MQTT broker did not grant a topic of another node.', { error });
    }
  }

  /** Ends a connection that the broker does not serve; another is tried later. */
  #giveUp(client: MqttClient, error: string): void {
    if (client !== this.#client) return;
    this.#lastError = error;
    this.#lost(client);
  }

  /** What a broker does not read would fill the memory: such a connection is as good as lost. */
  #checkUnsent(client: MqttClient): void {
    if (this.unsentBytes <= federationLimits.linkLostBytes) return;
    this.#lastError = 'it does not read what it is sent';
    // Its end is told later: who is sending now is in the middle of something.
    client.stream.destroy();
  }

  #lost(client: MqttClient): void {
    client.removeAllListeners('message');
    client.end(true);
    if (client !== this.#client) return;
    this.#client = undefined;
    this.#early.length = 0;
    if (this.#running) this.#retry();
  }

  #retry(): void {
    const certificate = this.#fault;
    this.#fault = undefined;
    const retryInMs = certificate === undefined ? this.#delay.nextMs() : (this.#options.certificateRestMs ?? certificateRestMs);
    const error = this.#lastError === '' ? 'the connection was closed' : this.#lastError;
    this.#lastError = '';
    const suppressed = this.#faults.take(error);
    if (suppressed !== undefined)
      this.#options.logger.warn('federation.linkLost', 'There is no connection to the MQTT broker.', { error, retryInMs, suppressed });
    this.#timer = setTimeout(() => void this.#connect(), retryInMs);
    this.#setState({ kind: 'waiting', attempt: this.#attempt, retryInMs, error, ...(certificate !== undefined && { certificate }) });
  }

  #setState(state: LinkState): void {
    this.#state = state;
    this.#options.onState(state);
  }
}

/** Ends a client: with DISCONNECT when it is connected, and without waiting for ever. */
function endClient(client: MqttClient, connected: boolean): Promise<void> {
  client.removeAllListeners('close');
  client.removeAllListeners('message');
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      // It waits for what the broker does not confirm, and would not be told twice to end.
      client.stream.destroy();
      resolve();
    }, stopMs);
    client.end(!connected, () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

/** True when the link takes no more: the broker reads slower than the node writes. */
export function isCongested(link: { readonly unsentBytes: number }): boolean {
  return link.unsentBytes > federationLimits.linkUnsentBytes;
}
