import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { Server as TlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Counter } from 'prom-client';
import { SignalboxError, toErrorShape } from '../../../common/errors.ts';
import { allows } from '../../../common/roles.ts';
import { type Accounts, AttemptLimiter, type Sessions, type SetupLinks } from '../accounts/index.ts';
import { type CertificateFacts, type ListenerCertificate, listenerTlsOptions } from '../certificates/index.ts';
import { isLoopback } from '../loopback.ts';
import type { Router } from '../router/index.ts';
import type { AuditSink } from '../router/types.ts';
import type { Startable } from '../startable.ts';
import type { Metrics } from '../telemetry/index.ts';
import type { Logger } from '../telemetry/types.ts';
import { dataHeaders, sendError, sendJson, statusOf } from './answers.ts';
import { bearerToken } from './bearer-token.ts';
import { CliTokenFile } from './cli-token.ts';
import { ConsoleFiles } from './console-files.ts';
import { Gate } from './gate.ts';
import { HostGuard } from './host-guard.ts';
import { createHttpServer, type HttpTimings, listen } from './http-server.ts';
import { PendingConnections } from './pending-connections.ts';
import { Refusals } from './refusals.ts';
import { type RequestTarget, splitTarget } from './request-target.ts';
import { SignInRoutes } from './sign-in-routes.ts';
import { WebSocketDoor } from './web-socket-door.ts';

/** What `/health` says; no more, since anybody may ask. */
export interface HealthReport {
  readonly state: 'ok' | 'warn' | 'crit';
  readonly name: string;
  readonly version: string;
}

const defaultTimings: HttpTimings = { headersMs: 5_000, requestMs: 10_000, sweepMs: 15_000, stopMs: 2_000 };

export interface HttpListenerOptions {
  /** Setting `http.host`. */
  readonly host: string;
  /** Setting `http.port`; 0 takes any free port. */
  readonly port: number;
  /** Absent: plain HTTP. */
  readonly certificate?: ListenerCertificate;
  /** Setting `http.tls` is off: plain HTTP also where other machines reach it. */
  readonly allowPlain?: boolean;
  /** Setting `http.allowedHosts`: more names under which people reach the node. */
  readonly allowedHosts?: readonly string[];
  readonly router: Router;
  readonly accounts: Accounts;
  readonly sessions: Sessions;
  readonly setupLinks: SetupLinks;
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly audit: AuditSink;
  /** Folder of the built console; without it the listener serves programs only. */
  readonly consoleFolder?: string;
  readonly status: () => HealthReport | Promise<HealthReport>;
  readonly nodeId: string;
  /** `DATA/cli.token`. */
  readonly cliTokenFile: string;
  readonly attempts?: AttemptLimiter;
  readonly timings?: Partial<HttpTimings>;
}

/** The node's HTTP port: console, sign-in, client WebSocket, health and metrics (wire.md 1). */
export class HttpListener implements Startable {
  readonly #options: HttpListenerOptions;
  readonly #timings: HttpTimings;
  readonly #guard: HostGuard;
  readonly #refusals: Refusals;
  readonly #pending: PendingConnections;
  readonly #signIn: SignInRoutes;
  readonly #gate: Gate;
  readonly #door: WebSocketDoor;
  readonly #cliToken: CliTokenFile;
  readonly #console: ConsoleFiles | undefined;
  readonly #requests: Counter<'status'>;
  #server: Server | undefined;
  #address: { readonly host: string; readonly port: number } | undefined;
  #stopping = false;

