import { SignalboxError } from '../../../common/errors.ts';
import type { Principal } from '../../../common/roles.ts';
import type { CallDirectory } from './call-directory.ts';
import type { Caller, CallRequest, RunningCall } from './running-call.ts';

/** How a part of the node calls a method. */
export interface InsideCallOptions {
  readonly principal: Principal;
  /** Default 10 s. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (data: unknown) => void;
  /** Same key, same user: the effect happens once. */
  readonly idempotencyKey?: string;
}

/**
 * Opens a call that a part of the node makes, checked and measured like a client's, and hands it to `run`.
 *
 * @returns its result
 * @throws SignalboxError of the method, `CANCELLED`, `TIMEOUT`, `OVERLOADED`
 */
export function callFromInside(
  calls: CallDirectory,
  request: CallRequest,
  options: InsideCallOptions,
  run: (call: RunningCall) => void,
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const { signal, principal, onProgress } = options;
    const cancel = () => {
      const error = new SignalboxError('CANCELLED', `${request.method} was cancelled.`, { executed: 'maybe' });
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
    const call = calls.open(request, caller);
    signal?.addEventListener('abort', cancel, { once: true });
    if (signal?.aborted === true) {
      cancel();
      call.end();
    } else run(call);
  });
}
