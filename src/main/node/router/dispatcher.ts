import { assistantAliases, type MethodName, type MethodSpec, resolveMethod } from '../../../common/contract/index.ts';
import { SignalboxError } from '../../../common/errors.ts';
import type { Limits } from '../../../common/limits.ts';
import { allows } from '../../../common/roles.ts';
import { nodeLimits } from '../limits.ts';
import type { Logger } from '../telemetry/types.ts';
import { type AuditTrail, redact } from './audit-trail.ts';
import type { Idempotency } from './idempotency.ts';
import { parseParams } from './params.ts';
import { estimateBytes } from './plain-size.ts';
import type { Refusals } from './refusals.ts';
import type { CallOutcome, RunningCall } from './running-call.ts';
import type { Handler, Handlers } from './types.ts';

type AnyHandler = (params: Record<string, unknown>, context: RunningCall) => unknown;

interface DispatcherOptions {
  readonly logger: Logger;
  readonly audit: AuditTrail;
  readonly refusals: Refusals;
  readonly idempotency: Idempotency;
  readonly limits: Limits;
  /** Checks each result against the contract; for tests. In production a handler's types are trusted. */
  readonly validateResults: boolean;
}

/** A local call that has passed every check. */
interface Checked {
  readonly call: RunningCall;
  readonly spec: MethodSpec;
  readonly handler: AnyHandler;
  readonly params: Record<string, unknown>;
}

/** Runs methods of this node: every check first, then the handler, then the record. */
export class Dispatcher {
  readonly #options: DispatcherOptions;
  readonly #handlers = new Map<string, AnyHandler>();

  constructor(options: DispatcherOptions) {
    this.#options = options;
  }

  /** @throws Error when a method has a handler already: a fault of the program */
  register<M extends MethodName>(handlers: Handlers<M>): void {
    for (const [method, handler] of Object.entries(handlers) as [M, Handler<M>][]) {
      if (this.#handlers.has(method)) throw new Error(`${method} has a handler already`);
      this.#handlers.set(method, handler as unknown as AnyHandler);
    }
  }

  has(method: string): boolean {
    return this.#handlers.has(method);
  }

  /** Runs a call to its answer and its end. Never throws. */
  run(call: RunningCall): void {
    const checked = this.#checkOrFail(call);
    if (checked === undefined) return;
    this.#start(checked);
  }

  /**
   * Answers a broadcast once it is on its way, then runs this node's part with nobody waiting. What cannot be sent to the others
   * is refused and runs nowhere.
   *
   * @param forward sends it to the other nodes, and may throw; undefined: there are none. A method unknown here may be known there
   */
  runBroadcast(call: RunningCall, forward: (() => void) | undefined): void {
    const resolved = resolveMethod(call.request.method);
    const isOurs = forward === undefined || (resolved !== undefined && this.#handlers.has(resolved.name));
    const checked = isOurs ? this.#checkOrFail(call) : undefined;
    if (isOurs && checked === undefined) return;
    try {
      forward?.();
    } catch (error) {
      call.fail(this.#expected(call, error));
      call.end();
      return;
    }
    call.answer({ ok: true, data: { accepted: true } });
    if (checked === undefined) call.end();
    else this.#start(checked);
  }

  #start(checked: Checked): void {
    const { idempotencyKey } = checked.call.request;
    if (idempotencyKey === undefined || checked.spec.effect === 'read') this.#invoke(checked);
    else void this.#invokeOnce(checked, idempotencyKey);
  }

  #checkOrFail(call: RunningCall): Checked | undefined {
    try {
      return this.#check(call);
    } catch (error) {
      call.fail(this.#expected(call, error));
      call.end();
      return undefined;
    }
  }

  #check(call: RunningCall): Checked {
    const { request } = call;
    const resolved = resolveMethod(request.method);
    if (resolved === undefined) throw unknownMethod(request.method);
    const { name, spec } = resolved;
    call.canonicalMethod = name;
    call.readOnly = spec.effect === 'read';
    call.quiet = spec.quiet === true;
    call.waits = spec.waits === true;
    const handler = this.#handlers.get(name);
    if (handler === undefined) {
      throw new SignalboxError('METHOD_NOT_FOUND', `This node does not offer ${name}.`, { executed: 'no' });
    }
    if (!allows(call.principal.roles, spec.role)) {
      const error = call.caller.withheld ?? roleMissing(name, spec.role, call.principal.user);
      this.#refuse(call, spec, error);
      throw error;
    }
    return { call, spec, handler, params: parseParams(name, spec, request.params, request.lenient) };
  }

  #invoke(checked: Checked): void {
    let result: unknown;
    try {
      result = checked.handler(checked.params, checked.call);
    } catch (error) {
      this.#finish(checked, { ok: false, error: this.#expected(checked.call, error) });
      return;
    }
    if (!(result instanceof Promise)) {
      this.#finish(checked, this.#succeed(checked, result));
      return;
    }
    result.then(
      (data: unknown) => this.#finish(checked, this.#succeed(checked, data)),
      (error: unknown) => this.#finish(checked, { ok: false, error: this.#expected(checked.call, error) }),
    );
  }

