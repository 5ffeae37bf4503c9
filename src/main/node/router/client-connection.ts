import { resolveMethod } from '../../../common/contract/index.ts';
import { SignalboxError } from '../../../common/errors.ts';
import type { Principal } from '../../../common/roles.ts';
import { checkPlainValue, outermostText, parseGuarded } from '../../../common/wire/guarded-json.ts';
import { type RpcFailure, type RpcRequest, requestIdChars } from '../../../common/wire/messages.ts';
import { unknownMethod } from './call-log.ts';
import { messagesOf, readMessage, requestIdOf } from './inbound.ts';
import { Outbox } from './outbox.ts';
import { estimateBytes } from './plain-size.ts';
import type { RouterCore } from './router-core.ts';
import { qualifiedParams } from './routes.ts';
import type { Caller, CallOutcome, CallRequest, RunningCall } from './running-call.ts';
import type { SharedEvent } from './shared-event.ts';
import type { SlowClient } from './slow-clients.ts';
import type { ClientSink, ConnectOptions, RouterClient } from './types.ts';

const minuteMs = 60_000;
/** The sign-in had ended before the connection was made. */
const nobody: Principal = { user: 'unknown', roles: [], via: 'ws' };

/** One connected client: its frames in, its answers and events out, its bounds. */
export class ClientConnection implements RouterClient, SlowClient {
  readonly id: string;
  readonly options: ConnectOptions;
  readonly #core: RouterCore;
  readonly #outbox: Outbox;
  /** Who was signed in last: named in the audit table when the sign-in has ended. */
  #lastPrincipal: Principal | undefined;
  /** Requests not yet answered, by the client's own id. */
  readonly #unanswered = new Map<string, RunningCall>();
  /** Requests whose handler has not yet returned. */
  #running = 0;
  #malformedAtMs: number[] = [];
  #closed = false;

