import { performance } from 'node:perf_hooks';
import { type ResourceLimits, type Transferable, Worker, type WorkerOptions } from 'node:worker_threads';
import { type ErrorShape, SignalboxError } from '../../../common/errors.ts';
import type { Problems } from '../telemetry/problems.ts';
import type { Logger } from '../telemetry/types.ts';
import type { FromThread, ThreadContract, ToThread } from './contract.ts';
import { type AskOptions, OpenRequests } from './open-requests.ts';
import { type ThreadErrors, threadErrors } from './thread-errors.ts';

/** Why a thread did not start. */
export interface StartFailure {
  readonly error: Error;
  /** Of the system, for example EADDRINUSE. */
  readonly systemCode: string | undefined;
}

/** How a thread ended that nobody had asked to. */
export interface ThreadEnd {
  /** Of its exit. */
  readonly code: number;
  /** It said that it does not start, or took too long for it. */
  readonly startFailure: StartFailure | undefined;
  /** What it threw and nobody handled. */
  readonly fault: Error | undefined;
  /** How long it was ready, milliseconds; undefined: it never was. */
  readonly readyMs: number | undefined;
}

export type ReportHandlers<Contract extends ThreadContract> = {
  readonly [Name in keyof Contract['reports']]: (value: Contract['reports'][Name]) => void;
};

export interface ThreadOptions<Contract extends ThreadContract> {
  /** Where its code is: see `workerUrl`. */
  readonly url: URL;
  /** Of the thread, and the beginning of its log events, for example `gateway` of `gateway.threadFailed`. */
  readonly name: string;
  /** How a sentence begins with it, for example `The gateway of this node`. */
  readonly subject: string;
  readonly data: Contract['data'];
  /** Memory and ports of the data that move to the thread. */
  readonly transfer?: readonly Transferable[];
  readonly resourceLimits?: ResourceLimits;
  /** Requests that may wait for their answers at once; beyond, they are refused. */
  readonly mostRequests: number;
  /** Longest start, milliseconds; then it is ended. Absent where a start reads files, which takes as long as they are large. */
  readonly startMs?: number;
  /** Longest stop, milliseconds; then it is ended. */
  readonly stopMs: number;
  readonly logger: Logger;
  /** Where its problems are shown while it lives. */
  readonly problems?: { readonly sink: Problems; readonly view: string };
  /** Called with what it tells unasked. */
  readonly reports: ReportHandlers<Contract>;
  /** Called when it is ready, unless it was asked to stop before. */
  readonly onReady?: (ready: Contract['ready']) => void;
  /** Told once, when it ended and nobody had asked it to. All that waited for it was refused before. */
  readonly onEnd?: (end: ThreadEnd) => void;
  /** What callers are told when it does not answer; the rest is as `threadErrors` says. */
  readonly errors?: Partial<ThreadErrors>;
  /** Makes an error again of what crossed over; needed where a contract has failures of its own. */
  readonly toError?: (failure: Contract['failure']) => Error;
  /** How the thread is made; tests keep hold of it. */
  readonly createWorker?: (url: URL, options: WorkerOptions) => Worker;
}

type MethodOf<Contract extends ThreadContract> = keyof Contract['methods'] & string;
type ProgressOf<Method> = Method extends { readonly progress: infer Progress } ? Progress : never;

/** How an answer of a method is waited for. */
export type AskOptionsOf<Contract extends ThreadContract, Name extends MethodOf<Contract>> = Omit<AskOptions, 'onProgress'> & {
  readonly onProgress?: ((progress: ProgressOf<Contract['methods'][Name]>) => void) | undefined;
};

/**
 * A worker thread from its start to its end, as the thread sees it that started it. Its own side is `runThread`.
 *
 * It is ready or has failed within its time, every request is settled once, and whatever ends it is told.
 */
export class Thread<Contract extends ThreadContract> {
  /** Fulfilled when it is ready. Rejected with why it did not start; {@link ThreadOptions.onEnd} is told that too. */
  readonly started: Promise<Contract['ready']>;
  readonly #options: ThreadOptions<Contract>;
  readonly #errors: ThreadErrors;
  readonly #worker: Worker;
  readonly #requests: OpenRequests;
  readonly #gone: Promise<void>;
  /** Problems that it has raised. */
  readonly #raised = new Set<string>();
  #state: 'starting' | 'ready' | 'failed' | 'ended' = 'starting';
  #readyAtMs: number | undefined;
  #startFailure: StartFailure | undefined;
  #fault: Error | undefined;
  #timer: NodeJS.Timeout | undefined;
  #stopping: Promise<void> | undefined;
  #settleStart: { resolve(ready: Contract['ready']): void; reject(error: Error): void } | undefined;

