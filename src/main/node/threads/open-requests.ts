import type { Transferable } from 'node:worker_threads';
import type { SignalboxError } from '../../../common/errors.ts';
import type { ToThread } from './contract.ts';
import type { ThreadErrors } from './thread-errors.ts';

/** How an answer is waited for. */
export interface AskOptions {
  /** Longest wait, milliseconds; absent: as long as it takes, or until the thread is gone. */
  readonly timeoutMs?: number | undefined;
  /** Aborted: the thread is told to leave it; its answer is still waited for. */
  readonly cancel?: AbortSignal | undefined;
  /** Aborted: nobody waits any more, and the thread goes on. */
  readonly leave?: AbortSignal | undefined;
  readonly onProgress?: ((progress: never) => void) | undefined;
  /** Memory of the request that moves to the thread instead of being copied. */
  readonly memory?: readonly Transferable[];
}

interface Waiting {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
  readonly onProgress: ((progress: never) => void) | undefined;
  /** Ends what was begun for it: timer and listeners. */
  readonly release: () => void;
}

export interface OpenRequestsOptions {
  /** Requests that may wait at once. */
  readonly most: number;
  readonly errors: ThreadErrors;
  readonly post: (message: ToThread, memory: readonly Transferable[]) => void;
}

/** What a thread was asked and has not answered: each is settled once, whatever becomes of the thread. */
export class OpenRequests {
  readonly #options: OpenRequestsOptions;
  readonly #waiting = new Map<number, Waiting>();
  #nextId = 1;

  constructor(options: OpenRequestsOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#waiting.size;
  }

  /** @throws SignalboxError of the thread, or one of {@link ThreadErrors}: `busy`, `late`, `left`, `stopped` */
  ask(method: string, request: unknown, options: AskOptions = {}): Promise<unknown> {
    const { most, errors, post } = this.#options;
    if (this.#waiting.size >= most) return Promise.reject(errors.busy());
    const { timeoutMs, cancel, leave, onProgress, memory = [] } = options;
    if (leave?.aborted === true) return Promise.reject(errors.left());
    return new Promise((resolve, reject) => {
      const id = this.#nextId++;
      const onCancel = () => post({ type: 'cancel', id }, []);
      const onLeave = () => this.failed(id, errors.left());
      const timer = timeoutMs === undefined ? undefined : setTimeout(() => this.failed(id, errors.late()), timeoutMs);
      const release = () => {
        clearTimeout(timer);
        cancel?.removeEventListener('abort', onCancel);
        leave?.removeEventListener('abort', onLeave);
      };
      this.#waiting.set(id, { resolve, reject, onProgress, release });
      try {
        post({ type: 'ask', id, method, request }, memory);
      } catch (error) {
        // It cannot be put into a message, so nobody will answer it.
        this.failed(id, error as Error);
        return;
      }
      if (cancel?.aborted === true) onCancel();
      cancel?.addEventListener('abort', onCancel, { once: true });
      leave?.addEventListener('abort', onLeave, { once: true });
    });
  }

  answered(id: number, result: unknown): void {
    this.#take(id)?.resolve(result);
  }

  failed(id: number, error: Error): void {
    this.#take(id)?.reject(error);
  }

  progressed(id: number, progress: unknown): void {
    this.#waiting.get(id)?.onProgress?.(progress as never);
  }

  /** Nobody is there any more to answer. */
  abandon(error: () => SignalboxError): void {
    for (const id of [...this.#waiting.keys()]) this.failed(id, error());
  }

  /** An answer for which nobody waits any more is dropped. */
  #take(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    waiting?.release();
    return waiting;
  }
}
