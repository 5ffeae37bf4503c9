import type { MethodName, ParamsOf, ResultOf } from '../../../common/contract/index.ts';
import { SignalboxError } from '../../../common/errors.ts';
import type { Limits } from '../../../common/limits.ts';
import type { Principal } from '../../../common/roles.ts';
import type { CallDirectory } from './call-directory.ts';
import type { Dispatcher } from './dispatcher.ts';
import type { Caller } from './running-call.ts';

interface LocalCallsOptions {
  readonly calls: CallDirectory;
  readonly dispatcher: Dispatcher;
  readonly limits: Limits;
}

export interface LocalCallOptions {
  readonly principal: Principal;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** Calls of the node's methods from inside it, checked, bounded and measured like those of clients. */
export class LocalCalls {
  readonly #options: LocalCallsOptions;
  #nextId = 1;

  constructor(options: LocalCallsOptions) {
    this.#options = options;
  }

  /** @throws SignalboxError of the method; `OVERLOADED`, `CANCELLED` */
  call<M extends MethodName>(method: M, params: ParamsOf<M>, options: LocalCallOptions): Promise<ResultOf<M>> {
    const { calls, dispatcher, limits } = this.#options;
    return new Promise((resolve, reject) => {
      const { signal, principal } = options;
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
          if (outcome.ok) resolve(outcome.data as ResultOf<M>);
          else reject(outcome.error);
        },
        progress: () => undefined,
        ended: () => undefined,
      };
      const call = calls.open(
        {
          requestId: `local-${this.#nextId++}`,
          method,
          params: params as Record<string, unknown>,
          timeoutMs: options.timeoutMs ?? limits.defaultTimeoutMs,
          idempotencyKey: undefined,
          lenient: false,
        },
        caller,
      );
      signal?.addEventListener('abort', cancel, { once: true });
      if (signal?.aborted === true) {
        cancel();
        call.end();
      } else dispatcher.run(call);
    });
  }
}