  /** Starts it. @throws Error the data cannot be handed over, or the system has no room for a thread */
  constructor(options: ThreadOptions<Contract>) {
    const { url, name, subject, data, transfer = [], resourceLimits, mostRequests, startMs, logger, createWorker = makeWorker } = options;
    this.#options = options;
    this.#errors = { ...threadErrors(subject), ...options.errors };
    this.#requests = new OpenRequests({ most: mostRequests, errors: this.#errors, post: (message, memory) => this.#post(message, memory) });
    this.started = new Promise((resolve, reject) => {
      this.#settleStart = { resolve, reject };
    });
    // Whoever does not wait for the start is told by `onEnd`.
    this.started.catch(() => undefined);
    const worker = createWorker(url, { name, workerData: data, transferList: [...transfer], ...(resourceLimits && { resourceLimits }) });
    this.#worker = worker;
    worker.on('message', (message: FromThread) => this.#receive(message));
    worker.once('error', (error) => {
      this.#fault = error as Error;
      logger.error(`${name}.threadFailed`, `${subject} met a fault.`, { error });
    });
    worker.once('messageerror', (error) => {
      logger.error(`${name}.threadUnread`, `${subject} said what cannot be read.`, { error });
      void worker.terminate();
    });
    this.#gone = new Promise((resolve) => {
      worker.once('exit', (code) => {
        this.#ended(code);
        resolve();
      });
    });
    if (startMs !== undefined) this.#endAfter(startMs, 'startLate', `${subject} did not start in time and was ended.`);
  }

  /** Whether it is ready and nobody has asked it to stop. */
  get isReady(): boolean {
    return this.#state === 'ready' && this.#stopping === undefined;
  }

  /** Requests that wait for their answers. */
  get waiting(): number {
    return this.#requests.size;
  }

  /**
   * Asks it. What is asked before it is ready is answered then.
   *
   * @throws SignalboxError what it refused with; see {@link ThreadErrors} for when it does not answer
   */
  ask<Name extends MethodOf<Contract>>(
    method: Name,
    request: Contract['methods'][Name]['request'],
    options: AskOptionsOf<Contract, Name> = {},
  ): Promise<Contract['methods'][Name]['result']> {
    if (this.#stopping !== undefined || this.#state === 'failed' || this.#state === 'ended')
      return Promise.reject(this.#errors.stopped('no'));
    return this.#requests.ask(method, request, options as AskOptions);
  }

  /** Tells it something that has no answer. Nothing happens when it is gone. */
  tell<Name extends keyof Contract['told'] & string>(name: Name, value: Contract['told'][Name]): void {
    this.#post({ type: 'tell', name, value }, []);
  }

  /** Lets it finish and waits for its end, which comes in time. It takes no requests from now on. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #stop(): Promise<void> {
    if (this.#state !== 'ended') {
      this.#post({ type: 'stop' }, []);
      this.#endAfter(this.#options.stopMs, 'stopLate', `${this.#options.subject} did not stop in time and was ended.`);
    }
    await this.#gone;
  }

  /** Ends the thread unless it has come further until then. */
  #endAfter(waitMs: number, event: string, message: string): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#options.logger.error(`${this.#options.name}.${event}`, message, { waitMs });
      if (this.#state === 'starting')
        this.#startFailure = { error: new SignalboxError('TIMEOUT', message, { executed: 'maybe' }), systemCode: undefined };
      void this.#worker.terminate();
    }, waitMs);
  }

  #receive(message: FromThread): void {
    const { logger, name, subject, problems, reports } = this.#options;
    switch (message.type) {
      case 'ready':
        this.#ready(message.ready);
        break;
      case 'startFailed':
        this.#startFailed(message);
        break;
      case 'answer':
        this.#requests.answered(message.id, message.result);
        break;
      case 'failed':
        this.#requests.failed(message.id, this.#toError(message.failure));
        break;
      case 'progress':
        this.#requests.progressed(message.id, message.progress);
        break;
      case 'report':
        reports[message.name as keyof Contract['reports']](message.value as never);
        break;
      case 'raise':
        this.#raised.add(message.problem.id);
        problems?.sink.raise({ view: problems.view, ...message.problem });
        break;
      case 'clear':
        this.#raised.delete(message.problemId);
        problems?.sink.clear(message.problemId);
        break;
      case 'log':
        logger[message.level](message.event, message.message, message.fields);
        break;
      case 'stopFailed':
        logger.error(`${name}.stopFailed`, `${subject} did not stop as it should.`, { error: message.error });
        break;
    }
  }

  #ready(ready: Contract['ready']): void {
    this.#state = 'ready';
    this.#readyAtMs = performance.now();
    // One that stops meanwhile has its time for that, and is of no use to anybody.
    if (this.#stopping === undefined) {
      clearTimeout(this.#timer);
      this.#options.onReady?.(ready);
    }
    this.#settleStart?.resolve(ready);
  }

  #startFailed({ failure, systemCode }: Extract<FromThread, { type: 'startFailed' }>): void {
    const { stopMs, subject } = this.#options;
    this.#state = 'failed';
    this.#startFailure = { error: this.#toError(failure), systemCode };
    this.#settleStart?.reject(this.#startFailure.error);
    if (this.#stopping === undefined) this.#endAfter(stopMs, 'stopLate', `${subject} did not start, nor stop in time, and was ended.`);
  }

  #ended(code: number): void {
    clearTimeout(this.#timer);
    const wasAsked = this.#stopping !== undefined;
    this.#state = 'ended';
    this.#requests.abandon(() => this.#errors.stopped('maybe'));
    for (const id of this.#raised) this.#options.problems?.sink.clear(id);
    this.#raised.clear();
    const readyMs = this.#readyAtMs === undefined ? undefined : performance.now() - this.#readyAtMs;
    const [startFailure, fault] = [this.#startFailure, this.#fault];
    if (!wasAsked) this.#options.onEnd?.({ code, startFailure, fault, readyMs });
    this.#settleStart?.reject(startFailure?.error ?? fault ?? this.#errors.stopped('no'));
  }

  #toError(failure: unknown): Error {
    return this.#options.toError?.(failure) ?? SignalboxError.fromShape(failure as ErrorShape);
  }

  #post(message: ToThread, memory: readonly Transferable[]): void {
    if (this.#state !== 'ended') this.#worker.postMessage(message, [...memory]);
  }
}

function makeWorker(url: URL, options: WorkerOptions): Worker {
  return new Worker(url, options);
}
