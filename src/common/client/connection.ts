import { SignalboxError } from '../errors.ts';
import type { ClientMessage, ServerMessage } from '../wire/messages.ts';
import type { ClientTransport, Connect, TransportClosed } from './transport.ts';

/** Where a client's connection stands. */
export type ConnectionState =
  | { readonly kind: 'connecting'; readonly attempt: number }
  | { readonly kind: 'connected'; readonly sinceMs: number }
  | { readonly kind: 'waiting'; readonly attempt: number; readonly retryAtMs: number; readonly error: SignalboxError }
  | { readonly kind: 'closed'; readonly error: SignalboxError };

interface ConnectionOptions {
  readonly connect: Connect;
  readonly reconnect: boolean;
  readonly onMessage: (message: ServerMessage) => void;
  readonly onLost: (error: SignalboxError) => void;
  readonly onConnected: () => void;
  /** There will be no further connection. */
  readonly onEnded: (error: SignalboxError) => void;
}

const firstDelayMs = 250;
const longestDelayMs = 15_000;
/** A connection that was lost sooner counts as a failed attempt, so that a node which refuses at once is not hammered. */
const steadyMs = 5_000;

/** Keeps one transport open: connects, waits with full jitter, connects again. */
export class Connection {
  readonly #options: ConnectionOptions;
  readonly #listeners = new Set<(state: ConnectionState) => void>();
  readonly #waiters = new Set<{ resolve: () => void; reject: (error: SignalboxError) => void }>();
  readonly #abort = new AbortController();
  #transport: ClientTransport | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #state: ConnectionState = { kind: 'connecting', attempt: 1 };
  #shortLived = 0;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    void this.#open(1);
  }

  get state(): ConnectionState {
    return this.#state;
  }

  onState(listener: (state: ConnectionState) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Sends when connected; otherwise nothing: who waits was told of the loss. */
  send(message: ClientMessage): void {
    this.#transport?.send(message);
  }

  /** Resolves at once when connected, else at the next connection; rejects when there will be none. */
  whenConnected(): Promise<void> {
    if (this.#state.kind === 'connected') return Promise.resolve();
    if (this.#state.kind === 'closed') return Promise.reject(this.#state.error);
    return new Promise((resolve, reject) => this.#waiters.add({ resolve, reject }));
  }

  reconnectNow(): void {
    if (this.#state.kind !== 'waiting') return;
    clearTimeout(this.#timer);
    void this.#open(this.#state.attempt + 1);
  }

  close(): void {
    if (this.#state.kind === 'closed') return;
    this.#end(new SignalboxError('CANCELLED', 'The client was closed.', { executed: 'no' }));
    this.#abort.abort();
    this.#transport?.close();
    this.#transport = undefined;
  }

  async #open(attempt: number): Promise<void> {
    this.#set({ kind: 'connecting', attempt });
    let transport: ClientTransport;
    try {
      transport = await this.#options.connect(this.#abort.signal);
    } catch (error) {
      this.#retry(
        attempt,
        error instanceof SignalboxError
          ? error
          : new SignalboxError('NODE_UNREACHABLE', 'The node does not answer.', { cause: error, executed: 'no' }),
      );
      return;
    }
    if (this.#state.kind === 'closed') {
      transport.close();
      return;
    }
    this.#transport = transport;
    transport.listen({ onMessage: this.#options.onMessage, onClosed: (closed) => this.#lost(transport, closed) });
    if (this.#transport !== transport) return;
    this.#set({ kind: 'connected', sinceMs: Date.now() });
    const waiters = [...this.#waiters];
    this.#waiters.clear();
    for (const waiter of waiters) waiter.resolve();
    this.#options.onConnected();
  }

  #lost(transport: ClientTransport, closed: TransportClosed): void {
    if (this.#transport !== transport) return;
    this.#transport = undefined;
    const error = SignalboxError.fromShape({ ...closed.error, executed: 'maybe' });
    this.#options.onLost(error);
    const steady = this.#state.kind === 'connected' && Date.now() - this.#state.sinceMs >= steadyMs;
    this.#shortLived = steady ? 0 : this.#shortLived + 1;
    if (closed.mayReconnect) this.#retry(Math.max(0, this.#shortLived - 1), error);
    else this.#end(error);
  }

  #retry(attempt: number, error: SignalboxError): void {
    if (this.#state.kind === 'closed') return;
    if (!this.#options.reconnect || error.code === 'UNAUTHENTICATED') {
      this.#end(error);
      return;
    }
    // Full jitter, so that a room of consoles does not return in step after a restart.
    const delayMs = Math.random() * Math.min(longestDelayMs, firstDelayMs * 2 ** Math.min(attempt, 10));
    this.#timer = setTimeout(() => void this.#open(attempt + 1), delayMs);
    this.#set({ kind: 'waiting', attempt, retryAtMs: Date.now() + delayMs, error });
  }

  #end(error: SignalboxError): void {
    clearTimeout(this.#timer);
    this.#set({ kind: 'closed', error });
    const waiters = [...this.#waiters];
    this.#waiters.clear();
    for (const waiter of waiters) waiter.reject(error);
    this.#options.onEnded(error);
  }

  #set(state: ConnectionState): void {
    this.#state = state;
    for (const listener of [...this.#listeners]) listener(state);
  }
}
