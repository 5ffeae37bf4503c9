import { SignalboxError } from '../../../../common/errors.ts';
import type { AgentAsk, FromAgentWorker, ToAgentWorker } from './worker-messages.ts';

interface Pending {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: SignalboxError) => void;
}

/** Questions to the thread of the tunnels that wait for their answer. */
export class WorkerAsks {
  readonly #post: (message: ToAgentWorker) => void;
  readonly #pending = new Map<number, Pending>();
  #nextId = 1;

  constructor(post: (message: ToAgentWorker) => void) {
    this.#post = post;
  }

  /** @param signal lets the thread stop waiting; its answer still comes @throws SignalboxError of the thread; `INTERNAL` it has ended */
  ask(ask: AgentAsk, signal?: AbortSignal): Promise<unknown> {
    const id = this.#nextId++;
    const cancel = () => this.#post({ type: 'cancel', id });
    signal?.addEventListener('abort', cancel, { once: true });
    return new Promise<unknown>((resolve, reject) => {
      this.#pending.set(id, { resolve, reject });
      this.#post({ type: 'ask', id, ask });
      if (signal?.aborted === true) cancel();
    }).finally(() => signal?.removeEventListener('abort', cancel));
  }

  answered(message: Extract<FromAgentWorker, { type: 'answer' | 'failed' }>): void {
    const pending = this.#pending.get(message.id);
    this.#pending.delete(message.id);
    if (message.type === 'answer') pending?.resolve(message.result);
    else pending?.reject(SignalboxError.fromShape(message.error));
  }

  /** The thread is gone. */
  abandon(): void {
    const error = new SignalboxError('INTERNAL', 'The tunnels of this node have stopped.', { executed: 'maybe' });
    for (const { reject } of this.#pending.values()) reject(error);
    this.#pending.clear();
  }
}
