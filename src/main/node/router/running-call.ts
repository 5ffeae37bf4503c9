import type { MethodName } from '../../../common/contract/index.ts';
import { SignalboxError } from '../../../common/errors.ts';
import type { Principal } from '../../../common/roles.ts';
import type { CallContext } from './types.ts';

/** A request as the router runs it, whichever way it came. */
export interface CallRequest {
  readonly requestId: string;
  /** As the caller wrote it: a method of the contract, a name of the first system, or neither. */
  readonly method: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly timeoutMs: number;
  readonly idempotencyKey: string | undefined;
  /** Unknown params are ignored instead of refused (first system). */
  readonly lenient: boolean;
}

/** Who waits for a call. */
export interface Caller {
  readonly principal: Principal;
  readonly clientId: string;
  /** Asks for a part of a call that is measured and listed as a whole: the part is not. */
  readonly ofWhole?: boolean;
  /** Why a role that the caller has does not count now: what needs one that is missing is refused with it instead of `FORBIDDEN`. */
  readonly withheld?: SignalboxError;
  answer(call: RunningCall, outcome: CallOutcome): void;
  progress(call: RunningCall, data: unknown): void;
  /** The handler has returned, perhaps long after the answer. */
  ended(call: RunningCall): void;
}

export type CallOutcome = { readonly ok: true; readonly data: unknown } | { readonly ok: false; readonly error: SignalboxError };

/** What the directory needs to hear of a call. */
export interface CallObserver {
  answered(call: RunningCall, outcome: CallOutcome): void;
  ended(call: RunningCall): void;
}

/**
 * One request from its acceptance to its end. It is *answered* once (result, error, deadline or cancel, whichever is first)
 * and *ended* once (its handler has returned): a write outlives its answer and its client.
 */
export class RunningCall implements CallContext {
  readonly request: CallRequest;
  readonly caller: Caller;
  readonly startedAtMs: number;
  readonly startedTick = performance.now();
  readonly #observer: CallObserver;
  readonly #timer: NodeJS.Timeout;
  #controller: AbortController | undefined;
  #abortReason: SignalboxError | undefined;
  #answered = false;
  #ended = false;
  /** The contract's name, once resolved. */
  canonicalMethod: MethodName | undefined;
  /** Writes run to their end when the client goes away. */
  readOnly = true;
  /** Left out of the activity list. */
  quiet = false;
  /** Its time is left out of the latencies. */
  waits = false;
  /** Another node that ran it. */
  remoteNode: string | undefined;

  constructor(request: CallRequest, caller: Caller, observer: CallObserver, nowMs: number) {
    this.request = request;
    this.caller = caller;
    this.#observer = observer;
    this.startedAtMs = nowMs;
    // Node keeps timers of one duration in a list: starting and stopping one is O(1), so a heap of our own gains nothing.
    this.#timer = setTimeout(expire, request.timeoutMs, this);
  }

  get method(): MethodName {
    return this.canonicalMethod as MethodName;
  }

  get principal(): Principal {
    return this.caller.principal;
  }

  get clientId(): string {
    return this.caller.clientId;
  }

  get requestId(): string {
    return this.request.requestId;
  }

  get deadlineMs(): number {
    return this.startedAtMs + this.request.timeoutMs;
  }

  get isAnswered(): boolean {
    return this.#answered;
  }

  /** Why the handler was asked to stop, if it was. */
  get abortReason(): SignalboxError | undefined {
    return this.#abortReason;
  }

  /** Made on first use: most handlers never ask. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#abortReason !== undefined) this.#controller.abort(this.#abortReason);
    }
    return this.#controller.signal;
  }

  /** Bound, so that a handler may take it out of its context. */
  readonly progress = (data: unknown): void => {
    if (!this.#answered) this.caller.progress(this, data);
  };

  /** Gives the caller its answer; later ones are ignored. */
  answer(outcome: CallOutcome): void {
    if (this.#answered) return;
    this.#answered = true;
    clearTimeout(this.#timer);
    this.#observer.answered(this, outcome);
    this.caller.answer(this, outcome);
  }

  fail(error: SignalboxError): void {
    this.answer({ ok: false, error });
  }

  /** Asks the handler to stop. */
  abort(reason: SignalboxError): void {
    if (this.#abortReason !== undefined || this.#ended) return;
    this.#abortReason = reason;
    this.#controller?.abort(reason);
  }

  /** The handler has returned: nothing of the call is left. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#observer.ended(this);
    this.caller.ended(this);
  }
}

function expire(call: RunningCall): void {
  const error = new SignalboxError(
    'TIMEOUT',
    `${call.request.method} gave no answer within ${call.request.timeoutMs} ms.${call.readOnly ? '' : ' It may still take effect.'}`,
    { executed: 'maybe' },
  );
  call.abort(error);
  call.fail(error);
}
