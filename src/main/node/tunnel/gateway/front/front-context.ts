import type { AgentDirectory, FrontRefusal } from '../types.ts';
import { AccessGates } from './access-gate.ts';
import { type Due, DueList } from './due-list.ts';
import { Flow, FlowBook, RefusalCounts } from './figures.ts';
import type { FrontLimits } from './front-limits.ts';
import { keepAliveLines } from './head-text.ts';
import { HeldConnections } from './held-connections.ts';
import { Roll } from './roll.ts';
import { RouteTable } from './route-table.ts';
import { WaitingRoom } from './waiting-room.ts';

/** Has been asked of an agent and has no answer yet. */
export interface Awaited extends Due {
  overdue(nowMs: number): void;
}

/** Has something that nobody takes: an answer that its client does not read, a body that the service does not. */
export interface Stallable extends Due {
  stalled(): void;
}

/** Waits for the word of the agent to send a body. */
export interface Hesitant extends Due {
  goOn(): void;
}

/** Holds an answer back until the end of the turn of the event loop, so that what belongs together leaves in one write. */
export interface Flushable {
  flush(): void;
}

/** On its way through an agent or a route. */
export interface Endable {
  readonly agentId: string;
  readonly routeId: string | undefined;
  /** @param reason for the agent */
  end(reason: string): void;
}

/** How often limits of time are looked at: what they are kept to. */
const beatMs = 250;

/** How often it is looked whether all is done when the gateway stops. */
const drainLookMs = 20;

/** What all exchanges of the public side share: bounds, figures, and the one beat that keeps their times. */
export class FrontContext {
  readonly limits: FrontLimits;
  readonly directory: AgentDirectory;
  /** Who the gateway is in `Via`. */
  readonly via: string;
  /** What the head of an answer says of its connection when that goes on. */
  readonly keepAliveLines: string;
  readonly gates = new AccessGates();
  readonly refusals = new RefusalCounts();
  readonly total = new Flow(performance.now());
  readonly agents = new FlowBook();
  readonly routeFlows = new FlowBook();
  readonly waiting: WaitingRoom;
  readonly answers: DueList<Awaited>;
  readonly stalls: DueList<Stallable>;
  readonly hesitant: DueList<Hesitant>;
  readonly held = new HeldConnections();
  /** What is on its way, WebSockets and raw connections included. */
  readonly exchanges = new Roll<Endable>();
  /** Told what nobody expected; the log has it. */
  readonly onFault: (error: unknown) => void;
  /** Connections on which something was refused whose end is not certain: nothing that follows on them is looked at. */
  readonly shut = new WeakSet<object>();
  httpRoutes: RouteTable = new RouteTable([], 'http');
  tlsRoutes: RouteTable = new RouteTable([], 'tls');
  /** The gateway stops: nothing new is taken on. */
  stopping = false;
  #held: Flushable[] = [];
  readonly #beats: ((nowMs: number) => void)[] = [];
  #beat: NodeJS.Timeout | undefined;

  constructor(options: {
    readonly limits: FrontLimits;
    readonly directory: AgentDirectory;
    readonly via: string;
    readonly onFault: (error: unknown) => void;
  }) {
    this.limits = options.limits;
    this.directory = options.directory;
    this.via = options.via;
    this.keepAliveLines = keepAliveLines(options.limits.keepAliveMs);
    this.onFault = options.onFault;
    this.waiting = new WaitingRoom(options.directory, options.limits);
    this.answers = new DueList(options.limits.answerMs, (item) => item.overdue(performance.now()));
    this.stalls = new DueList(options.limits.stalledMs, (item) => item.stalled());
    this.hesitant = new DueList(options.limits.continueMs, (item) => item.goOn());
  }

  start(): void {
    this.stopping = false;
    this.#beat ??= setInterval(() => this.sweep(performance.now()), beatMs).unref();
  }

  stop(): void {
    clearInterval(this.#beat);
    this.#beat = undefined;
  }

  /** One beat. @param nowMs on the monotonic clock */
  sweep(nowMs: number): void {
    this.answers.sweep(nowMs);
    this.stalls.sweep(nowMs);
    this.hesitant.sweep(nowMs);
    this.waiting.sweep(nowMs);
    this.held.look();
    for (const beat of this.#beats) beat(nowMs);
  }

  /** @param beat called at each beat */
  addBeat(beat: (nowMs: number) => void): void {
    this.#beats.push(beat);
  }

  /** Takes nothing new on; resolves when nothing is on its way any more, or when it has been waited for long enough. */
  drained(): Promise<void> {
    this.stopping = true;
    const untilMs = performance.now() + this.limits.drainMs;
    return new Promise((resolve) => {
      const look = (): void => {
        if (this.exchanges.size === 0 || performance.now() >= untilMs) resolve();
        else setTimeout(look, drainLookMs);
      };
      look();
    });
  }

  /** @param item flushed when this turn of the event loop has done what it does */
  flushSoon(item: Flushable): void {
    if (this.#held.push(item) === 1) process.nextTick(() => this.#flush());
  }

  #flush(): void {
    const held = this.#held;
    this.#held = [];
    for (const item of held) item.flush();
  }

  /** Counts something that was turned away. */
  refuse(reason: FrontRefusal, agentId?: string, routeId?: string): void {
    this.refusals.add(reason);
    this.total.refused += 1;
    const nowMs = performance.now();
    if (agentId !== undefined && this.directory.find(agentId) !== undefined) this.agents.of(agentId, nowMs).refused += 1;
    if (routeId !== undefined) this.routeFlows.of(routeId, nowMs).refused += 1;
  }

  /** Where something that comes in by this way is counted. */
  flowsOf(way: { readonly agentId: string; readonly routeId: string | undefined }, nowMs: number): readonly Flow[] {
    const agent = this.agents.of(way.agentId, nowMs);
    return way.routeId === undefined ? [this.total, agent] : [this.total, agent, this.routeFlows.of(way.routeId, nowMs)];
  }

  /** The bound that one more to this agent would break. */
  fullFor(agentId: string, nowMs: number): Extract<FrontRefusal, 'requests' | 'agent-busy' | 'stopping'> | undefined {
    if (this.stopping) return 'stopping';
    if (this.total.inFlight >= this.limits.inFlight) return 'requests';
    return this.agents.of(agentId, nowMs).inFlight >= this.limits.inFlightPerAgent ? 'agent-busy' : undefined;
  }
}
