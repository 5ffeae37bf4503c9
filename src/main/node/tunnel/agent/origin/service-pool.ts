import { performance } from 'node:perf_hooks';
import { agentLimits } from '../limits.ts';
import { ServiceConnection } from './service-connection.ts';
import type { DialFailure, ServiceDialer } from './service-dialer.ts';

/** Connections to one local service that wait for their next request, the last used first. */
export class ServicePool {
  readonly #dialer: ServiceDialer;
  readonly #idle: ServiceConnection[] = [];
  readonly #open = new Set<ServiceConnection>();
  readonly #forget = (connection: ServiceConnection): void => {
    this.#open.delete(connection);
    const index = this.#idle.indexOf(connection);
    if (index >= 0) this.#idle.splice(index, 1);
  };
  #sweep: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(dialer: ServiceDialer) {
    this.#dialer = dialer;
  }

  /** Connections that are open, idle ones among them. */
  get open(): number {
    return this.#open.size;
  }

  /** An idle connection; undefined: {@link dial} one. */
  take(): ServiceConnection | undefined {
    const nowMs = performance.now();
    for (let connection = this.#idle.pop(); connection !== undefined; connection = this.#idle.pop()) {
      if (connection.idleUntilMs > nowMs && connection.reusable) return connection;
      this.discard(connection);
    }
    return undefined;
  }

  /** Never rejects. */
  async dial(): Promise<{ readonly connection: ServiceConnection } | { readonly failure: DialFailure }> {
    const outcome = await this.#dialer.dial();
    if ('failure' in outcome) return outcome;
    const connection = new ServiceConnection(outcome.service, this.#forget);
    this.#open.add(connection);
    return { connection };
  }

  /** A request is over: its connection is kept if it can be. */
  release(connection: ServiceConnection): void {
    if (this.#closed || !connection.reusable || this.#idle.length >= agentLimits.idleConnections) {
      this.discard(connection);
      return;
    }
    connection.release();
    // A second less than the service keeps it, so that it is seldom closed while a request is on its way.
    const keptMs = Math.min(agentLimits.idleMs, (connection.keepAliveMs ?? agentLimits.idleMs + 1_000) - 1_000);
    if (keptMs <= 0) {
      this.discard(connection);
      return;
    }
    connection.idleUntilMs = performance.now() + keptMs;
    this.#idle.push(connection);
    this.#sweep ??= setInterval(() => this.#dropOld(), 1_000).unref();
  }

  discard(connection: ServiceConnection): void {
    this.#open.delete(connection);
    connection.destroy();
  }

  /** It is HTTP no more: whoever took its socket closes it. */
  gaveAway(connection: ServiceConnection): void {
    this.#open.delete(connection);
  }

  /** Closes all idle connections; those in use close when their request is over. */
  close(): void {
    this.#closed = true;
    clearInterval(this.#sweep);
    for (const connection of this.#idle.splice(0)) this.discard(connection);
  }

  #dropOld(): void {
    const nowMs = performance.now();
    for (const connection of this.#idle.filter(({ idleUntilMs }) => idleUntilMs <= nowMs)) {
      this.#forget(connection);
      connection.destroy();
    }
    if (this.#idle.length > 0) return;
    clearInterval(this.#sweep);
    this.#sweep = undefined;
  }
}
