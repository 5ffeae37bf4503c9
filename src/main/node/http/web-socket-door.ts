import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { SignalboxError } from '../../../common/errors.ts';
import { currentSubProtocol } from '../../../common/wire/sub-protocol.ts';
import type { Sessions } from '../accounts/index.ts';
import { attachWebSocket, type Router } from '../router/index.ts';
import type { Metrics } from '../telemetry/index.ts';
import { errorAnswer } from './answers.ts';
import { bearerToken } from './bearer-token.ts';
import type { Admitted, Gate } from './gate.ts';
import type { HostGuard } from './host-guard.ts';
import type { RefusalReason, Refusals } from './refusals.ts';
import { splitTarget } from './request-target.ts';

/** Close code of a connection whose sign-in is not good any more (security.md 2.10). */
const closeSignedOut = 4401;
/** Small frames cost more than their bytes; no client splits a request into this many (security.md row 16). */
const maxFragments = 1_024;
/** A client that does not answer the close frame in this time is cut off. */
const closeTimeoutMs = 2_000;
/** Refused clients whose close frame is under way at once; more get HTTP 401. */
const maxRefused = 64;
/** Calls are refused at once; the socket stays a moment, so that whoever ended their own sessions still gets the answer. */
const answerGraceMs = 100;

export interface WebSocketDoorOptions {
  readonly router: Router;
  readonly sessions: Sessions;
  readonly gate: Gate;
  readonly guard: HostGuard;
  readonly refusals: Refusals;
  readonly metrics: Metrics;
  /** How often ended sessions and dead connections are looked for, milliseconds. */
  readonly sweepMs: number;
}

interface Guest {
  readonly admitted: Admitted;
  /** False since the last ping until the pong. */
  alive: boolean;
}

/** Lets WebSocket clients in at `/ws` (wire.md 1) and sends them away when their sign-in ends. */
export class WebSocketDoor {
  readonly #options: WebSocketDoorOptions;
  readonly #server: WebSocketServer;
  readonly #guests = new Map<WebSocket, Guest>();
  /** Clients that were let in only to be told that their token is not good. */
  #refused = 0;
  #stopWatching: (() => void) | undefined;

