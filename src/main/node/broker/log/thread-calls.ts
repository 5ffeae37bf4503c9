import type { Transferable } from 'node:worker_threads';
import { SignalboxError } from '../../../../common/errors.ts';
import { nodeLimits } from '../../limits.ts';
import type { Logger } from '../../telemetry/types.ts';
import { type ReportHandlers, Thread, type ThreadContract } from '../../threads/index.ts';
import { logLimits } from './log-limits.ts';

/** Such a thread answers, and tells nothing unasked. */
type StorageContract = ThreadContract & { readonly reports: Readonly<Record<never, never>> };

export interface ThreadCallsOptions<Contract extends StorageContract> {
  readonly url: URL;
  /** Of what it keeps, for example `log`. */
  readonly name: string;
  readonly data: Contract['data'];
  readonly logger: Logger;
  /** Told once when the thread ended without having been asked to. */
  readonly onDied: (detail: string) => void;
}

/** A thread of the broker that owns files. It starts with the first call, and does not start again. */
export class ThreadCalls<Contract extends StorageContract> {
  readonly #options: ThreadCallsOptions<Contract>;
  #thread: Thread<Contract> | undefined;
  #isClosed = false;

  constructor(options: ThreadCallsOptions<Contract>) {
    this.#options = options;
  }

  /**
   * @param memory of the request, which moves to the thread
   * @throws SignalboxError what the thread refused with; `STORAGE_FULL` when it does not run; `OVERLOADED`
   */
  call<Name extends keyof Contract['methods'] & string>(
    method: Name,
    request: Contract['methods'][Name]['request'],
    memory: readonly Transferable[] = [],
  ): Promise<Contract['methods'][Name]['result']> {
    if (this.#isClosed) return Promise.reject(this.#notRunning('no'));
    this.#thread ??= this.#start();
    return this.#thread.ask(method, request, { memory });
  }

  /** Lets the thread finish what it has, and resolves when it has ended. A thread that never started needs nothing. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#thread?.stop();
  }

  #start(): Thread<Contract> {
    const { url, name, data, logger, onDied } = this.#options;
    return new Thread<Contract>({
      url,
      name: `broker.${name}`,
      subject: `The thread ${name} of the broker`,
      data,
      mostRequests: logLimits.threadRequests,
      stopMs: nodeLimits.threadStopMs,
      logger,
      reports: {} as ReportHandlers<Contract>,
      errors: { stopped: (executed) => this.#notRunning(executed) },
      onEnd: ({ startFailure, fault }) => onDied((startFailure?.error ?? fault)?.message ?? 'it ended by itself'),
    });
  }

  #notRunning(executed: 'no' | 'maybe' | 'yes'): SignalboxError {
    return new SignalboxError('STORAGE_FULL', `The thread ${this.#options.name} of the broker does not run. Restart the broker.`, {
      executed,
    });
  }
}
