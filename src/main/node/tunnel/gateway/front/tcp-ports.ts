import { type AddressInfo, createServer, type Server } from 'node:net';
import type { TcpPortDefinition } from '../types.ts';
import { takeConnection } from './connection-desk.ts';
import type { Doorkeeper } from './doorkeeper.ts';
import type { FrontContext } from './front-context.ts';
import { listenOn } from './listening.ts';

/** What became of a public TCP port. */
export interface TcpPortState {
  readonly port: number;
  readonly agentId: string;
  /** For people; undefined: it is open. */
  readonly problem: string | undefined;
}

interface OpenPort {
  readonly definition: TcpPortDefinition;
  readonly server: Server;
  readonly port: number;
}

/** Public ports whose connections are carried to an agent as they are. */
export class TcpPorts {
  readonly #context: FrontContext;
  readonly #doorkeeper: Doorkeeper;
  readonly #open = new Map<string, OpenPort>();
  #last: Promise<unknown> = Promise.resolve();

  constructor(context: FrontContext, doorkeeper: Doorkeeper) {
    this.#context = context;
    this.#doorkeeper = doorkeeper;
  }

  /** Opens what is new, closes what is gone with its connections, and leaves alone what stays. One call after the other. */
  set(definitions: readonly TcpPortDefinition[]): Promise<readonly TcpPortState[]> {
    const next = this.#last.then(() => this.#set(definitions));
    this.#last = next;
    return next;
  }

  async #set(definitions: readonly TcpPortDefinition[]): Promise<readonly TcpPortState[]> {
    const wanted = new Set(definitions.map(keyOf));
    for (const [key, open] of this.#open) if (!wanted.has(key)) await this.#close(key, open);
    const states: TcpPortState[] = [];
    for (const definition of definitions) states.push(await this.#ensure(definition));
    return states;
  }

  async #ensure(definition: TcpPortDefinition): Promise<TcpPortState> {
    const { agentId, host } = definition;
    const known = this.#open.get(keyOf(definition));
    if (known !== undefined) return { port: known.port, agentId, problem: undefined };
    const server = createServer({ allowHalfOpen: true, noDelay: true, pauseOnConnect: true }, (socket) => {
      socket.on('error', () => socket.destroy());
      if (!this.#doorkeeper.admit(socket, false)) return;
      takeConnection(this.#context, socket, Buffer.alloc(0), { kind: 'tcp', agentId, routeId: undefined, access: undefined });
    });
    const problem = await listenOn(server, host, definition.port);
    if (problem !== undefined) return { port: definition.port, agentId, problem: problem.message };
    const { port } = server.address() as AddressInfo;
    this.#open.set(keyOf(definition), { definition, server, port });
    return { port, agentId, problem: undefined };
  }

  async #close(key: string, { server, definition }: OpenPort): Promise<void> {
    this.#open.delete(key);
    for (const exchange of this.#context.exchanges) {
      if (exchange.agentId === definition.agentId && exchange.routeId === undefined) exchange.end('The public port was closed.');
    }
    await new Promise<void>((resolve) => server.close(() => resolve()));
  }
}

function keyOf({ host, port, agentId }: TcpPortDefinition): string {
  return `${host} ${port} ${agentId}`;
}
