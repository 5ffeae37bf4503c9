import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type ErrorAnswer, sayError } from './error-answer.ts';
import { Exchange } from './exchange.ts';
import type { FrontContext } from './front-context.ts';
import { FrontResponse } from './front-response.ts';
import * as answers from './gateway-answers.ts';
import { type ReadHead, readHead } from './request-head.ts';
import type { RouteMatch } from './route-table.ts';
import { SwitchRequest } from './switch-protocols.ts';
import { UploadPump } from './upload-pump.ts';

/** How often a request may have come by a gateway: a service that is the gateway itself would have it go round for ever. */
const largestLoop = 4;

/** Looks at each request before anybody is asked about it: its form, where it leads, who may come in, what is full. */
export class RequestDesk {
  readonly #context: FrontContext;

  constructor(context: FrontContext) {
    this.#context = context;
  }

  /** @param expectsContinue the client waits for 100 Continue */
  request(request: IncomingMessage, response: FrontResponse, expectsContinue: boolean): void {
    this.#take(request, response, expectsContinue, undefined);
  }

  /** The client expects something of us that there is not. */
  expectation(request: IncomingMessage, response: FrontResponse): void {
    this.#context.refuse('malformed');
    this.#say(request, response, undefined, {
      status: 417,
      code: 'expectation',
      message: 'Nothing but 100-continue can be expected here.',
    });
  }

  /**
   * A client that wants another protocol on its connection: WebSocket is passed on. Others are not, since what follows would pass unseen
   * (h2c, for example, carries requests that nobody has checked); they are answered as if nothing had been said of it (RFC 9110 section 7.8).
   */
  upgrade(request: IncomingMessage, socket: Duplex, firstBytes: Buffer): void {
    const response = new FrontResponse(request);
    response.shouldKeepAlive = false;
    response.assignSocket(socket as Socket);
    response.on('finish', () => socket.end());
    socket.on('drain', () => response.emit('drain'));
    socket.on('error', () => socket.destroy());
    const asWebSocket =
      request.method === 'GET' && request.headers.upgrade?.toLowerCase() === 'websocket' && request.httpVersionMinor === 1;
    const wanted = new SwitchRequest(socket, firstBytes, this.#context);
    this.#take(request, response, false, { wanted, asWebSocket });
  }

  #take(
    request: IncomingMessage,
    response: FrontResponse,
    expectsContinue: boolean,
    connection: { readonly wanted: SwitchRequest; readonly asWebSocket: boolean } | undefined,
  ): void {
    if (this.#context.shut.has(request.socket)) return;
    const startedAtMs = performance.now();
    const head = readHead(request, this.#context.limits.headers);
    if ('refusal' in head) {
      this.#malformed(request, response, { ...head, code: head.refusal });
      return;
    }
    if (connection !== undefined && head.bodyBytes !== 0) {
      const message = 'A request that changes the protocol has no body.';
      this.#malformed(request, response, { status: 400, code: 'malformed', refusal: 'malformed', message });
      return;
    }
    if (timesIn(request.headers.via, this.#context.via) >= largestLoop) {
      this.#refuse(request, response, head, undefined, answers.loop);
      return;
    }
    const match = this.#context.httpRoutes.match(head.host, request.url as string);
    if (match === 'ambiguous') {
      const message = 'This path can be read in more than one way. Write it without dot segments and encoded slashes.';
      this.#malformed(request, response, { status: 400, code: 'target', refusal: 'target', message });
      return;
    }
    const session = match === undefined ? undefined : this.#context.directory.find(match.agentId);
    if (match === undefined || session === undefined || session.kind !== 'http') {
      this.#refuse(request, response, head, match, answers.noAgent(match?.agentId));
      return;
    }
    const remoteAddress = request.socket.remoteAddress ?? '';
    const routeGate = this.#context.gates.of(match.access, startedAtMs);
    for (const gate of [this.#context.gates.of(session.access, startedAtMs), routeGate]) {
      const barred = gate?.check(remoteAddress, head.authorization, startedAtMs);
      if (gate !== undefined && barred !== undefined) {
        this.#refuse(request, response, head, match, answers.barred(match.agentId, barred, gate.retryAfterSeconds));
        return;
      }
    }
    const full = this.#context.fullFor(match.agentId, startedAtMs);
    if (full !== undefined) {
      this.#refuse(request, response, head, match, answers.busy(match.agentId, full));
      return;
    }
    new Exchange(this.#context, {
      request,
      response,
      switched: connection?.asWebSocket === true ? connection.wanted : undefined,
      head,
      match,
      flows: this.#context.flowsOf(match, startedAtMs),
      expectsContinue,
      dropAuthorization: routeGate?.asksForCredentials === true,
      remoteAddress,
      secure: 'encrypted' in request.socket,
      startedAtMs,
      passedAccess: session.access,
    }).place(session);
  }

  #malformed(request: IncomingMessage, response: FrontResponse, refusal: answers.Refusal): void {
    if (refusal.refusal !== undefined) this.#context.refuse(refusal.refusal);
    // Where such a request ends is not certain.
    this.#context.shut.add(request.socket);
    response.shouldKeepAlive = false;
    this.#say(request, response, undefined, refusal);
  }

  #refuse(
    request: IncomingMessage,
    response: FrontResponse,
    head: ReadHead,
    match: RouteMatch | undefined,
    refusal: answers.Refusal,
  ): void {
    if (refusal.refusal !== undefined) this.#context.refuse(refusal.refusal, match?.agentId, match?.routeId);
    this.#say(request, response, head, refusal);
  }

  #say(request: IncomingMessage, response: FrontResponse, head: ReadHead | undefined, answer: ErrorAnswer): void {
    sayError(request, response, answer);
    if (head !== undefined) new UploadPump(request, head.bodyBytes, [], this.#context).letGo();
  }
}

/** How often a name stands in `Via`. */
function timesIn(via: string | undefined, name: string): number {
  if (via === undefined) return 0;
  return via.split(',').filter((hop) => hop.trim().split(/\s+/)[1] === name).length;
}
