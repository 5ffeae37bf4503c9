import type { AccessRules, TunnelKind } from '../../src/common/contract/tunnels.ts';
import type { AgentDirectory, AgentSession, AgentState } from '../../src/main/node/tunnel/gateway/types.ts';
import type { HeaderPairs, RequestHead, ResetCode, StreamEvents, TunnelStream } from '../../src/main/node/tunnel/link/types.ts';

/** One stream, seen by a test that plays the agent. */
export class PretendedStream implements TunnelStream {
  readonly id: string;
  readonly head: RequestHead;
  readonly events: StreamEvents;
  /** What the gateway has written. */
  readonly received: Buffer[] = [];
  trailers: HeaderPairs | undefined;
  /** Set when the gateway has reset it. */
  resetCode: ResetCode | undefined;
  consumedBytes = 0;
  /** False: `write` says that there is no room. */
  hasRoom = true;
  readonly #waiters = new Set<() => void>();

  constructor(id: string, head: RequestHead, events: StreamEvents) {
    this.id = id;
    this.head = head;
    this.events = events;
  }

  get text(): string {
    return Buffer.concat(this.received).toString('latin1');
  }

  respond(): boolean {
    throw new Error('The gateway does not answer.');
  }

  write(chunk: Uint8Array): boolean {
    this.received.push(Buffer.from(chunk));
    this.#changed();
    return this.hasRoom;
  }

  writeLent(chunk: Uint8Array): boolean {
    return this.write(chunk);
  }

  end(trailers: HeaderPairs = []): void {
    this.trailers = trailers;
    this.#changed();
  }

  reset(code: ResetCode): void {
    this.resetCode = code;
    this.#changed();
  }

  consumed(sizeBytes: number): void {
    this.consumedBytes += sizeBytes;
    this.#changed();
  }

  /** Resolves when something has happened after which the condition holds. */
  until(condition: (stream: PretendedStream) => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (!condition(this)) return;
        this.#waiters.delete(look);
        resolve();
      };
      this.#waiters.add(look);
      look();
    });
  }

  /** The whole answer at once, as an agent sends a small one. */
  answer(status: number, headers: HeaderPairs, body = ''): void {
    this.events.onHead?.({ status, headers }, body === '');
    if (body === '') return;
    this.events.onData(Buffer.from(body, 'latin1'));
    this.events.onEnd([]);
  }

  #changed(): void {
    for (const look of this.#waiters) look();
  }
}

/** What an agent does with each stream; called in a turn of its own. */
export type StreamHandler = (stream: PretendedStream) => void;

export interface PretendedAgentOptions {
  readonly kind?: TunnelKind;
  readonly access?: AccessRules;
  readonly state?: AgentState;
  readonly onStream?: StreamHandler;
}

class PretendedSession implements AgentSession {
  readonly agentId: string;
  readonly kind: TunnelKind;
  access: AccessRules | undefined;
  state: AgentState;
  onStream: StreamHandler;
  readonly streams: PretendedStream[] = [];
  /** Thrown by the next `open`. */
  failure: unknown;
  onOpened: (() => void) | undefined;

  constructor(agentId: string, options: PretendedAgentOptions) {
    this.agentId = agentId;
    this.kind = options.kind ?? 'http';
    this.access = options.access;
    this.state = options.state ?? 'up';
    this.onStream = options.onStream ?? (() => undefined);
  }

  open(head: RequestHead, events: StreamEvents): TunnelStream {
    if (this.failure !== undefined) throw this.failure;
    const stream = new PretendedStream(String(this.streams.length + 1), head, events);
    this.streams.push(stream);
    queueMicrotask(() => {
      this.onStream(stream);
      this.onOpened?.();
    });
    return stream;
  }

  /** Resolves with the stream of that number, from 0, when it is there. */
  async stream(index = 0): Promise<PretendedStream> {
    while (this.streams[index] === undefined) {
      await new Promise<void>((resolve) => {
        this.onOpened = resolve;
      });
    }
    return this.streams[index];
  }
}

export type { PretendedSession };

/** Agents that a test plays, in place of sessions over a network. */
export class PretendedAgents implements AgentDirectory {
  readonly #sessions = new Map<string, PretendedSession>();
  readonly #waiting = new Map<string, Set<(session: AgentSession | undefined) => void>>();

  add(agentId: string, options: PretendedAgentOptions | StreamHandler = {}): PretendedSession {
    const session = new PretendedSession(agentId, typeof options === 'function' ? { onStream: options } : options);
    this.#sessions.set(agentId, session);
    return session;
  }

  find(agentId: string): AgentSession | undefined {
    return this.#sessions.get(agentId);
  }

  awaitReturn(agentId: string, done: (session: AgentSession | undefined) => void): () => void {
    const waiting = this.#waiting.get(agentId) ?? new Set();
    this.#waiting.set(agentId, waiting.add(done));
    return () => waiting.delete(done);
  }

  /** How many wait for the agent. */
  waitingFor(agentId: string): number {
    return this.#waiting.get(agentId)?.size ?? 0;
  }

  /** The agent has come back from its grace. */
  comeBack(agentId: string): void {
    const session = this.#sessions.get(agentId);
    if (session !== undefined) session.state = 'up';
    this.#tell(agentId, session);
  }

  /** The agent is given up. */
  remove(agentId: string): void {
    this.#sessions.delete(agentId);
    this.#tell(agentId, undefined);
  }

  #tell(agentId: string, session: AgentSession | undefined): void {
    const waiting = [...(this.#waiting.get(agentId) ?? [])];
    this.#waiting.delete(agentId);
    for (const done of waiting) done(session);
  }
}