  async #invokeOnce(checked: Checked, key: string): Promise<void> {
    const { call, spec, handler, params } = checked;
    const keyed = {
      user: call.principal.user,
      key,
      method: call.method,
      // What is kept must not help anybody to guess a secret.
      params: redact(params, spec.secretParams),
      secretResult: spec.secretResult === true,
    };
    const outcome = await this.#options.idempotency.run(keyed, async () => {
      let own: CallOutcome;
      try {
        own = this.#succeed(checked, await handler(params, call));
      } catch (error) {
        own = { ok: false, error: this.#expected(call, error) };
      }
      await this.#record(checked, own);
      return own;
    });
    call.answer(outcome);
    call.end();
  }

  #finish(checked: Checked, outcome: CallOutcome): void {
    const recorded = this.#record(checked, outcome);
    if (recorded === undefined) this.#conclude(checked.call, outcome);
    else void recorded.then(() => this.#conclude(checked.call, outcome));
  }

  #conclude(call: RunningCall, outcome: CallOutcome): void {
    call.answer(outcome);
    call.end();
  }

  /** Nothing acknowledged is lost: a write is answered when its record is on the disk, or when it would have to wait too long for that. */
  #record({ call, spec, params }: Checked, outcome: CallOutcome): Promise<void> | undefined {
    if (!outcome.ok && outcome.error.code === 'FORBIDDEN') this.#refuse(call, spec, outcome.error);
    else if (spec.effect !== 'read' && spec.quiet !== true) {
      const recorded = this.#options.audit.ended(call, spec, params, outcome);
      if (recorded !== undefined) return withinMs(recorded, nodeLimits.auditAnswerWaitMs);
    }
    return undefined;
  }

  #refuse(call: RunningCall, spec: MethodSpec, error: SignalboxError): void {
    const { principal, method, request, remoteNode } = call;
    this.#options.refusals.add({
      principal,
      act: method,
      target: remoteNode,
      params: redact(request.params, spec.secretParams),
      error,
    });
  }

  #succeed({ call, spec }: Checked, data: unknown): CallOutcome {
    const most = this.#options.limits.resultBytes;
    const bytes = estimateBytes(data, most);
    if (bytes === undefined) {
      return { ok: false, error: this.#expected(call, new Error(`the result of ${call.method} is not plain data`)) };
    }
    if (bytes > most) {
      const message = `The result of ${call.method} is larger than ${most} bytes. Ask for less at a time.`;
      return { ok: false, error: new SignalboxError('TOO_LARGE', message, { executed: 'yes' }) };
    }
    if (this.#options.validateResults) {
      const checkedResult = spec.result.safeParse(data);
      if (!checkedResult.success) return { ok: false, error: this.#expected(call, checkedResult.error) };
    }
    return { ok: true, data };
  }

  /** An expected error as it is; anything else is a fault of the program: its stack goes to the log, none of it to the caller. */
  #expected(call: RunningCall, error: unknown): SignalboxError {
    if (error instanceof SignalboxError) return error;
    if (call.abortReason !== undefined && error instanceof Error && error.name === 'AbortError') return call.abortReason;
    this.#options.logger.error('router.handler_failed', `${call.request.method} failed unexpectedly.`, {
      method: call.canonicalMethod,
      user: call.principal.user,
      error,
    });
    const message = `${call.request.method} met an unexpected fault. The log of the node has the details.`;
    return new SignalboxError('INTERNAL', message, { executed: 'maybe', cause: error });
  }
}

/** Waits for a promise that never rejects, but no longer than so many milliseconds. */
function withinMs(settled: Promise<void>, mostMs: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, mostMs);
    void settled.then(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}

function roleMissing(method: string, role: string, user: string): SignalboxError {
  return new SignalboxError('FORBIDDEN', `${method} needs the role ${role}; ${user} does not have it.`, { executed: 'no' });
}

function unknownMethod(method: string): SignalboxError {
  const message = assistantAliases.has(method)
    ? 'This node has no assistant, so it cannot answer questions.'
    : `There is no method named ${method.slice(0, 64)}. rpc.catalogue lists those there are.`;
  return new SignalboxError('METHOD_NOT_FOUND', message, { executed: 'no' });
}
