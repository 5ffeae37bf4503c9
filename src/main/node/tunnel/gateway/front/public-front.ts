import type { Server as WebServer } from 'node:http';
import type { AddressInfo, Server } from 'node:net';
import type { Startable } from '../../../startable.ts';
import type { AgentDirectory, FrontFigures, FrontTotals, PublicTls, RouteDefinition, TcpPortDefinition } from '../types.ts';
import { Doorkeeper } from './doorkeeper.ts';
import { FrontContext } from './front-context.ts';
import { defaultFrontLimits, type FrontLimits } from './front-limits.ts';
import { listenOn } from './listening.ts';
import { RequestDesk } from './request-desk.ts';
import { RouteTable } from './route-table.ts';
import { type TcpPortState, TcpPorts } from './tcp-ports.ts';
import { createTlsPort } from './tls-port.ts';
import { createWebServer } from './web-server.ts';

export interface PublicFrontOptions {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** Absent: plain HTTP, and no TLS is passed through. */
  readonly tls?: PublicTls | undefined;
  readonly directory: AgentDirectory;
  readonly routes: readonly RouteDefinition[];
  /** Who the gateway is in `Via`: a token (RFC 9110 section 7.6.3). */
  readonly via: string;
  /** Told what nobody expected. */
  readonly onFault: (error: unknown) => void;
  readonly limits?: Partial<FrontLimits>;
  /** Holds lines to CR LF whatever Node's parser does. For tests. */
  readonly strictLines?: boolean | undefined;
}

/** The public side of a gateway: everything between the sockets of clients and the streams of agents (seed 5 section 2, wire.md 5). */
export class PublicFront implements Startable {
  readonly #options: PublicFrontOptions;
  readonly #context: FrontContext;
  readonly #doorkeeper: Doorkeeper;
  readonly #desk: RequestDesk;
  readonly #tcpPorts: TcpPorts;
  #routes: readonly RouteDefinition[] = [];
  #web: WebServer | undefined;
  /** The one that listens: `#web` itself, or the TLS port in front of it. */
  #listener: Server | undefined;

  constructor(options: PublicFrontOptions) {
    this.#options = options;
    const limits = { ...defaultFrontLimits, ...options.limits };
    this.#context = new FrontContext({ limits, directory: options.directory, via: options.via, onFault: options.onFault });
    this.#doorkeeper = new Doorkeeper(this.#context);
    this.#desk = new RequestDesk(this.#context);
    this.#tcpPorts = new TcpPorts(this.#context, this.#doorkeeper);
    this.setRoutes(options.routes);
  }

  /** Where it listens; undefined while it does not. */
  get address(): { readonly host: string; readonly port: number } | undefined {
    const address = this.#listener?.address() as AddressInfo | null | undefined;
    return address === undefined || address === null ? undefined : { host: address.address, port: address.port };
  }

  /** @throws SignalboxError `CONFLICT` when the port cannot be had; nothing listens then */
  async start(): Promise<void> {
    const { host, port, tls } = this.#options;
    const web = createWebServer(this.#context, this.#desk, this.#doorkeeper, { tls, strictLines: this.#options.strictLines }) as WebServer;
    const listener: Server = tls === undefined ? web : createTlsPort(this.#context, this.#doorkeeper, web);
    if (tls === undefined) {
      web.on('connection', (socket) => {
        if (this.#doorkeeper.admit(socket, true)) socket.on('error', () => socket.destroy());
      });
    }
    const problem = await listenOn(listener, host, port);
    if (problem !== undefined) throw problem;
    // Node begins to look for slow heads when a server listens; this one is given its connections.
    if (tls !== undefined) web.emit('listening');
    listener.on('error', this.#options.onFault);
    this.#web = web;
    this.#listener = listener;
    this.#context.start();
  }

  /** Takes no more, lets what is on its way end for a while, then closes. May be called twice, and when `start` failed. */
  async stop(): Promise<void> {
    const listener = this.#listener;
    this.#listener = undefined;
    const closed = listener === undefined ? Promise.resolve() : new Promise<void>((resolve) => listener.close(() => resolve()));
    const ports = this.#tcpPorts.set([]);
    this.#web?.closeIdleConnections();
    await this.#context.drained();
    for (const exchange of this.#context.exchanges) exchange.end('The gateway stops.');
    this.#doorkeeper.closeAll();
    await Promise.all([closed, ports]);
    // Ends Node's beat; it says that the server behind a TLS port never listened, which is so.
    this.#web?.close();
    this.#web = undefined;
    this.#context.stop();
  }

  /** Takes effect at once; what is on its way through a route that is gone or different now is ended. */
  setRoutes(routes: readonly RouteDefinition[]): void {
    const same = new Set(routes.map(fingerprint));
    const gone = new Set(this.#routes.filter((route) => !same.has(fingerprint(route))).map(({ routeId }) => routeId));
    this.#routes = routes;
    this.#context.httpRoutes = new RouteTable(routes, 'http');
    this.#context.tlsRoutes = new RouteTable(routes, 'tls');
    for (const exchange of this.#context.exchanges) {
      if (exchange.routeId !== undefined && gone.has(exchange.routeId)) exchange.end('The route is gone.');
    }
  }

  /** Opens and closes public TCP ports, at once and in any state. @returns what became of each, in their order */
  setTcpPorts(ports: readonly TcpPortDefinition[]): Promise<readonly TcpPortState[]> {
    return this.#tcpPorts.set(ports);
  }

  totals(): FrontTotals {
    return {
      ...this.#context.total.figures(performance.now()),
      connections: this.#doorkeeper.connections,
      waiting: this.#context.waiting.size,
      refusedBy: this.#context.refusals.byReason,
    };
  }

  /** @returns undefined: nothing has come for it yet */
  agentFigures(agentId: string): FrontFigures | undefined {
    return this.#context.agents.find(agentId)?.figures(performance.now());
  }

  /** @returns undefined: nothing has come by it yet */
  routeFigures(routeId: string): FrontFigures | undefined {
    return this.#context.routeFlows.find(routeId)?.figures(performance.now());
  }
}

function fingerprint(route: RouteDefinition): string {
  return JSON.stringify([route.routeId, route.kind, route.host, route.pathPrefix, route.stripPrefix, route.agentId, route.access]);
}
