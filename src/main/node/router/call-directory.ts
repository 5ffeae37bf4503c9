import { SignalboxError } from '../../../common/errors.ts';
import type { Limits } from '../../../common/limits.ts';
import type { CallLog } from './call-log.ts';
import type { RouterMetrics } from './router-metrics.ts';
import { type Caller, type CallObserver, type CallOutcome, type CallRequest, RunningCall } from './running-call.ts';

interface CallDirectoryOptions {
  readonly nodeId: string;
  readonly limits: Limits;
  readonly nowMs: () => number;
  readonly metrics: RouterMetrics;
  readonly log: CallLog;
}

/** Every request that runs on the node, with its deadline; bounded, measured when answered. */
export class CallDirectory implements CallObserver {
  readonly #options: CallDirectoryOptions;
  readonly #running = new Set<RunningCall>();
  #idle: (() => void) | undefined;
  #draining = false;

  constructor(options: CallDirectoryOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#running.size;
  }

  /** Those of them that the call log will list: neither quiet nor a part of another call. */
  get listed(): number {
    let count = 0;
    for (const call of this.#running) if (!call.quiet && call.caller.ofWhole !== true) count++;
    return count;
  }

  /**
   * Accepts a request; its deadline runs from here.
   *
   * @throws SignalboxError `OVERLOADED` when too many run
   */
  open(request: CallRequest, caller: Caller): RunningCall {
    if (this.#draining) throw new SignalboxError('OVERLOADED', 'The node is stopping and takes no more requests.', { executed: 'no' });
    const most = this.#options.limits.inFlightTotal;
    if (this.#running.size >= most) {
      throw new SignalboxError('OVERLOADED', `The node already runs ${most} requests. ${request.method} was not started.`, {
        executed: 'no',
      });
    }
    const call = new RunningCall(request, caller, this, this.#options.nowMs());
    this.#running.add(call);
    return call;
  }

  answered(call: RunningCall, outcome: CallOutcome): void {
    if (call.caller.ofWhole === true) return;
    const durationMs = performance.now() - call.startedTick;
    const { metrics, log, nodeId } = this.#options;
    metrics.called(!outcome.ok, call.waits ? undefined : durationMs);
    log.add({
      method: call.canonicalMethod,
      principal: call.principal,
      node: call.remoteNode ?? nodeId,
      code: outcome.ok ? undefined : outcome.error.code,
      timestamp: call.startedAtMs,
      durationMs,
      quiet: call.quiet,
    });
  }

  ended(call: RunningCall): void {
    this.#running.delete(call);
    if (this.#running.size === 0) this.#idle?.();
  }

  /** Takes no more requests, asks reads to stop and waits for writes to end, at most `timeoutMs`. */
  async drain(timeoutMs: number): Promise<void> {
    this.#draining = true;
    const stopping = new SignalboxError('CANCELLED', 'The node is stopping.', { executed: 'maybe', retryable: true });
    for (const call of this.#running) {
      call.abort(stopping);
      if (call.readOnly) call.fail(stopping);
    }
    if (this.#running.size === 0) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, timeoutMs);
      this.#idle = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#idle = undefined;
    for (const call of this.#running) call.fail(stopping);
  }
}
