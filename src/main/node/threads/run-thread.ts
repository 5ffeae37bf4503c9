import { type MessagePort, parentPort, type Transferable, workerData } from 'node:worker_threads';
import { toErrorShape } from '../../../common/errors.ts';
import type { Problems } from '../telemetry/problems.ts';
import type { Logger } from '../telemetry/types.ts';
import type { FromThread, ThreadContract, ThreadMethods, ToThread } from './contract.ts';

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

/** A request as the handler of it sees it. */
export interface AskedCall<Progress = never> {
  /** Aborted when nobody needs a full answer any more, or the thread stops. */
  readonly signal: AbortSignal;
  readonly progress: (progress: Progress) => void;
}

export type ThreadHandlers<Methods extends ThreadMethods> = {
  readonly [Name in keyof Methods]: (
    request: Methods[Name]['request'],
    call: AskedCall<Methods[Name] extends { readonly progress: infer Progress } ? Progress : never>,
  ) => Outcome<Methods[Name]['result']>;
};

/** What a thread has of the one that started it. */
export interface ThreadSide<Contract extends ThreadContract> {
  readonly data: Contract['data'];
  /** Writes to the log of the node. */
  readonly logger: Logger;
  /** Problems of the node, while this thread lives. */
  readonly problems: Pick<Problems, 'raise' | 'clear'>;
  readonly report: <Name extends keyof Contract['reports'] & string>(name: Name, value: Contract['reports'][Name]) => void;
}

/** What a thread does once it has started. */
export interface ThreadService<Contract extends ThreadContract> {
  readonly ready: Contract['ready'];
  /** A handler that works at once answers at once: nothing that came behind it is done first. */
  readonly methods: ThreadHandlers<Contract['methods']>;
  readonly told: { readonly [Name in keyof Contract['told']]: (value: Contract['told'][Name]) => void };
  /** Ends everything that keeps the thread alive. */
  readonly stop: () => Promise<void> | void;
}

/**
 * Does the work of the worker thread that this is. Requests that come while it starts wait until it has started. A fault that nobody
 * handles, a rejected promise too, ends the thread, and the other side is told.
 *
 * @param start makes the service; what it throws is why the thread did not start, and it leaves nothing behind then
 * @param describe how an error crosses over, where the contract has failures of its own
 * @throws Error this is no worker thread
 */
export function runThread<Contract extends ThreadContract>(
  start: (side: ThreadSide<Contract>) => ThreadService<Contract> | Promise<ThreadService<Contract>>,
  describe: (error: unknown) => Contract['failure'] = toErrorShape,
): void {
  if (parentPort === null) throw new Error('This is the code of a worker thread.');
  void new RunningThread(parentPort, start, describe).run();
}

class RunningThread<Contract extends ThreadContract> {
  readonly #port: MessagePort;
  readonly #start: (side: ThreadSide<Contract>) => ThreadService<Contract> | Promise<ThreadService<Contract>>;
  readonly #describe: (error: unknown) => Contract['failure'];
  /** What is being answered, by its id. */
  readonly #calls = new Map<number, AbortController>();
  /** Came before it had started. */
  #early: ToThread[] = [];
  #service: ThreadService<Contract> | undefined;

  constructor(
    port: MessagePort,
    start: (side: ThreadSide<Contract>) => ThreadService<Contract> | Promise<ThreadService<Contract>>,
    describe: (error: unknown) => Contract['failure'],
  ) {
    this.#port = port;
    this.#start = start;
    this.#describe = describe;
  }

  async run(): Promise<void> {
    this.#port.on('message', (message: ToThread) => {
      if (this.#service === undefined) this.#early.push(message);
      else this.#take(this.#service, message);
    });
    let service: ThreadService<Contract>;
    try {
      service = await this.#start(this.#side());
    } catch (error) {
      this.#post({ type: 'startFailed', failure: this.#describe(error), systemCode: (error as NodeJS.ErrnoException).code });
      this.#port.close();
      return;
    }
    this.#service = service;
    this.#post({ type: 'ready', ready: service.ready });
    const early = this.#early;
    this.#early = [];
    for (const message of early) this.#take(service, message);
  }

  #side(): ThreadSide<Contract> {
    return {
      data: workerData,
      logger: this.#logger(),
      problems: {
        raise: (problem) => this.#post({ type: 'raise', problem }),
        clear: (problemId) => this.#post({ type: 'clear', problemId }),
      },
      report: (name, value) => this.#post({ type: 'report', name, value }),
    };
  }

  #take(service: ThreadService<Contract>, message: ToThread): void {
    switch (message.type) {
      case 'ask':
        void this.#answer(service, message);
        break;
      case 'cancel':
        this.#calls.get(message.id)?.abort();
        break;
      case 'tell':
        service.told[message.name as keyof Contract['told']](message.value as never);
        break;
      case 'stop':
        void this.#stop(service);
        break;
    }
  }

  async #answer(service: ThreadService<Contract>, { id, method, request }: Extract<ToThread, { type: 'ask' }>): Promise<void> {
    const control = new AbortController();
    this.#calls.set(id, control);
    try {
      const call: AskedCall<unknown> = {
        signal: control.signal,
        progress: (progress) => this.#post({ type: 'progress', id, progress }),
      };
      const given: unknown = service.methods[method as keyof Contract['methods']](request, call as never);
      const outcome: unknown = given instanceof Promise ? await given : given;
      if (outcome instanceof Moved) this.#post({ type: 'answer', id, result: outcome.result }, outcome.memory);
      else this.#post({ type: 'answer', id, result: outcome });
    } catch (error) {
      this.#post({ type: 'failed', id, failure: this.#describe(error) });
    } finally {
      this.#calls.delete(id);
    }
  }

  async #stop(service: ThreadService<Contract>): Promise<void> {
    for (const control of this.#calls.values()) control.abort();
    try {
      await service.stop();
    } catch (error) {
      this.#post({ type: 'stopFailed', error: clonable(error) });
    }
    // The thread ends with its last port, once what was posted has gone.
    this.#port.close();
  }

  #logger(): Logger {
    const write =
      (level: keyof Logger) =>
      (event: string, message: string, fields?: Readonly<Record<string, unknown>>): void =>
        this.#post({ type: 'log', level, event, message, fields: fields === undefined ? undefined : plainFields(fields) });
    return {
      trace: write('trace'),
      debug: write('debug'),
      info: write('info'),
      warn: write('warn'),
      error: write('error'),
      fatal: write('fatal'),
    };
  }

  #post(message: FromThread, memory: readonly Transferable[] = []): void {
    this.#port.postMessage(message, [...memory]);
  }
}

function plainFields(fields: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, clonable(value)]));
}

/** Errors keep their text between threads; what cannot be passed on becomes text. */
function clonable(value: unknown): unknown {
  if (value === null || (typeof value !== 'object' && typeof value !== 'function')) return value;
  try {
    return structuredClone(value);
  } catch {
    return String(value);
  }
}
