import type { TopicStats } from '../../../common/contract/events.ts';
import type { MethodName, ParamsOf, ResultOf } from '../../../common/contract/index.ts';
import { type ErrorCode, SignalboxError } from '../../../common/errors.ts';
import { limits as defaultLimits, type Limits } from '../../../common/limits.ts';
import type { Door, Principal } from '../../../common/roles.ts';
import type { EventMessage, Target } from '../../../common/wire/messages.ts';
import { laggingNowMs } from '../clock/index.ts';
import type { Startable } from '../startable.ts';
import type { Store } from '../store/types.ts';
import type { Logger } from '../telemetry/types.ts';
import { MemoryAnswers, StoredAnswers } from './answers.ts';
import { AuditTrail } from './audit-trail.ts';
import { CallDirectory } from './call-directory.ts';
import { CallLog } from './call-log.ts';
import type { SelfNames } from './classify.ts';
import { Clients } from './clients.ts';
import { Dispatcher } from './dispatcher.ts';
import { EventBus, type PublishOptions, type Subscriber } from './event-bus.ts';
import { checkFilter, mayFollow } from './filter-rights.ts';
import { FrameCache } from './frame-cache.ts';
import { Idempotency } from './idempotency.ts';
import { type LocalCallOptions, type LocalCallResponse, LocalCalls } from './local-calls.ts';
import { Refusals } from './refusals.ts';
import type { RemoteNodes } from './remote-nodes.ts';
import type { RouterCore } from './router-core.ts';
import { type MetricsRegistry, RouterMetrics, type RouterSnapshot } from './router-metrics.ts';
import { Routes } from './routes.ts';
import type { Caller, CallRequest, RunningCall } from './running-call.ts';
import { SharedEvent } from './shared-event.ts';
import { SlowClients } from './slow-clients.ts';
import { Turn } from './turn.ts';
import type { AuditSink, ClientKind, ConnectOptions, EncodedEvent, Handlers, RefusedCaller, RouterClient } from './types.ts';

export interface RouterOptions {
  readonly nodeId: string;
  /** The node's name now; it may change while the node runs. */
  readonly name: () => string;
  readonly version: string;
  readonly capabilities: () => readonly string[];
  readonly logger: Logger;
  readonly metrics: MetricsRegistry;
  readonly audit: AuditSink;
  /** Keeps answers of writes for repeats after a restart ({@link routerMigrations}). Absent: in memory only. */
  readonly store?: Store;
  /** Milliseconds since the epoch. */
  readonly nowMs?: () => number;
  readonly limits?: Partial<Limits>;
  /** Other nodes; absent: only this one exists. */
  readonly remoteNodes?: RemoteNodes;
  /** Checks every result against the contract; for tests. */
  readonly validateResults?: boolean;
}

/** Whether a notification is good news (wire.md 1, `text_notification`). */
export type NotificationLevel = 'info' | 'success' | 'warning' | 'error';

const notificationCodes: Readonly<Record<NotificationLevel, number>> = { info: 1, success: 2, warning: 3, error: 4 };
const drainMs = 5_000;
const pingEveryMs = 30_000;

/** The node's message router: clients on one side, methods and topics on the other. */
export class Router implements Startable {
  /** Joins the writes of one turn of the event loop; shared by the transports. */
  readonly turn = new Turn();
  /** Frames of this turn that several clients get; shared by the transports. */
  readonly frames = new FrameCache();
  readonly limits: Limits;
  readonly #options: RouterOptions;
  readonly #nowMs: () => number;
  readonly #metrics: RouterMetrics;
  readonly #log: CallLog;
  readonly #calls: CallDirectory;
  readonly #audit: AuditTrail;
  readonly #refusals: Refusals;
  readonly #dispatcher: Dispatcher;
  readonly #routes: Routes;
  readonly #bus: EventBus;
  readonly #core: RouterCore;
  readonly #clients = new Clients();
  readonly #localCalls: LocalCalls;
  readonly #rolesListeners = new Set<(clientId: string, principal: Principal) => void>();
  #stopPing: (() => void) | undefined;

