import type { Socket } from 'node:net';
import { SignalboxError } from '../../../../common/errors.ts';
import { brokerLimits } from '../limits.ts';
import {
  type Answer,
  type AnswerTo,
  type ClientRequest,
  ConnectionReader,
  encodeError,
  encodePush,
  type FrameForm,
  type IncomingFrame,
  type Operation,
  RequestError,
  readRequest,
} from '../protocol/index.ts';
import type { Deadlines } from './deadlines.ts';
import type { Call, Caller, CallerSession, Subscription } from './operations/index.ts';
import { Outbox } from './outbox.ts';
import { type CallHost, RequestCall } from './request-call.ts';
import type { TokenChecker } from './token-checker.ts';
import type { Turns, Worker } from './turns.ts';

export interface ClientConnectionOptions {
  readonly socket: Socket;
  readonly turns: Turns;
  readonly deadlines: Deadlines;
  readonly tokens: TokenChecker;
  /** Who a client without a token is; undefined: nobody. Asked at each request, so that the setting holds at once. */
  readonly anonymous: () => Caller | undefined;
  readonly handle: (operation: Operation, call: Call) => void;
  /** What all clients that have not shown who they are have sent of requests that are not whole. */
  readonly unproven: { bytes: number };
  readonly onFault: (error: unknown) => void;
  readonly onClosed: (connection: ClientConnection) => void;
}

/**
 * One client: takes its requests in its turn, answers in order or by id, and keeps what waits for it within bounds. A client that sends
 * more than it takes back is not read; one that takes nothing for long is cut off.
 */
export class ClientConnection implements Worker, CallHost, CallerSession {
  readonly session = this;
  readonly subscriptions = new Map<number, Subscription>();
  followsCluster = false;
  readonly #options: ClientConnectionOptions;
  readonly #socket: Socket;
  readonly #outbox: Outbox;
  readonly #reader = new ConnectionReader();
  readonly #open = new Set<RequestCall>();
  /** Requests without an id, in their order. */
  readonly #ordered: RequestCall[] = [];
  readonly #closeListeners = new Set<() => void>();
  readonly #drainListeners = new Set<() => void>();
  #openBytes = 0;
  #token: string | undefined;
  #failedTokens = 0;
  /** Part of `unproven` that is of this client. */
  #unprovenBytes = 0;
  /** A token is being checked: what follows waits, so that nothing overtakes. */
  #checking = false;
  /** The client says nothing more; what it has said is still answered. */
  #inputEnded = false;
  #ending = false;
  #closed = false;
  #form: FrameForm = 'json';
  #frameTimer: NodeJS.Timeout | undefined;