  constructor(options: WebSocketDoorOptions) {
    this.#options = options;
    // Not written as an argument: the types of ws do not know closeTimeout yet.
    const settings = {
      noServer: true,
      clientTracking: false,
      // A compressed frame may be a bomb, and costs memory per connection (security.md row 17).
      perMessageDeflate: false,
      maxPayload: options.router.limits.clientFrameBytes,
      maxFragments,
      closeTimeout: closeTimeoutMs,
      handleProtocols: (protocols: Set<string>): string | false => (protocols.has(currentSubProtocol) ? currentSubProtocol : false),
    };
    this.#server = new WebSocketServer(settings);
    options.metrics.gauge({ name: 'signalbox_websocket_connections', help: 'Open client WebSockets' }, () => this.#guests.size);
  }

  start(): void {
    const stopListening = this.#options.sessions.onEnded((sessionId) => this.#closeSession(sessionId));
    const timer = setInterval(() => this.#sweep(), this.#options.sweepMs);
    timer.unref();
    this.#stopWatching = () => {
      stopListening();
      clearInterval(timer);
    };
  }

  /** Tells every client that the node goes away, and cuts off those that stay longer than `deadlineMs`. */
  async stop(deadlineMs: number): Promise<void> {
    this.#stopWatching?.();
    this.#stopWatching = undefined;
    const gone = [...this.#guests.keys()].map(
      (socket) =>
        new Promise<void>((resolve) => {
          socket.once('close', () => resolve());
          socket.close(1001, 'the node is stopping');
        }),
    );
    const timer = setTimeout(() => {
      for (const socket of this.#guests.keys()) socket.terminate();
    }, deadlineMs);
    await Promise.all(gone);
    clearTimeout(timer);
  }

  /** Checks a request to upgrade before anything else is done for it (security.md row 15). */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const refusal = this.#refusalOf(request);
    if (refusal !== undefined) {
      this.#options.refusals.add({
        reason: refusal.reason,
        address: request.socket.remoteAddress ?? '',
        message: refusal.error.message,
        audit: { act: 'connect', code: refusal.error.code },
      });
      refuseUpgrade(socket, refusal.error);
      return;
    }
    const current = request.headers['sec-websocket-protocol'] !== undefined;
    const admitted = this.#options.gate.admit(
      bearerToken(request.headers.authorization) ?? splitTarget(request.url)?.query.get('token') ?? undefined,
    );
    if (admitted !== undefined) this.#accept(request, socket, head, admitted, current);
    else this.#refuseToken(request, socket, head, current);
  }

  #refusalOf(request: IncomingMessage): { readonly reason: RefusalReason; readonly error: SignalboxError } | undefined {
    try {
      this.#options.guard.check(request.headers, request.socket.localAddress);
    } catch (error) {
      return { reason: 'host', error: error as SignalboxError };
    }
    if (splitTarget(request.url)?.path !== '/ws') {
      return { reason: 'path', error: new SignalboxError('NOT_FOUND', 'WebSocket clients connect to /ws.') };
    }
    const offered = request.headers['sec-websocket-protocol'];
    if (offered !== undefined && !offered.split(',').some((name) => name.trim() === currentSubProtocol)) {
      const message = `This node speaks ${currentSubProtocol}, or no sub-protocol at all.`;
      return { reason: 'sub-protocol', error: new SignalboxError('BAD_REQUEST', message) };
    }
    const most = this.#options.router.limits.connections;
    if (this.#guests.size >= most) {
      const message = `${most} clients are connected, the most a node takes.`;
      return { reason: 'connections', error: new SignalboxError('OVERLOADED', message) };
    }
    return undefined;
  }

  #accept(request: IncomingMessage, stream: Duplex, head: Buffer, admitted: Admitted, current: boolean): void {
    this.#server.handleUpgrade(request, stream, head, (socket) => {
      const guest: Guest = { admitted, alive: true };
      this.#guests.set(socket, guest);
      socket.on('close', () => this.#guests.delete(socket));
      socket.on('pong', () => {
        guest.alive = true;
      });
      // What breaks the protocol is closed by ws with its own code; without a listener the node would end.
      socket.on('error', () =>
        this.#options.refusals.add({
          reason: 'malformed',
          address: request.socket.remoteAddress ?? '',
          message: 'A WebSocket client broke the protocol.',
        }),
      );
      attachWebSocket(this.#options.router, socket, {
        principal: admitted.principal,
        profile: current ? 'current' : 'legacy',
        kind: admitted.kind,
      });
    });
  }

  /**
   * A page never sees the status of a refused upgrade, so a current client is let in and closed with a code that says
   * why; others get 401.
   */
  #refuseToken(request: IncomingMessage, stream: Duplex, head: Buffer, current: boolean): void {
    const error = new SignalboxError('UNAUTHENTICATED', 'The access token is missing, expired or not valid. Sign in at /authorize.');
    this.#options.refusals.add({
      reason: 'token',
      address: request.socket.remoteAddress ?? '',
      message: error.message,
      audit: { act: 'connect', code: error.code },
    });
    if (!current || this.#refused >= maxRefused) {
      refuseUpgrade(stream, error);
      return;
    }
    this.#server.handleUpgrade(request, stream, head, (socket) => {
      this.#refused++;
      socket.once('close', () => this.#refused--);
      socket.on('error', () => undefined);
      socket.close(closeSignedOut, 'the access token is not valid; sign in again');
    });
  }

  #closeSession(sessionId: string): void {
    for (const [socket, { admitted }] of this.#guests) {
      if (admitted.sessionId === sessionId) setTimeout(() => socket.close(closeSignedOut, 'the sign-in has ended'), answerGraceMs).unref();
    }
  }

  #sweep(): void {
    for (const [socket, guest] of this.#guests) {
      if (guest.admitted.principal() === undefined) socket.close(closeSignedOut, 'the access token was not renewed');
      else if (!guest.alive) socket.terminate();
      else {
        guest.alive = false;
        socket.ping();
      }
    }
  }
}

function refuseUpgrade(socket: Duplex, error: SignalboxError): void {
  const answer = errorAnswer(error);
  const headers = { ...answer.headers, 'Content-Length': String(Buffer.byteLength(answer.body)), Connection: 'close' };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  socket.on('error', () => socket.destroy());
  socket.once('finish', () => socket.destroy());
  socket.end(`HTTP/1.1 ${answer.status} ${STATUS_CODES[answer.status] ?? ''}\r\n${lines.join('\r\n')}\r\n\r\n${answer.body}`);
}
