import { randomBytes } from 'node:crypto';
import type { RequestHead, ResetCode, StreamEvents, TunnelStream } from '../link/types.ts';
import { agentLimits } from './limits.ts';
import { LinkKeeper, usualTiming } from './link-keeper.ts';
import { ConnectionExchange } from './origin/connection-exchange.ts';
import { type ExchangeContext, HttpExchange } from './origin/http-exchange.ts';
import { ServiceDialer } from './origin/service-dialer.ts';
import { ServicePool } from './origin/service-pool.ts';
import { type FiguresReport, ServiceFigures } from './service-figures.ts';
import { TestAnswers } from './test-answers.ts';
import type { AgentOptions, AgentState, AgentStatus } from './types.ts';

const drainLookMs = 25;

/**
 * One tunnel: keeps 1 to 4 connections to a gateway, and carries what comes over them to the one local service. Knows nothing of threads
 * and of the node, so that the command line runs it too.
 */
export class Agent {
  readonly #options: AgentOptions;
  readonly #dialer: ServiceDialer;
  readonly #pool: ServicePool;
  readonly #figures = new ServiceFigures();
  readonly #context: ExchangeContext;
  readonly #keepers: readonly LinkKeeper[];
  /** Answers requests of the self-test in place of the service. */
  readonly tests = new TestAnswers();
  #state: AgentState = 'off';
  #since = Date.now();
  #running = false;
  #draining = false;

  /** @throws SignalboxError `INVALID_PARAMS` for a target that means nothing, or several things */
  constructor(options: AgentOptions) {
    this.#options = options;
    const { target, hostHeader, resolve } = options;
    this.#dialer = new ServiceDialer({ target, ...(resolve !== undefined && { resolve }) });
    this.#pool = new ServicePool(this.#dialer);
    this.#context = { pool: this.#pool, hostHeader, authority: this.#dialer.authority, figures: this.#figures };
    const sessionKey = randomBytes(16).toString('base64url');
    const timing = { ...usualTiming, ...options.timing };
    // The first system knows of one connection only.
    const links = options.gateway.legacy ? 1 : options.links;
    this.#keepers = Array.from({ length: links }, (_, linkIndex) => {
      const keeper: LinkKeeper = new LinkKeeper({
        agent: options,
        timing,
        sessionKey,
        linkIndex,
        onStream: (head, stream) => this.serve(head, stream, keeper.link?.rttMs),
        onState: () => this.#changed(),
      });
      return keeper;
    });
  }

  /** Requests and raw connections that are under way. */
  get inFlight(): number {
    return this.#figures.open;
  }

  status(): AgentStatus {
    const up = this.#keepers.flatMap(({ state, link }) =>
      state.kind === 'up' && link !== undefined ? [{ link, place: state.place }] : [],
    );
    const [first] = this.#keepers;
    const roundTrips = up.flatMap(({ link }) => (link.rttMs === undefined ? [] : [link.rttMs]));
    const waiting = first?.state.kind === 'waiting' || first?.state.kind === 'failed' ? first.state.nextTryAt : null;
    return {
      state: this.#state,
      since: this.#since,
      place: up.find(({ place }) => place !== undefined)?.place,
      lastError: this.#state === 'up' ? null : (first?.fault ?? null),
      nextTryAt: up.length > 0 ? null : waiting,
      openLinks: up.length,
      rttMs: roundTrips.length === 0 ? null : Math.min(...roundTrips),
    };
  }

  figures(): FiguresReport {
    return this.#figures.report();
  }

  /** Connects, and stays connected. Does not wait for it: see {@link status}. */
  start(): void {
    if (this.#running) return;
    this.#running = true;
    this.#changed();
  }

  /** Tries now what waits for its next try: something has changed. */
  retry(): void {
    if (!this.#running || this.#draining) return;
    for (const keeper of this.#keepers) if (keeper.state.kind === 'waiting' || keeper.state.kind === 'failed') keeper.start();
  }

  /**
   * Ends the tunnel in order: the gateway sends nothing new, what is under way has its time, then the connections close.
   *
   * @param drainMs how long that may take, milliseconds
   */
  async stop(drainMs: number = agentLimits.drainMs): Promise<void> {
    if (this.#running && !this.#draining) {
      this.#draining = true;
      for (const keeper of this.#keepers) keeper.drain('The agent is being stopped.');
      this.#changed();
      await this.#drained(Date.now() + drainMs);
    }
    this.#running = false;
    this.#draining = false;
    for (const keeper of this.#keepers) keeper.stop('The agent was stopped.');
    this.#pool.close();
    this.#dialer.close();
    this.#changed();
  }

  /**
   * Carries one request, or one raw connection, to the local service.
   *
   * @param replayOf request that this one repeats
   */
  serve(head: RequestHead, stream: TunnelStream, rttMs: number | undefined, replayOf?: string): StreamEvents {
    const { kind, observer } = this.#options;
    if ((kind === 'http') === (head.kind === 'connection')) return refuse(stream, 'protocol', 'The tunnel is of another kind.');
    const answered = this.tests.answer(head, stream);
    if (answered !== undefined) return answered;
    const watching = observer?.begin({ head, at: Date.now(), rttMs, replayOf });
    this.#figures.exchangeBegan();
    const exchange =
      kind === 'http'
        ? new HttpExchange(this.#context, head, stream, watching)
        : new ConnectionExchange(this.#dialer, this.#figures, stream, watching);
    exchange.start();
    return exchange;
  }

  /** Whether the local service takes a connection. */
  async tryService(): Promise<{ readonly ok: boolean; readonly detail: string }> {
    const outcome = await this.#dialer.dial();
    if ('failure' in outcome) {
      this.#figures.serviceDown(outcome.failure.message);
      return { ok: false, detail: outcome.failure.message };
    }
    const { socket } = outcome.service;
    const { remoteAddress, remotePort } = socket;
    socket.on('error', () => undefined);
    socket.destroy();
    this.#figures.serviceUp();
    return { ok: true, detail: `The service takes connections at ${remoteAddress}, port ${remotePort}.` };
  }

  async #drained(untilMs: number): Promise<void> {
    const busy = () => this.#keepers.some(({ link }) => link !== undefined && (link.openStreams > 0 || link.bufferedBytes > 0));
    while (busy() && Date.now() < untilMs) await new Promise((resolve) => setTimeout(resolve, drainLookMs));
  }

  #changed(): void {
    this.#startMissing();
    const state = this.#aggregate();
    if (state !== this.#state) {
      this.#state = state;
      this.#since = Date.now();
    }
    this.#options.onChange?.();
  }

  /** The first connection goes ahead: the others follow once it is up, so that what fails fails once. */
  #startMissing(): void {
    if (!this.#running || this.#draining) return;
    const [first, ...others] = this.#keepers;
    if (first?.state.kind === 'idle') first.start();
    if (first?.state.kind === 'up') for (const keeper of others) if (keeper.state.kind === 'idle') keeper.start();
  }

  #aggregate(): AgentState {
    if (!this.#running) return 'off';
    if (this.#draining) return 'draining';
    const kinds = this.#keepers.map(({ state }) => state.kind);
    if (kinds.includes('up')) return 'up';
    const [first] = kinds;
    return first === 'waiting' || first === 'failed' ? first : 'connecting';
  }
}

/** What is told of a stream that is refused goes nowhere. */
function refuse(stream: TunnelStream, code: ResetCode, reason: string): StreamEvents {
  stream.reset(code, reason);
  return { onData: () => undefined, onEnd: () => undefined, onReset: () => undefined, onDrain: () => undefined };
}