  constructor(id: string, core: RouterCore, options: ConnectOptions) {
    this.id = id;
    this.options = options;
    this.#core = core;
    this.#lastPrincipal = options.principal();
    this.#outbox = new Outbox({
      sink: options.sink,
      turn: core.turn,
      limits: core.limits,
      metrics: core.metrics,
      onPaused: () => core.slowClients.watch(this),
    });
  }

  get sink(): ClientSink {
    return this.options.sink;
  }

  /** Who is signed in now, if anybody. */
  get principal(): Principal | undefined {
    return this.options.principal();
  }

  receiveText(text: string): void {
    if (this.#closed) return;
    const { limits } = this.#core;
    try {
      if (text.length > limits.clientFrameBytes) throw tooLarge(limits.clientFrameBytes);
      this.#frame(parseGuarded(text, { depth: limits.jsonDepth, keys: limits.jsonKeys }));
    } catch (error) {
      this.#unreadable(error, () => outermostText(text, 'requestid', requestIdChars));
    }
  }

  receive(frame: unknown): void {
    if (this.#closed) return;
    const { limits } = this.#core;
    try {
      // An item takes two bytes of text at least.
      checkPlainValue(frame, { depth: limits.jsonDepth, keys: limits.jsonKeys, items: limits.clientFrameBytes / 2 });
      const bytes = estimateBytes(frame, limits.clientFrameBytes);
      if (bytes === undefined || bytes > limits.clientFrameBytes) throw tooLarge(limits.clientFrameBytes);
      this.#frame(frame);
    } catch (error) {
      this.#unreadable(error, () => requestIdOf(frame) ?? undefined);
    }
  }

  closed(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#core.forget(this.id);
    this.#core.slowClients.forget(this);
    this.#outbox.close();
    const gone = new SignalboxError('CANCELLED', 'The client has gone.', { executed: 'maybe' });
    for (const call of [...this.#unanswered.values()]) {
      if (!call.readOnly) continue;
      call.abort(gone);
      call.fail(gone);
    }
    this.#unanswered.clear();
  }

  /** Ends the connection from the node's side. */
  close(code: number, reason: string): void {
    if (this.#closed) return;
    this.closed();
    this.sink.close(code, reason);
  }

  deliver(event: SharedEvent): void {
    this.#outbox.push(event);
  }

  resume(): void {
    this.#outbox.flush();
  }

  giveUp(reason: string): void {
    this.#core.logger.warn('router.slow_client_closed', 'A client that did not read was closed.', { client: this.id, reason });
    this.close(1013, `the client reads too slowly: ${reason}`);
  }

  #frame(frame: unknown): void {
    for (const value of messagesOf(frame)) {
      if (this.#closed) return;
      const message = readMessage(value, this.options.profile);
      if (message.kind === 'request') this.#request(message.request);
      else if (message.kind === 'cancel') this.#cancel(message.cancel.requestid);
      else if (message.requestId === null) this.#malformed(message.error);
      else this.#refuse(message.requestId, message.error);
    }
  }

  #request(request: RpcRequest & { readonly method: string }): void {
    const { requestid } = request;
    const principal = this.principal;
    if (principal === undefined) {
      const error = new SignalboxError('UNAUTHENTICATED', 'The sign-in has ended. Sign in again.', { executed: 'no' });
      // Nothing of the request was checked: what it carries is not kept, and the roles are not theirs any more.
      const act = resolveMethod(request.method)?.name ?? unknownMethod;
      this.#core.refusals.add({ principal: { ...(this.#lastPrincipal ?? nobody), roles: [] }, act, error });
      this.#refuse(requestid, error);
      this.close(4401, 'signed out');
      return;
    }
    this.#lastPrincipal = principal;
    const { limits } = this.#core;
    if (this.#unanswered.has(requestid)) {
      const message = `A request with the id ${requestid} is still running on this connection.`;
      this.#refuse(requestid, new SignalboxError('CONFLICT', message, { executed: 'no' }));
      return;
    }
    if (this.#running >= limits.inFlightPerClient) {
      const message = `${limits.inFlightPerClient} requests of this connection are still running.`;
      this.#refuse(requestid, new SignalboxError('OVERLOADED', message, { executed: 'no' }));
      return;
    }
    const asked: CallRequest = {
      requestId: requestid,
      method: request.method,
      params: qualifiedParams(request, this.#core.self()),
      timeoutMs: request.timeoutMs ?? limits.defaultTimeoutMs,
      idempotencyKey: request.idempotencyKey,
      lenient: this.options.profile === 'legacy',
    };
    try {
      const call = this.#core.calls.open(asked, new ClientCaller(this, principal));
      this.#unanswered.set(requestid, call);
      this.#running++;
      this.#core.route(call, request);
    } catch (error) {
      if (!(error instanceof SignalboxError)) throw error;
      this.#refuse(requestid, error);
    }
  }

  #cancel(requestId: string): void {
    const call = this.#unanswered.get(requestId);
    if (call === undefined) return;
    const error = new SignalboxError('CANCELLED', `${call.request.method} was cancelled.`, { executed: 'maybe' });
    call.abort(error);
    call.fail(error);
  }

  /** Called by {@link ClientCaller}. */
  answered(call: RunningCall, outcome: CallOutcome): void {
    const id = call.requestId;
    this.#unanswered.delete(id);
    if (this.#closed) return;
    if (outcome.ok) {
      this.#send({
        type: 'rpc_response',
        requestid: id,
        status: 'success',
        data: outcome.data,
        timestamp: this.#core.nowMs(),
        serviceId: call.remoteNode ?? this.#core.nodeId,
      });
    } else this.#sendFailure(id, outcome.error, call.remoteNode);
  }

  ended(): void {
    this.#running--;
  }

  progressed(call: RunningCall, data: unknown): void {
    if (this.#closed || this.options.profile !== 'current') return;
    this.#send({ type: 'rpc_progress', requestid: call.requestId, data });
  }

  /** Answers what never became a call. */
  #refuse(requestid: string | null, error: SignalboxError): void {
    this.#core.metrics.rejected(error.code);
    this.#sendFailure(requestid, error);
  }

  #sendFailure(requestid: string | null, error: SignalboxError, serviceId = this.#core.nodeId): void {
    const base = { type: 'rpc_response', requestid, status: 'error' } as const;
    const timestamp = this.#core.nowMs();
    const failure: RpcFailure =
      this.options.profile === 'current'
        ? { ...base, ...error.toShape(), timestamp, serviceId }
        : { ...base, code: error.code, message: error.message, retryable: error.retryable, timestamp, serviceId };
    this.#send(failure);
  }

  #send(message: Parameters<ClientSink['send']>[0]): void {
    this.sink.send(message);
    const { bufferedBytes } = this.sink;
    if (bufferedBytes <= this.#core.limits.pausedSocketBytes) return;
    if (bufferedBytes > this.#core.limits.largestSocketBufferBytes) this.giveUp('its buffer is full');
    else this.#core.slowClients.watch(this);
  }

  /** A request that is JSON and refused whole is answered under its own id, which its caller waits for. */
  #unreadable(thrown: unknown, findId: () => string | undefined): void {
    const refused = thrown instanceof SignalboxError && thrown.code !== 'BAD_REQUEST';
    const requestId = refused ? findId() : undefined;
    if (refused && requestId !== undefined) this.#refuse(requestId, thrown);
    else this.#malformed(thrown);
  }

  #malformed(thrown: unknown): void {
    const error =
      thrown instanceof SignalboxError ? thrown : new SignalboxError('INTERNAL', 'The frame could not be read.', { executed: 'maybe' });
    if (!(thrown instanceof SignalboxError)) {
      this.#core.logger.error('router.frame_failed', 'A frame could not be handled.', { client: this.id, error: thrown });
    }
    this.#refuse(null, error);
    const nowMs = this.#core.nowMs();
    this.#malformedAtMs = this.#malformedAtMs.filter((atMs) => nowMs - atMs < minuteMs && atMs <= nowMs);
    this.#malformedAtMs.push(nowMs);
    this.#core.logger.debug('router.malformed_frame', 'A client sent a frame that could not be read.', {
      client: this.id,
      code: error.code,
    });
    if (this.#malformedAtMs.length <= this.#core.limits.malformedFramesPerMinute) return;
    this.#core.logger.warn('router.malformed_frames', 'A client that kept sending unreadable frames was closed.', { client: this.id });
    this.close(1007, 'too many malformed frames');
  }
}

/** Ties a call to its connection and to who was signed in when it came. */
class ClientCaller implements Caller {
  readonly #connection: ClientConnection;
  readonly principal: Principal;

  constructor(connection: ClientConnection, principal: Principal) {
    this.#connection = connection;
    this.principal = principal;
  }

  get clientId(): string {
    return this.#connection.id;
  }

  answer(call: RunningCall, outcome: CallOutcome): void {
    this.#connection.answered(call, outcome);
  }

  progress(call: RunningCall, data: unknown): void {
    this.#connection.progressed(call, data);
  }

  ended(): void {
    this.#connection.ended();
  }
}

function tooLarge(most: number): SignalboxError {
  return new SignalboxError('TOO_LARGE', `The frame is larger than ${most} bytes.`, { executed: 'no' });
}