  constructor(options: RouterOptions) {
    this.#options = options;
    this.limits = { ...defaultLimits, ...options.limits };
    const { limits } = this;
    const { logger, nodeId } = options;
    const nowMs = options.nowMs ?? Date.now;
    this.#nowMs = nowMs;
    this.#metrics = new RouterMetrics(nowMs);
    this.#log = new CallLog({ nodeId, maxEntries: limits.activityEntries, nowMs });
    this.#calls = new CallDirectory({ nodeId, limits, nowMs, metrics: this.#metrics, log: this.#log });
    const answers =
      options.store === undefined ? new MemoryAnswers(limits) : new StoredAnswers(options.store, limits, options.nowMs ?? laggingNowMs);
    this.#audit = new AuditTrail(options.audit, nowMs);
    this.#refusals = new Refusals({ logger, audit: this.#audit });
    this.#dispatcher = new Dispatcher({
      logger,
      limits,
      audit: this.#audit,
      refusals: this.#refusals,
      idempotency: new Idempotency(answers, logger),
      validateResults: options.validateResults ?? false,
    });
    const self = (): SelfNames => ({ nodeId, name: options.name() });
    const { remoteNodes } = options;
    this.#bus = new EventBus({ self, limits, logger, metrics: this.#metrics, nowMs, remoteNodes });
    this.#routes = new Routes({
      self,
      remoteNodes,
      resultBytes: limits.resultBytes,
      capabilities: options.capabilities,
      dispatcher: this.#dispatcher,
      openPart: (request, caller) => this.#calls.open(request, caller),
    });
    this.#core = {
      nodeId,
      limits,
      logger,
      nowMs,
      self,
      metrics: this.#metrics,
      refusals: this.#refusals,
      turn: this.turn,
      calls: this.#calls,
      slowClients: new SlowClients(limits, nowMs),
      route: (call, request) => this.#routes.route(call, request),
      forget: (clientId) => this.#clients.forget(clientId),
    };
    this.#localCalls = new LocalCalls({ calls: this.#calls, dispatcher: this.#dispatcher, routes: this.#routes, limits });
    this.#clients.onGone((client) => this.#bus.drop(client));
    this.turn.onEnd(() => this.frames.clear());
    this.#metrics.expose(
      options.metrics.registry,
      {
        inFlight: () => this.#calls.size,
        clients: () => this.#clients.countByKind(),
        topics: () => this.#bus.topicCount,
        subscriptions: () => this.#bus.subscriptionCount,
      },
      this.#log,
      this.#refusals,
    );
  }

  get nodeId(): string {
    return this.#options.nodeId;
  }

  /** The latest calls. */
  get calls(): CallLog {
    return this.#log;
  }

  /** Calls that run now and will be listed: neither quiet nor a part of another. */
  get inFlight(): number {
    return this.#calls.listed;
  }

  start(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const unwatch = this.onDemand('/ping', (wanted) => {
      clearInterval(timer);
      if (wanted) timer = setInterval(() => this.publish('/ping', {}, { name: 'ping_generated' }), pingEveryMs).unref();
    });
    this.#stopPing = () => {
      unwatch();
      clearInterval(timer);
    };
    return Promise.resolve();
  }

  /** Ends reads, waits for writes (at most 5 s), then closes every client with 1001. */
  async stop(): Promise<void> {
    this.#stopPing?.();
    this.#stopPing = undefined;
    await this.#calls.drain(drainMs);
    this.disconnect(() => true, 1001, 'the node is stopping');
    this.#audit.flush();
  }

  /** Offers the methods of a service. @throws Error when a method is offered twice */
  register<M extends MethodName>(handlers: Handlers<M>): void {
    this.#dispatcher.register(handlers);
  }

  /** Takes a client on. */
  connect(options: ConnectOptions): RouterClient {
    return this.#clients.connect(this.#core, options);
  }

  /**
   * Calls a method of this node from inside it, checked like any other call.
   *
   * @throws SignalboxError of the method
   */
  call<M extends MethodName>(method: M, params: ParamsOf<M>, options: LocalCallOptions): Promise<ResultOf<M>> {
    return this.#localCalls.call(method, params, options);
  }

  /**
   * Calls a method wherever `target` says: on one node, on any that has a capability, on all (gathered), as a client would.
   *
   * @throws SignalboxError of the far method, `NODE_UNREACHABLE`, `NODE_LOST`, `TIMEOUT`, `CANCELLED`
   */
  callAt(target: Target, method: string, params: Readonly<Record<string, unknown>>, options: LocalCallOptions): Promise<unknown> {
    return this.#localCalls.callAt(target, method, params, options);
  }

  /**
   * {@link callAt} for one node with a callback instead of a promise.
   *
   * @param serviceId node id or unique name
   * @param onResponse called once, with the result or the error; must not throw
   */
  initiateRemoteRpc(
    serviceId: string,
    method: string,
    params: Readonly<Record<string, unknown>>,
    onResponse: (response: LocalCallResponse) => void,
    options: LocalCallOptions,
  ): void {
    this.#localCalls.initiateRemoteRpc(serviceId, method, params, onResponse, options);
  }

  /**
   * Runs a request that another node sent. It is never passed on to a third.
   *
   * @returns the running call, for cancelling it
   * @throws SignalboxError `OVERLOADED`
   */
  execute(request: CallRequest, caller: Caller): RunningCall {
    const call = this.#calls.open(request, caller);
    this.#dispatcher.run(call);
    return call;
  }

  /** Counts, logs and audits the refusal of a caller whose request never comes to a method: the router does it for all others. */
  refused(caller: RefusedCaller): void {
    this.#refusals.add(caller);
  }

  /** Counts a refusal that its door logs and audits itself, with the address it knows. */
  countRefused(code: ErrorCode, via: Door): void {
    this.#refusals.count(code, via);
  }

  /** True when the node has a handler for the method. */
  offers(method: string): boolean {
    return this.#dispatcher.has(method);
  }

  /**
   * Publishes on a local topic.
   *
   * @throws SignalboxError `INVALID_PARAMS` when `topic` is no concrete local topic
   */
  publish(topic: string, data: unknown, options: PublishOptions = {}): EventMessage {
    return this.#bus.publish(topic, data, options).event;
  }

  /** Like {@link publish}, and says how many got it. */
  publishCounted(
    topic: string,
    data: unknown,
    options: PublishOptions = {},
  ): { readonly event: EventMessage; readonly subscribers: number } {
    return this.#bus.publish(topic, data, options);
  }

  /** Sends an event to one client alone, whatever it is subscribed to; false when it is gone. */
  publishTo(clientId: string, topic: string, data: unknown, seq: number): boolean {
    const client = this.#clients.find(clientId);
    if (client === undefined) return false;
    client.deliver(
      new SharedEvent({
        type: 'event',
        name: 'data_generated',
        status: 'data',
        topic,
        data,
        meta: { identity: this.nodeId, seq },
        timestamp: this.#nowMs(),
      }),
    );
    return true;
  }

  /** Tells everybody who listens to `/notifications` something. */
  notify(message: string, level: NotificationLevel): void {
    this.publish('/notifications', { message, code: notificationCodes[level] }, { name: 'text_notification' });
  }

  /** Tells when a local topic gains its first and loses its last subscriber, wildcards counted. Returns how to stop. */
  onDemand(topic: string, listener: (wanted: boolean) => void): () => void {
    return this.#bus.onDemand(topic, listener);
  }

  /**
   * Begins to send a topic to a client.
   *
   * @throws SignalboxError `INVALID_PARAMS`, `FORBIDDEN` (everything at once needs an operator), `OVERLOADED` (too many), `NODE_UNREACHABLE`, `BAD_REQUEST` (no connection)
   */
  async subscribeClient(clientId: string, topic: string, principal: Principal): Promise<void> {
    const client = this.#clients.get(clientId);
    checkFilter(topic, principal);
    const held = this.#bus.filtersOf(client);
    const most = this.limits.subscriptionsPerClient;
    if (held.length >= most && !held.includes(topic)) {
      throw new SignalboxError('OVERLOADED', `This connection has ${most} subscriptions already. End one first.`, { executed: 'no' });
    }
    await this.#bus.subscribe(client, topic);
  }

  /** Ends a client's subscription; one that was not there is no error. */
  unsubscribeClient(clientId: string, topic: string): void {
    this.#bus.unsubscribe(this.#clients.get(clientId), topic);
  }

  /** To be called when somebody's roles have changed: ends the subscriptions that clients may have no longer. */
  rolesChanged(): void {
    for (const client of this.#clients.values()) {
      const { principal } = client;
      if (principal === undefined) continue;
      for (const filter of this.#bus.filtersOf(client)) if (!mayFollow(filter, principal)) this.#bus.unsubscribe(client, filter);
      for (const listener of this.#rolesListeners) listener(client.id, principal);
    }
  }

  /** Tells of each client, with who it is now, when roles have changed. Returns how to stop. */
  onRolesChanged(listener: (clientId: string, principal: Principal) => void): () => void {
    this.#rolesListeners.add(listener);
    return () => this.#rolesListeners.delete(listener);
  }

  /** Begins to deliver a topic to a part of the node. */
  subscribe(subscriber: Subscriber, topic: string): Promise<void> {
    return this.#bus.subscribe(subscriber, topic);
  }

  /** Ends one of its subscriptions, or all when no topic is given. */
  unsubscribe(subscriber: Subscriber, topic?: string): void {
    if (topic === undefined) this.#bus.drop(subscriber);
    else this.#bus.unsubscribe(subscriber, topic);
  }

  /** The last values of the local topics that a filter matches, of those that keep one. */
  lastValues(filter: string): readonly EncodedEvent[] {
    return this.#bus.lastValues(filter);
  }

  /** Local topics that were published on, most recent first. */
  topics(limit: number): { topics: TopicStats[]; dropped: number } {
    return this.#bus.topics(limit);
  }

  /** Tells of each client that goes. Returns how to stop. */
  onDisconnect(listener: (clientId: string) => void): () => void {
    return this.#clients.onGone(({ id }) => listener(id));
  }

  /** @throws SignalboxError `BAD_REQUEST` when the id is of no connection: other nodes and parts of this one call without one */
  checkConnected(clientId: string): void {
    this.#clients.get(clientId);
  }

  /** Closes the clients for which `where` holds; returns how many. */
  disconnect(
    where: (client: { readonly id: string; readonly kind: ClientKind; readonly principal?: Principal }) => boolean,
    code: number,
    reason: string,
  ): number {
    return this.#clients.disconnect(where, code, reason);
  }

  /** What the router is doing now. */
  snapshot(): RouterSnapshot {
    return this.#metrics.snapshot();
  }
}
