import type { MethodName, ParamsOf, ResultOf } from '../../../common/contract/index.ts';
import { type ErrorShape, SignalboxError, toErrorShape } from '../../../common/errors.ts';
import type { Limits } from '../../../common/limits.ts';
import type { Principal } from '../../../common/roles.ts';
import type { Target } from '../../../common/wire/messages.ts';
import type { CallDirectory } from './call-directory.ts';
import type { Dispatcher } from './dispatcher.ts';
import type { Routes } from './routes.ts';
import type { Caller, RunningCall } from './running-call.ts';

interface LocalCallsOptions {
  readonly calls: CallDirectory;
  readonly dispatcher: Dispatcher;
  readonly routes: Routes;
  readonly limits: Limits;
}

/** How a part of the node calls a method. */
export interface LocalCallOptions {
  readonly principal: Principal;
  /** Default 10 s. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (data: unknown) => void;
  /** Same key, same user: the effect happens once. */
  readonly idempotencyKey?: string;
}

/** The answer to a call of a part of the node. */
export type LocalCallResponse = { readonly status: 'success'; readonly data: unknown } | ({ readonly status: 'error' } & ErrorShape);

type Params = Readonly<Record<string, unknown>>;

/** Calls that parts of the node make, here and at other nodes; checked, bounded and measured like those of clients. */
export class LocalCalls {
  readonly #options: LocalCallsOptions;
  #nextId = 1;

  constructor(options: LocalCallsOptions) {
    this.#options = options;
  }

  /** @throws SignalboxError of the method; `OVERLOADED`, `CANCELLED` */
  call<M extends MethodName>(method: M, params: ParamsOf<M>, options: LocalCallOptions): Promise<ResultOf<M>> {
    const { dispatcher } = this.#options;
    return this.#open(method, params as Params, options, (call) => dispatcher.run(call)) as Promise<ResultOf<M>>;
  }

  /** @throws SignalboxError of the far method; `NODE_UNREACHABLE`, `NODE_LOST`, `TIMEOUT`, `OVERLOADED`, `CANCELLED` */
  callAt(target: Target, method: string, params: Params, options: LocalCallOptions): Promise<unknown> {
    const { routes } = this.#options;
    return this.#open(method, params, options, (call) => routes.route(call, { type: 'rpc', method, target }));
  }

  /** {@link callAt} for one node, with a callback that is called once. */
  initiateRemoteRpc(
    serviceId: string,
    method: string,
    params: Params,
    onResponse: (response: LocalCallResponse) => void,
    options: LocalCallOptions,
  ): void {
    this.callAt({ node: serviceId }, method, params, options).then(
      (data) => onResponse({ status: 'success', data }),
      (error: unknown) => onResponse({ status: 'error', ...toErrorShape(error) }),
    );
  }

  #open(method: string, params: Params, options: LocalCallOptions, run: (call: RunningCall) => void): Promise<unknown> {
    const { calls, limits } = this.#options;
    return new Promise((resolve, reject) => {
      const { signal, principal, onProgress } = options;
      const cancel = () => {
        const error = new SignalboxError('CANCELLED', `${method} was cancelled.`, { executed: 'maybe' });
        call.abort(error);
        call.fail(error);
      };
      const caller: Caller = {
        principal,
        clientId: 'local',
        answer: (_call, outcome) => {
          signal?.removeEventListener('abort', cancel);
          if (outcome.ok) resolve(outcome.data);
          else reject(outcome.error);
        },
        progress: (_call, data) => onProgress?.(data),
        ended: () => undefined,
      };
      const call = calls.open(
        {
          requestId: `local-${this.#nextId++}`,
          method,
          params,
          timeoutMs: options.timeoutMs ?? limits.defaultTimeoutMs,
          idempotencyKey: options.idempotencyKey,
          lenient: false,
        },
        caller,
      );
      signal?.addEventListener('abort', cancel, { once: true });
      if (signal?.aborted === true) {
        cancel();
        call.end();
      } else run(call);
    });
  }
}
