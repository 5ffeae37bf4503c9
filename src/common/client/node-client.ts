import { changeOf } from '../contract/changing-methods.ts';
import type { MethodName, ParamsOf, ProgressOf, ResultOf } from '../contract/index.ts';
import { SignalboxError } from '../errors.ts';
import { limits } from '../limits.ts';
import type { RpcRequest, ServerMessage, Target } from '../wire/messages.ts';
import { Connection, type ConnectionState } from './connection.ts';
import type { Subscription } from './event-queue.ts';
import { SubscriptionTable } from './subscription-table.ts';
import type { Connect } from './transport.ts';

export interface CallOptions<P = unknown> {
  /** How long the whole call may take, waiting for a connection included. Default 10 s. */
  readonly timeoutMs?: number;
  /** Cancels the call here and on the node. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (data: P) => void;
  /** Tells which node the answer or the error is of, just before the call ends: what `target.any` chose. */
  readonly onAnsweredBy?: (nodeId: string) => void;
  /** Node id or unique name; the local node when absent. */
  readonly serviceId?: string;
  readonly target?: Target;
  /** Same key: the effect happens once. Made up for methods that write when absent. */
  readonly idempotencyKey?: string;
}

interface Pending {
  readonly resolve: (data: unknown) => void;
  readonly reject: (error: SignalboxError) => void;
  readonly onProgress: ((data: unknown) => void) | undefined;
  readonly onAnsweredBy: ((nodeId: string) => void) | undefined;
  readonly finish: () => void;
}

export interface NodeClientOptions {
  readonly connect: Connect;
  /** False: the first loss ends the client (CLI). Default true. */
  readonly reconnect?: boolean;
}

/**
 * The one client of a node, the same for console, CLI, SDK and tests, over any transport. Two verbs: `call` and
 * `subscribe`. It reconnects with jitter and restores subscriptions; it never repeats a call by itself.
 */
export class NodeClient {
  readonly #connection: Connection;
  readonly #pending = new Map<string, Pending>();
  readonly #subscriptions: SubscriptionTable;
  readonly #idPrefix = crypto.randomUUID().slice(0, 8);
  #nextId = 1;

  constructor(options: NodeClientOptions) {
    this.#subscriptions = new SubscriptionTable({
      send: (method, topic) => this.callUnknown(method, { topic }, { timeoutMs: limits.defaultTimeoutMs }),
      state: () => this.#connection.state,
    });
    this.#connection = new Connection({
      connect: options.connect,
      reconnect: options.reconnect ?? true,
      onMessage: (message) => this.#receive(message),
      onLost: (error) => this.#failAll(error),
      onConnected: () => this.#subscriptions.restore(),
      onEnded: (error) => this.#subscriptions.end(error.code === 'CANCELLED' ? undefined : error),
    });
  }

  /** State of the connection now. */
  get state(): ConnectionState {
    return this.#connection.state;
  }

  /** Tells of every change of state; returns how to stop. */
  onState(listener: (state: ConnectionState) => void): () => void {
    return this.#connection.onState(listener);
  }

  /** Tries at once instead of waiting for the next attempt. */
  reconnectNow(): void {
    this.#connection.reconnectNow();
  }

  /**
   * Calls a method of the contract.
   *
   * @throws SignalboxError of the node; `NODE_UNREACHABLE` (never sent), `NODE_LOST` (lost in mid-call), `TIMEOUT`, `CANCELLED`
   */
  call<M extends MethodName>(method: M, params: ParamsOf<M>, options: CallOptions<ProgressOf<M>> = {}): Promise<ResultOf<M>> {
    return this.callUnknown(method, params, options as CallOptions) as Promise<ResultOf<M>>;
  }

  /** The same for a method that is only known as text: RPC screen, CLI, methods of other nodes. */
  async callUnknown(method: string, params: unknown, options: CallOptions = {}): Promise<unknown> {
    const timeoutMs = options.timeoutMs ?? limits.defaultTimeoutMs;
    const key = options.idempotencyKey ?? (changeOf(method) === 'told' ? crypto.randomUUID() : undefined);
    const requestid = `${this.#idPrefix}-${this.#nextId++}`;
    const request: RpcRequest = {
      type: 'rpc',
      requestid,
      method,
      params: (params ?? {}) as Record<string, unknown>,
      timeoutMs,
      ...(options.serviceId !== undefined && { serviceId: options.serviceId }),
      ...(options.target !== undefined && { target: options.target }),
      ...(key !== undefined && { idempotencyKey: key }),
    };
    return new Promise((resolve, reject) => {
      let sent = false;
      const { signal } = options;
      const cancel = () => {
        if (sent) this.#connection.send({ type: 'rpc_cancel', requestid });
        settle(() => reject(new SignalboxError('CANCELLED', `${method} was cancelled.`, { executed: sent ? 'maybe' : 'no' })));
      };
      const timer = setTimeout(() => {
        if (sent) this.#connection.send({ type: 'rpc_cancel', requestid });
        const error = sent
          ? new SignalboxError('TIMEOUT', `No answer to ${method} within ${timeoutMs} ms. It may still have run.`, { executed: 'maybe' })
          : new SignalboxError('NODE_UNREACHABLE', `No connection to the node within ${timeoutMs} ms. ${method} was not sent.`, {
              executed: 'no',
            });
        settle(() => reject(error));
        // A little longer than the node's own deadline, so that its more exact answer wins.
      }, timeoutMs + 250);
      const finish = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', cancel);
        this.#pending.delete(requestid);
      };
      const settle = (act: () => void) => {
        if (!this.#pending.has(requestid)) return;
        finish();
        act();
      };
      this.#pending.set(requestid, { resolve, reject, onProgress: options.onProgress, onAnsweredBy: options.onAnsweredBy, finish });
      if (signal?.aborted === true) {
        cancel();
        return;
      }
      signal?.addEventListener('abort', cancel, { once: true });
      this.#connection.whenConnected().then(
        () => {
          if (!this.#pending.has(requestid)) return;
          try {
            this.#connection.send(request);
            sent = true;
          } catch (error) {
            settle(() => reject(error));
          }
        },
        (error: unknown) => settle(() => reject(error)),
      );
    });
  }

  /**
   * Subscribes to a topic, for as long as the subscription is not disposed, across reconnections.
   *
   * @param topic `/stats`, `node/topic`, `+/stats`; `+` and `#` as in MQTT
   * @param options most events kept for a slow reader, default 1,000; the oldest go first and are counted
   */
  subscribe(topic: string, options: { readonly maxQueuedEvents?: number } = {}): Subscription {
    return this.#subscriptions.add(topic, options.maxQueuedEvents ?? 1_000);
  }

  /** Ends everything: pending calls fail with `CANCELLED`, subscriptions end. */
  close(): void {
    this.#connection.close();
    this.#failAll(new SignalboxError('CANCELLED', 'The client was closed.', { executed: 'maybe' }));
  }

  #receive(message: ServerMessage): void {
    if (message.type === 'event') {
      this.#subscriptions.deliver(message);
      return;
    }
    if (message.requestid === null) return;
    const pending = this.#pending.get(message.requestid);
    if (pending === undefined) return;
    if (message.type === 'rpc_progress') {
      pending.onProgress?.(message.data);
      return;
    }
    pending.finish();
    pending.onAnsweredBy?.(message.serviceId);
    if (message.status === 'success') pending.resolve(message.data);
    else pending.reject(SignalboxError.fromShape(message));
  }

  #failAll(error: SignalboxError): void {
    for (const pending of [...this.#pending.values()]) {
      pending.finish();
      pending.reject(error);
    }
  }
}
