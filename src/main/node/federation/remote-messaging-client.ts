import { SignalboxError, toErrorShape } from '../../../common/errors.ts';
import { limits } from '../../../common/limits.ts';
import type { Caller, CallOutcome, CallRequest, RunningCall } from '../router/index.ts';
import type { Form } from './form.ts';
import { federationLimits } from './limits.ts';
import { type Grant, principalOf } from './remote-principal.ts';
import type { Arrival } from './router-intake.ts';
import type { NodeCancel, NodeRpc } from './router-messages.ts';

/** What the virtual clients of other nodes need of this one. */
export interface RemoteClientHost {
  readonly nodeId: string;
  /** The most that somebody on another node may do here. @throws SignalboxError `NOT_MEMBER`, `REVOKED` */
  readonly grantTo: (origin: string, form: Form) => Grant;
  /** @throws SignalboxError `OVERLOADED` */
  readonly execute: (request: CallRequest, caller: Caller) => RunningCall;
  /** Sends a router message to a node. @throws SignalboxError `TOO_LARGE` */
  readonly send: (target: string, form: Form, message: object) => void;
  /** True when the way to a node does not keep up: small requests with large answers would fill the memory. */
  readonly congested: (nodeId: string) => boolean;
  readonly nowMs: () => number;
}

/** What the calls of all other nodes take of this one. */
export interface RemoteLoad {
  /** Calls whose handler has not returned, answered or not. */
  running: number;
}

/** Another node as a client of this one: its calls run here on its behalf, and end with it. */
export class RemoteMessagingClient {
  readonly origin: string;
  readonly #host: RemoteClientHost;
  readonly #load: RemoteLoad;
  readonly #running = new Map<string, RunningCall>();

  /**
   * @param origin the node
   * @param load shared by the clients of all nodes
   */
  constructor(origin: string, host: RemoteClientHost, load: RemoteLoad) {
    this.origin = origin;
    this.#host = host;
    this.#load = load;
  }

  /** Calls that have not been answered. */
  get running(): number {
    return this.#running.size;
  }

  /** Runs a request. Its answer goes to the node in the form it asked in; a broadcast has none. */
  receive(message: NodeRpc, arrival: Arrival): void {
    const { requestid } = message;
    // The same request again while it runs: it has one answer, which is on its way.
    if (this.#running.has(requestid)) return;
    const answers = arrival.via === 'inbox';
    try {
      const request = this.#request(message, arrival);
      const grant = this.#host.grantTo(this.origin, arrival.form);
      const principal = principalOf(message.principal, this.origin, grant.role);
      const call = this.#execute(request, {
        principal,
        clientId: `node:${this.origin}`,
        ...(grant.withheld !== undefined && { withheld: grant.withheld }),
        answer: (_call, outcome) => {
          this.#running.delete(requestid);
          if (answers) this.#answer(requestid, arrival.form, outcome);
        },
        progress: (_call, data) => {
          if (answers) this.#progress(requestid, arrival.form, data);
        },
        ended: () => void this.#load.running--,
      });
      if (!call.isAnswered) this.#running.set(requestid, call);
    } catch (error) {
      if (!(error instanceof SignalboxError)) throw error;
      this.refuse(message, arrival, error);
    }
  }

  /** Answers a request that is not run, so that nobody waits for its deadline. */
  refuse({ requestid }: NodeRpc, { via, form }: Arrival, error: SignalboxError): void {
    if (via === 'inbox') this.#answer(requestid, form, { ok: false, error });
  }

  cancel(message: NodeCancel): void {
    this.#end(message.requestid, new SignalboxError('CANCELLED', 'The node that asked has cancelled.', { executed: 'maybe' }));
  }

  /** The node is gone: what it only wanted to read ends; what changes something runs to its end. */
  lost(): void {
    for (const [requestId, call] of [...this.#running]) {
      if (call.readOnly) this.#end(requestId, new SignalboxError('CANCELLED', `The node ${this.origin} is gone.`, { executed: 'maybe' }));
    }
    this.#running.clear();
  }

  #end(requestId: string, reason: SignalboxError): void {
    const call = this.#running.get(requestId);
    call?.abort(reason);
    call?.fail(reason);
  }

  /** @throws SignalboxError `OVERLOADED` */
  #execute(request: CallRequest, caller: Caller): RunningCall {
    this.#load.running++;
    try {
      return this.#host.execute(request, caller);
    } catch (error) {
      this.#load.running--;
      throw error;
    }
  }

  #request(message: NodeRpc, { ageMs, form, via }: Arrival): CallRequest {
    const method = message.method ?? message.intent;
    if (method === undefined) throw new SignalboxError('INVALID_PARAMS', 'The request names no method.', { executed: 'no' });
    if (this.#running.size >= federationLimits.runningPerNode)
      throw new SignalboxError('OVERLOADED', `${federationLimits.runningPerNode} requests of the node ${this.origin} run here already.`, {
        executed: 'no',
      });
    if (this.#load.running >= federationLimits.runningTotal)
      throw new SignalboxError('OVERLOADED', `${this.#load.running} requests of other nodes run here already. ${method} was not started.`, {
        executed: 'no',
      });
    if (this.#host.congested(this.origin))
      throw new SignalboxError('OVERLOADED', `The way back does not keep up with the answers of this node. ${method} was not started.`, {
        executed: 'no',
      });
    // Nobody waits for a broadcast that says no time: how old it may be is said by its envelope, and an outbox keeps it a while.
    const waitedMs = via === 'broadcast' && message.timeoutMs === undefined ? 0 : Math.round(ageMs);
    const timeoutMs = (message.timeoutMs ?? limits.defaultTimeoutMs) - waitedMs;
    // Nobody waits for it any more, so it must not take effect.
    if (timeoutMs <= 0) throw new SignalboxError('TIMEOUT', `${method} came after its deadline and was not run.`, { executed: 'no' });
    return {
      requestId: message.requestid,
      method,
      params: message.params ?? {},
      timeoutMs,
      // A message that the broker delivers twice takes effect once, also across a restart (security.md 2.6).
      idempotencyKey: message.idempotencyKey ?? `${this.origin}/${message.requestid}`,
      lenient: form === 'bare',
    };
  }

  #answer(requestid: string, form: Form, outcome: CallOutcome): void {
    const timestamp = this.#host.nowMs();
    const base = { type: 'rpc_response', requestid, timestamp, serviceId: this.#host.nodeId, originId: this.#host.nodeId };
    try {
      this.#send(
        form,
        outcome.ok ? { ...base, status: 'success', data: outcome.data } : { ...base, status: 'error', ...outcome.error.toShape() },
      );
    } catch (error) {
      // It does not fit, or is no JSON by a fault of the method: the caller hears that instead of nothing.
      const executed = outcome.ok ? 'yes' : (outcome.error.executed ?? 'maybe');
      this.#send(form, { ...base, status: 'error', ...toErrorShape(error), executed });
    }
  }

  #progress(requestid: string, form: Form, data: unknown): void {
    try {
      this.#send(form, { type: 'rpc_progress', requestid, data, originId: this.#host.nodeId });
    } catch (error) {
      // What does not fit is left out. Thrown into the handler it would end a call that has begun as one that never ran.
      if (!(error instanceof SignalboxError)) throw error;
    }
  }

  #send(form: Form, message: object): void {
    this.#host.send(this.origin, form, message);
  }
}
