import type { Socket } from 'node:net';
import type { TunnelKind } from '../../../../../common/contract/tunnels.ts';
import type { ResponseHead, StreamEvents } from '../../link/types.ts';
import type { AgentSession } from '../types.ts';
import { abort } from './abort.ts';
import type { Flow } from './figures.ts';
import type { Awaited, Endable, FrontContext } from './front-context.ts';
import { afterOpen } from './gateway-answers.ts';
import { RawPipe } from './raw-pipe.ts';
import type { Guest } from './waiting-room.ts';

/** What is known of a connection that has been let in. */
export interface ConnectionFacts {
  /** Paused; nothing of it has been read but `firstBytes`. */
  readonly socket: Socket;
  readonly firstBytes: Buffer;
  readonly kind: Extract<TunnelKind, 'tcp' | 'tls'>;
  readonly agentId: string;
  readonly routeId: string | undefined;
  readonly flows: readonly Flow[];
}

/** A connection of a client that is carried to an agent as it is: TCP, or TLS that ends at the service. */
export class ConnectionExchange implements StreamEvents, Awaited, Guest, Endable {
  progressAtMs: number;
  readonly agentId: string;
  readonly routeId: string | undefined;
  readonly #context: FrontContext;
  readonly #facts: ConnectionFacts;
  readonly #startedAtMs = performance.now();
  readonly #onGone = () => this.#gone();
  #pipe: RawPipe | undefined;
  #connected = false;
  #over = false;

  constructor(context: FrontContext, facts: ConnectionFacts) {
    this.#context = context;
    this.#facts = facts;
    this.agentId = facts.agentId;
    this.routeId = facts.routeId;
    this.progressAtMs = this.#startedAtMs;
    facts.socket.on('close', this.#onGone);
    for (const flow of facts.flows) flow.began();
    context.exchanges.add(this);
  }

  /** Hands the connection to the agent, or lets it wait for it. */
  place(session: AgentSession | undefined): void {
    if (session === undefined || session.kind !== this.#facts.kind) this.#refuse('no-agent');
    else if (session.state === 'draining') this.#refuse('agent-draining');
    else if (session.state === 'up') this.#open(session);
    else if (this.#context.waiting.enter(this)) this.#context.held.add(this.#facts.socket);
    else this.#refuse('waiting-full');
  }

  arrived(session: AgentSession | undefined): void {
    if (!this.#over) this.place(session);
  }

  #open(session: AgentSession): void {
    const { socket, firstBytes, flows } = this.#facts;
    this.#context.held.delete(socket);
    this.progressAtMs = performance.now();
    try {
      const stream = session.open(
        {
          kind: 'connection',
          method: 'CONNECT',
          path: '',
          headers: [],
          bodyBytes: undefined,
          remoteAddress: socket.remoteAddress,
          gatewayMicros: Math.round((this.progressAtMs - this.#startedAtMs) * 1_000),
          expectsContinue: false,
        },
        this,
      );
      this.#pipe = new RawPipe(socket, stream, { flows, onClosed: () => this.#end() }, this.#context);
    } catch (error) {
      if (afterOpen(this.agentId, error) === undefined) this.#context.onFault(error);
      this.#refuse('agent-busy');
      return;
    }
    this.#context.answers.add(this);
    this.#pipe.begin(firstBytes);
  }

  /** The service has been reached. */
  onHead(_head: ResponseHead): void {
    if (this.#connected) return;
    this.#connected = true;
    this.#context.answers.delete(this);
    const nowMs = performance.now();
    for (const flow of this.#facts.flows) flow.answered(nowMs, nowMs - this.#startedAtMs, false);
  }

  onData(chunk: Uint8Array): void {
    this.#pipe?.onData(chunk);
  }

  onEnd(): void {
    this.#pipe?.onEnd();
  }

  onReset(): void {
    if (!this.#over) for (const flow of this.#facts.flows) flow.broke(performance.now());
    this.#pipe?.onReset();
  }

  onDrain(): void {
    this.#pipe?.onDrain();
  }

  overdue(): void {
    this.#pipe?.stalled();
  }

  end(): void {
    if (this.#pipe !== undefined) this.#pipe.stalled();
    else abort(this.#facts.socket);
  }

  #refuse(reason: 'no-agent' | 'agent-draining' | 'waiting-full' | 'agent-busy'): void {
    this.#context.refuse(reason, this.agentId, this.routeId);
    abort(this.#facts.socket);
  }

  /** Closed before there was a pipe, which sees to it afterwards. */
  #gone(): void {
    if (this.#pipe === undefined) this.#end();
  }

  #end(): void {
    if (this.#over) return;
    this.#over = true;
    this.#facts.socket.off('close', this.#onGone);
    this.#context.answers.delete(this);
    this.#context.waiting.leave(this);
    this.#context.held.delete(this.#facts.socket);
    this.#context.exchanges.delete(this);
    for (const flow of this.#facts.flows) flow.ended();
  }
}
