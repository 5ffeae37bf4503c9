import { SignalboxError } from '../../../common/errors.ts';
import type { OperationAnswer, OperationOptions, OperationRequest } from './broker-face.ts';
import { brokerLimits } from './limits.ts';
import type { Caller } from './server/operations/index.ts';
import type { ToBrokerWorker } from './worker-messages.ts';

interface Waiting {
  readonly resolve: (answer: OperationAnswer) => void;
  readonly reject: (error: Error) => void;
  readonly onProgress: OperationOptions['onProgress'];
  readonly timer: NodeJS.Timeout | undefined;
  readonly stop: () => void;
}

/** Operations that take as long as they take; whoever asked may stop waiting. */
const unhurried: ReadonlySet<string> = new Set(['GROUP_JOIN', 'LEAVE_CLUSTER', 'BACKUP', 'RESTORE']);

/** What the node's own thread asked of the broker and is not answered yet, with deadlines and a bound. */
export class NodeRequests {
  readonly #post: (message: ToBrokerWorker) => void;
  readonly #waiting = new Map<number, Waiting>();
  #nextId = 1;

  constructor(post: (message: ToBrokerWorker) => void) {
    this.#post = post;
  }

  ask(operation: OperationRequest, caller: Caller, { signal, onProgress }: OperationOptions): Promise<OperationAnswer> {
    if (this.#waiting.size >= brokerLimits.requestsOfNode)
      return Promise.resolve({
        status: 'error',
        code: 'OVERLOADED',
        message: 'The queue broker has too much to do. Try again.',
        executed: 'no',
      });
    if (signal?.aborted === true) return Promise.reject(cancelled());
    return new Promise((resolve, reject) => {
      const id = this.#nextId++;
      const onAbort = () => this.#take(id)?.reject(cancelled());
      signal?.addEventListener('abort', onAbort, { once: true });
      const timer = unhurried.has(operation.operation) ? undefined : setTimeout(() => this.answered(id, late), deadlineOf(operation));
      this.#waiting.set(id, { resolve, reject, onProgress, timer, stop: () => signal?.removeEventListener('abort', onAbort) });
      this.#post({ type: 'request', id, operation, caller });
    });
  }

  answered(id: number, answer: OperationAnswer): void {
    this.#take(id)?.resolve(answer);
  }

  progressed(id: number, progress: Readonly<Record<string, unknown>>): void {
    this.#waiting.get(id)?.onProgress?.(progress);
  }

  /** Nobody is there any more to answer. */
  abandon(error: Error): void {
    for (const id of [...this.#waiting.keys()]) this.#take(id)?.reject(error);
  }

  #take(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) return undefined;
    this.#waiting.delete(id);
    clearTimeout(waiting.timer);
    waiting.stop();
    return waiting;
  }
}

const late: OperationAnswer = {
  status: 'error',
  code: 'TIMEOUT',
  message: 'The queue broker of this node did not answer in time. It may still happen.',
  executed: 'maybe',
};

function deadlineOf({ timeout_ms: timeoutMs, wait_ms: waitMs }: OperationRequest): number {
  const base = typeof timeoutMs === 'number' ? timeoutMs : brokerLimits.requestOfNodeMs;
  return base + (typeof waitMs === 'number' ? waitMs : 0);
}

function cancelled(): SignalboxError {
  return new SignalboxError('CANCELLED', 'The operation on the queue was cancelled. It may still happen.', { executed: 'maybe' });
}
