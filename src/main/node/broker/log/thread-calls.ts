/** Calls of a worker thread that owns files: requests answered by id, failures as errors with a code. */
import { type MessagePort, type Transferable, Worker } from 'node:worker_threads';
import { type ErrorShape, SignalboxError } from '../../../../common/errors.ts';

/** What a thread can be asked for: by name, what goes in and what comes back. */
export type ThreadMethods = Readonly<Record<string, { readonly request: unknown; readonly result: unknown }>>;

interface Call {
  readonly id: number;
  readonly method: string;
  readonly request: unknown;
}

type Answer =
  | { readonly id: number; readonly ok: true; readonly result: unknown }
  | { readonly id: number; readonly ok: false; readonly error: ErrorShape };

/** Something that a thread tells unasked, for the log of the node. */
export interface ThreadReport {
  /** Stable dotted name. */
  readonly event: string;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** A result some of whose memory moves to the caller instead of being copied. */
export class Moved<Result> {
  readonly result: Result;
  readonly memory: readonly Transferable[];

  constructor(result: Result, memory: readonly Transferable[]) {
    this.result = result;
    this.memory = memory;
  }
}

/** Whoever has nothing to say may return anything. */
type Outcome<Result> = undefined extends Result ? unknown : Result | Moved<Result> | Promise<Result | Moved<Result>>;

export type ThreadHandlers<Methods extends ThreadMethods> = {
  readonly [Name in keyof Methods]: (request: Methods[Name]['request']) => Outcome<Methods[Name]['result']>;
};

/**
 * Answers calls in a worker thread. The method `close` is the last: the port is closed behind its answer, and the thread ends.
 *
 * @param toError makes the error with a code of whatever a handler threw
 */
export function answerCalls<Methods extends ThreadMethods>(
  port: MessagePort,
  handlers: ThreadHandlers<Methods>,
  toError: (error: unknown) => SignalboxError,
): void {
  const answer = (message: Answer, memory: readonly Transferable[] = []) => port.postMessage(message, [...memory]);
  port.on('message', async ({ id, method, request }: Call) => {
    try {
      const given = handlers[method]?.(request);
      // A handler that works at once answers at once: nothing that came behind it is done first.
      const outcome = given instanceof Promise ? await given : given;
      if (outcome instanceof Moved) answer({ id, ok: true, result: outcome.result }, outcome.memory);
      else answer({ id, ok: true, result: outcome });
    } catch (error) {
      answer({ id, ok: false, error: toError(error).toShape() });
    }
    if (method === 'close') port.close();
  });
}

export interface ThreadCallsOptions {
  readonly url: URL;
  readonly name: string;
  readonly workerData: unknown;
  /** Told once when the thread ended without having been asked to. */
  readonly onDied: (detail: string) => void;
  readonly onReport?: (report: ThreadReport) => void;
}

/** The caller's side. The thread starts with the first call. */
export class ThreadCalls<Methods extends ThreadMethods> {
  readonly #options: ThreadCallsOptions;
  readonly #waiting = new Map<number, { resolve(result: never): void; reject(error: Error): void }>();
  #worker: Worker | undefined;
  #state: 'new' | 'running' | 'closing' | 'ended' = 'new';
  #nextId = 1;
  #gone: Promise<void> = Promise.resolve();

  constructor(options: ThreadCallsOptions) {
    this.#options = options;
  }

  /** @throws SignalboxError what the thread refused with; `STORAGE_FULL` when it does not run */
  call<Name extends keyof Methods & string>(
    method: Name,
    request: Methods[Name]['request'],
    memory: readonly Transferable[] = [],
  ): Promise<Methods[Name]['result']> {
    if (this.#state === 'closing' || this.#state === 'ended') return Promise.reject(this.#notRunning('no'));
    const worker = this.#worker ?? this.#start();
    return new Promise((resolve, reject) => {
      const id = this.#nextId++;
      this.#waiting.set(id, { resolve, reject });
      const call: Call = { id, method, request };
      worker.postMessage(call, [...memory]);
    });
  }

  /** Lets the thread finish what it has, and resolves when it has ended. A thread that never started needs nothing. */
  async close(): Promise<void> {
    if (this.#state === 'running') {
      const closed = this.call('close', undefined as Methods['close']['request']);
      this.#state = 'closing';
      try {
        await closed;
      } finally {
        await this.#gone;
      }
    }
    await this.#gone;
    this.#state = 'ended';
  }

  #start(): Worker {
    const { url, name, workerData, onDied, onReport } = this.#options;
    const worker = new Worker(url, { name, workerData });
    this.#worker = worker;
    this.#state = 'running';
    let detail = 'it ended by itself';
    worker.on('message', (message: Answer | ThreadReport) => {
      if ('event' in message) onReport?.(message);
      else this.#settle(message);
    });
    worker.once('error', (error) => {
      detail = error.message;
    });
    this.#gone = new Promise((resolve) => {
      worker.once('exit', () => {
        const asked = this.#state === 'closing';
        this.#state = 'ended';
        for (const { reject } of this.#waiting.values()) reject(this.#notRunning('maybe'));
        this.#waiting.clear();
        if (!asked) onDied(detail);
        resolve();
      });
    });
    return worker;
  }

  #settle(answer: Answer): void {
    const waiting = this.#waiting.get(answer.id);
    if (waiting === undefined) return;
    this.#waiting.delete(answer.id);
    if (answer.ok) waiting.resolve(answer.result as never);
    else waiting.reject(SignalboxError.fromShape(answer.error));
  }

  #notRunning(executed: 'no' | 'maybe'): SignalboxError {
    return new SignalboxError('STORAGE_FULL', `The thread ${this.#options.name} of the broker does not run. Restart the broker.`, {
      executed,
    });
  }
}