  constructor(options: ClientConnectionOptions) {
    this.#options = options;
    this.#socket = options.socket;
    this.#outbox = new Outbox(options.socket, () => this.#socket.destroy());
    this.#socket.setNoDelay(true);
    this.#socket.on('data', (chunk: Buffer) => this.#received(chunk));
    this.#socket.on('drain', () => this.#drained());
    this.#socket.on('end', () => {
      this.#inputEnded = true;
      options.turns.add(this);
    });
    this.#socket.on('error', () => undefined);
    this.#socket.on('close', () => this.#close());
  }

  get isFull(): boolean {
    return this.#outbox.isFull;
  }

  /** Requests that are not answered yet. */
  get inFlight(): number {
    return this.#open.size;
  }

  push(push: Answer): void {
    if (!this.#closed) this.#outbox.send(encodePush(push, this.#form));
  }

  onDrained(listener: () => void): () => void {
    this.#drainListeners.add(listener);
    return () => this.#drainListeners.delete(listener);
  }

  onClosed(listener: () => void): () => void {
    this.#closeListeners.add(listener);
    return () => this.#closeListeners.delete(listener);
  }

  followCluster(): void {
    this.followsCluster = true;
  }

  /** Ends the connection once what was asked before is answered. */
  end(): void {
    this.#finish();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  /** The socket is read only while everything that came is taken: what waits here is what one read brought. */
  work(most: number): boolean {
    for (let count = 0; count < most; count += 1) {
      if (this.#closed || this.#ending) return false;
      if (this.#mustWait()) {
        this.#socket.pause();
        return false;
      }
      let frame: IncomingFrame | undefined;
      try {
        frame = this.#reader.next();
      } catch (error) {
        this.#refuseStream(error);
        return false;
      }
      if (frame === undefined) {
        if (this.#inputEnded) this.#finish();
        else this.#waitForRest();
        return false;
      }
      clearTimeout(this.#frameTimer);
      this.#frameTimer = undefined;
      this.#take(frame);
    }
    this.#socket.pause();
    return true;
  }

  settled(call: RequestCall, frame: readonly Uint8Array[]): void {
    if (!this.#open.delete(call)) return;
    this.#openBytes -= call.sizeBytes;
    this.#options.deadlines.remove(call);
    if (!call.inOrder) this.#outbox.send(frame);
    else {
      call.frame = frame;
      while (this.#ordered[0]?.frame !== undefined) this.#outbox.send(this.#ordered.shift()?.frame ?? []);
    }
    if (this.#socket.isPaused() && !this.#mustWait()) this.#options.turns.add(this);
    if (this.#ending && this.#open.size === 0) this.#endNow();
  }

  #received(chunk: Buffer): void {
    if (this.#ending) return;
    this.#reader.push(chunk);
    if (this.work(brokerLimits.requestsOfARead)) this.#options.turns.add(this);
  }

  #mustWait(): boolean {
    if (this.#checking || this.#open.size >= brokerLimits.requestsInFlight || this.#openBytes >= brokerLimits.requestBytesInFlight)
      return true;
    // A person with a terminal means one line after the other.
    return this.#outbox.isFull || (this.#reader.form === 'line' && this.#open.size > 0);
  }

  #drained(): void {
    this.#outbox.drained();
    if (this.#closed) return;
    if (this.#socket.isPaused() && !this.#mustWait()) this.#options.turns.add(this);
    for (const listener of this.#drainListeners) listener();
  }

  /** A frame that has begun must end: half a frame holds a connection for a while only. */
  #waitForRest(): void {
    if (!this.#hasRoom()) {
      const why = 'Too much of requests that are not whole waits here. Show an access token with AUTH first, or send it later.';
      this.#refuseStream(new SignalboxError('OVERLOADED', why, { executed: 'no' }));
      return;
    }
    this.#socket.resume();
    if (this.#reader.pendingBytes === 0) {
      clearTimeout(this.#frameTimer);
      this.#frameTimer = undefined;
      return;
    }
    this.#frameTimer ??= setTimeout(() => {
      this.#refuseStream(new SignalboxError('TIMEOUT', 'The rest of a request did not come in time.', { executed: 'no' }));
    }, brokerLimits.frameMs);
  }

  /** A client that has not shown who it is may not fill the memory together with others like it. */
  #hasRoom(): boolean {
    const { unproven, anonymous } = this.#options;
    const isProven = this.#token !== undefined || anonymous() !== undefined;
    const mine = isProven || this.#closed ? 0 : this.#reader.pendingBytes;
    unproven.bytes += mine - this.#unprovenBytes;
    this.#unprovenBytes = mine;
    return mine === 0 || unproven.bytes <= brokerLimits.unprovenBytes;
  }

  #take(frame: IncomingFrame): void {
    this.#form = frame.form;
    const frameRequestId = frame.form === 'binary' ? frame.frame.requestId : 0;
    const sizeBytes = frame.form === 'binary' ? frame.frame.payload.byteLength + 256 : frame.text.length;
    let request: ClientRequest;
    try {
      request = readRequest(frame);
    } catch (error) {
      const requestId = error instanceof RequestError ? error.requestId : undefined;
      this.#refuse(error, { form: frame.form, frameRequestId, requestId }, sizeBytes);
      return;
    }
    const { requestId, clamped } = request;
    const to = { form: frame.form, frameRequestId, requestId, clamped };
    const token = request.auth ?? (request.operation.operation === 'AUTH' ? request.operation.token : this.#token);
    const caller = token === undefined ? this.#options.anonymous() : this.#options.tokens.known(token);
    if (caller !== undefined || token === undefined) this.#admit(request, to, sizeBytes, token, caller);
    else void this.#check(request, to, sizeBytes, token);
  }

  async #check(request: ClientRequest, to: AnswerTo, sizeBytes: number, token: string): Promise<void> {
    this.#checking = true;
    let caller: Caller | undefined;
    try {
      caller = await this.#options.tokens.ask(token);
    } catch (error) {
      this.#options.onFault(error);
    }
    this.#checking = false;
    if (this.#closed) return;
    this.#admit(request, to, sizeBytes, token, caller);
    this.#options.turns.add(this);
  }

  #admit(request: ClientRequest, to: AnswerTo, sizeBytes: number, token: string | undefined, caller: Caller | undefined): void {
    if (caller === undefined) {
      const why = token === undefined ? 'Send an access token of this node with AUTH.' : 'The token is not valid, or no longer.';
      this.#refuse(new SignalboxError('UNAUTHENTICATED', why, { executed: 'no' }), to, sizeBytes);
      if (token !== undefined) this.#failedTokens += 1;
      if (this.#failedTokens >= brokerLimits.failedTokens) this.#finish();
      return;
    }
    const call = this.#begin(to, caller, request.timeoutMs + waitOf(request.operation), sizeBytes + answerBytesOf(request.operation));
    if (request.operation.operation === 'AUTH') {
      this.#token = token;
      call.answer({ fields: { user: caller.user, roles: caller.roles } });
    } else this.#options.handle(request.operation, call);
  }

  #begin(to: AnswerTo, caller: Caller, timeoutMs: number, sizeBytes: number): RequestCall {
    const call = new RequestCall({ host: this, caller, to, deadlineMs: performance.now() + timeoutMs, sizeBytes });
    this.#open.add(call);
    this.#openBytes += sizeBytes;
    if (call.inOrder) this.#ordered.push(call);
    this.#options.deadlines.add(call);
    return call;
  }

  #refuse(error: unknown, to: AnswerTo, sizeBytes: number): void {
    if (!(error instanceof SignalboxError)) this.#options.onFault(error);
    const { code, message, executed, data } =
      error instanceof SignalboxError ? error : new SignalboxError('INTERNAL', 'The request could not be read.', { executed: 'no' });
    this.#begin(to, nobody, brokerLimits.frameMs, sizeBytes).refuse({
      code,
      message,
      ...(executed !== undefined && { executed }),
      ...(data !== undefined && { data }),
    });
  }

  /** What follows cannot be read: one answer, and the end. */
  #refuseStream(error: unknown): void {
    if (!(error instanceof SignalboxError)) this.#options.onFault(error);
    const shape = (error instanceof SignalboxError ? error : new SignalboxError('BAD_REQUEST', 'The connection cannot be read.')).toShape();
    this.#outbox.send(encodeError(shape, { form: this.#reader.form, frameRequestId: 0, requestId: undefined }));
    this.#finish();
  }

  #finish(): void {
    if (this.#ending || this.#closed) return;
    this.#ending = true;
    clearTimeout(this.#frameTimer);
    if (this.#open.size === 0) this.#endNow();
  }

  #endNow(): void {
    this.#outbox.flush();
    this.#socket.end();
    this.#socket.resume();
    setTimeout(() => this.#socket.destroy(), brokerLimits.lingerMs).unref();
  }

  #close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#hasRoom();
    clearTimeout(this.#frameTimer);
    this.#outbox.close();
    this.#options.turns.remove(this);
    for (const call of this.#open) {
      call.abandon();
      this.#options.deadlines.remove(call);
    }
    this.#open.clear();
    for (const subscription of [...this.subscriptions.values()]) subscription.end();
    for (const listener of [...this.#closeListeners]) listener();
    this.#closeListeners.clear();
    this.#drainListeners.clear();
    this.#options.onClosed(this);
  }
}

/** Of requests that were refused before anybody asked who sent them. */
const nobody: Caller = { user: 'nobody', roles: [] };

/** A READ that waits for messages has its own time beside that for the answer. */
function waitOf(operation: Operation): number {
  return operation.operation === 'READ' ? operation.wait_ms : 0;
}

/** What an answer with messages is reckoned at before it is known, so that many of them together stay within what a connection may have waiting. */
function answerBytesOf(operation: Operation): number {
  if (operation.operation !== 'READ' && operation.operation !== 'FETCH') return 0;
  return Math.min(operation.max_bytes, (operation.max ?? 1) * brokerLimits.usualMessageBytes);
}