  constructor(options: HttpListenerOptions) {
    this.#options = options;
    this.#timings = { ...defaultTimings, ...options.timings };
    const { metrics } = options;
    this.#guard = new HostGuard(options.host, options.allowedHosts ?? []);
    this.#refusals = new Refusals(options);
    this.#pending = new PendingConnections((address) =>
      this.#refusals.add({ reason: 'pending', address, message: 'Too many connections wait without a request; the oldest was closed.' }),
    );
    this.#signIn = new SignInRoutes({ ...options, attempts: options.attempts ?? new AttemptLimiter(), refusals: this.#refusals });
    this.#cliToken = new CliTokenFile(options.cliTokenFile);
    this.#gate = new Gate({ ...options, cliToken: this.#cliToken });
    this.#door = new WebSocketDoor({
      ...options,
      gate: this.#gate,
      guard: this.#guard,
      refusals: this.#refusals,
      sweepMs: this.#timings.sweepMs,
    });
    this.#console = options.consoleFolder === undefined ? undefined : new ConsoleFiles(options.consoleFolder);
    this.#requests = metrics.counter({ name: 'signalbox_http_requests_total', help: 'HTTP requests by status', labels: ['status'] });
  }

  /** Where the listener listens; undefined while it does not. */
  get address(): { readonly host: string; readonly port: number } | undefined {
    return this.#address;
  }

  /** Base of the listener's addresses as this machine reaches it, for example `http://127.0.0.1:7420`. */
  get url(): string | undefined {
    if (this.#address === undefined) return undefined;
    const { host, port } = this.#address;
    const name = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '[::1]' : host.includes(':') ? `[${host}]` : host;
    return `${this.#options.certificate === undefined ? 'http' : 'https'}://${name}:${port}`;
  }

  /** What clients pin and browsers show; undefined without TLS and while it does not listen. */
  get certificateFacts(): CertificateFacts | undefined {
    return this.#address === undefined ? undefined : this.#options.certificate?.facts;
  }

  /**
   * @throws SignalboxError `INVALID_PARAMS` beyond loopback without TLS, or for a certificate that cannot be used; `IDENTITY_LOCKED` when
   *   the key of the node's own cannot be opened; `CONFLICT` when the port is in use or not allowed; `STORAGE_FULL` when the token file
   *   cannot be written. Nothing listens then.
   */
  async start(): Promise<void> {
    const { host, port: wantedPort, certificate, allowPlain = false } = this.#options;
    if (!isLoopback(host) && certificate === undefined && !allowPlain) throw openWithoutTls(host);
    await certificate?.start();
    try {
      await this.#listen(host, wantedPort);
    } catch (error) {
      await certificate?.stop();
      throw error;
    }
    this.#options.logger.info('http.listening', `Listening on ${this.url}`, { host, port: this.#address?.port });
  }

  async #listen(host: string, wantedPort: number): Promise<void> {
    const { certificate } = this.#options;
    const server = createHttpServer({
      timings: this.#timings,
      tls: certificate?.material,
      pending: this.#pending,
      refusals: this.#refusals,
      connections: this.#options.router.limits.connections,
    });
    server.on('request', (request, response) => void this.#answer(request, response));
    server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => this.#upgrade(request, socket, head));
    this.#stopping = false;
    await listen(server, host, wantedPort);
    server.on('error', (error) => this.#options.logger.error('http.failed', error.message));
    this.#server = server;
    const { port } = server.address() as AddressInfo;
    this.#address = { host, port };
    this.#door.start();
    try {
      await this.#writeCliToken();
    } catch (error) {
      await this.stop();
      throw error;
    }
    certificate?.onRenewed((material) => {
      if (this.#server instanceof TlsServer) this.#server.setSecureContext(listenerTlsOptions(material));
      this.#writeCliToken().catch((error: unknown) =>
        this.#options.logger.error('http.cliToken', 'The command line trusts the former certificate.', { error }),
      );
    });
  }

  #writeCliToken(): Promise<void> {
    return this.#cliToken.write(this.url ?? '', this.#options.certificate?.material.certificate);
  }

  async stop(): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    this.#server = undefined;
    this.#address = undefined;
    this.#stopping = true;
    await this.#options.certificate?.stop();
    await this.#cliToken.remove();
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    server.closeIdleConnections();
    await this.#door.stop(this.#timings.stopMs);
    const timer = setTimeout(() => server.closeAllConnections(), this.#timings.stopMs);
    await closed;
    clearTimeout(timer);
    this.#options.logger.info('http.stopped', 'The HTTP listener has stopped.');
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.#pending.settle(request.socket);
    response.once('finish', () => {
      this.#requests.inc({ status: String(response.statusCode) });
      this.#pending.wait(request.socket);
    });
    try {
      await this.#route(request, response);
    } catch (error) {
      // A client that goes away in the middle is no fault of the node.
      if (statusOf(error) === 500 && !request.socket.destroyed)
        this.#options.logger.error('http.fault', `${request.method} failed`, { error });
      sendError(response, error);
    }
  }

  async #route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const address = request.socket.remoteAddress ?? '';
    const authority = this.#checkHost(request, address);
    const target = splitTarget(request.url);
    if (target === undefined) throw new SignalboxError('BAD_REQUEST', 'The request target must be a path.', { executed: 'no' });
    if (this.#stopping) throw new SignalboxError('OVERLOADED', 'The node is stopping.', { executed: 'no' });
    const signIn = this.#signIn.find(target.path);
    if (request.method === 'POST' && signIn !== undefined) return signIn(request, response, address);
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('Allow', signIn === undefined ? 'GET, HEAD' : 'POST');
      throw new SignalboxError('METHOD_NOT_FOUND', `${request.method} is not answered here.`, { executed: 'no' });
    }
    await this.#get(request, response, target, authority);
  }

  async #get(request: IncomingMessage, response: ServerResponse, { path }: RequestTarget, authority: string): Promise<void> {
    if (path === '/health') return this.#health(response);
    if (path === '/metrics') return this.#metrics(request, response);
    if (path === '/ws') {
      response.setHeader('Upgrade', 'websocket');
      sendJson(response, 426, { status: 'error', code: 426, message: 'This address is for WebSocket clients.' });
      return;
    }
    if (path.startsWith('/authorize')) {
      response.setHeader('Allow', 'POST');
      throw new SignalboxError('METHOD_NOT_FOUND', 'Sign in with POST.', { executed: 'no' });
    }
    if (this.#console === undefined) throw new SignalboxError('NOT_FOUND', 'This node serves no console.', { executed: 'no' });
    // Browsers before CSP level 3 do not take 'self' for WebSockets. The authority was checked: it holds no separator.
    const scheme = this.#options.certificate === undefined ? 'ws' : 'wss';
    await this.#console.answer(request, response, path, [`${scheme}://${authority}`]);
  }

  async #health(response: ServerResponse): Promise<void> {
    const { state, name, version } = await this.#options.status();
    sendJson(response, state === 'crit' ? 503 : 200, { status: state, name, version });
  }

  /** Open to programs of this machine; beyond it, and through a proxy, with the token of a viewer. */
  async #metrics(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const proxied = request.headers.forwarded !== undefined || request.headers['x-forwarded-for'] !== undefined;
    if (proxied || !isLoopback(request.socket.remoteAddress ?? '')) {
      const principal = this.#gate.admit(bearerToken(request.headers.authorization))?.principal();
      if (principal === undefined || !allows(principal.roles, 'viewer')) {
        const error = new SignalboxError('UNAUTHENTICATED', 'Metrics are shown beyond this machine with the access token of a viewer.', {
          executed: 'no',
        });
        const address = request.socket.remoteAddress ?? '';
        this.#refusals.add({ reason: 'token', address, message: error.message, audit: { act: 'metrics', code: error.code } });
        throw error;
      }
    }
    const text = await this.#options.metrics.text();
    response.writeHead(200, { ...dataHeaders, 'Content-Type': this.#options.metrics.registry.contentType, 'Cache-Control': 'no-store' });
    response.end(text);
  }

  #checkHost(request: IncomingMessage, address: string): string {
    try {
      return this.#guard.check(request.headers, request.socket.localAddress);
    } catch (error) {
      const { code, message } = toErrorShape(error);
      this.#refusals.add({ reason: 'host', address, message, audit: { act: 'request', code } });
      throw error;
    }
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.#pending.settle(request.socket);
    this.#door.upgrade(request, socket, head);
  }
}

function openWithoutTls(host: string): SignalboxError {
  return new SignalboxError(
    'INVALID_PARAMS',
    `http.host is ${host}, which other machines can reach, and plain HTTP is asked for: passwords would travel readable. ` +
      'Set http.tls to auto, or http.host to 127.0.0.1.',
    { executed: 'no' },
  );
}
