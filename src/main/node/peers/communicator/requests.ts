import { randomUUID } from 'node:crypto';
import { SignalboxError } from '../../../../common/errors.ts';
import type { Delivery, PeerMessage } from '../types.ts';
import { communicatorLimits } from './limits.ts';
import { errorOfMessage } from './network-errors.ts';

interface Pending {
  readonly nodeId: string;
  readonly resolve: (answer: PeerMessage) => void;
  readonly reject: (error: unknown) => void;
}

/** A request, and how it is sent. */
export interface Asking {
  readonly nodeId: string;
  /** For people. */
  readonly name: string;
  readonly type: string;
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
  readonly send: (requestId: string) => Promise<Delivery>;
}

/** Requests to peers that wait for the message which answers them. */
export class Requests {
  readonly #pending = new Map<string, Pending>();

  get size(): number {
    return this.#pending.size;
  }

  /**
   * Sends a request and waits for its answer.
   *
   * @throws SignalboxError `OVERLOADED`, `TIMEOUT`, `CANCELLED`, the error that came in answer, the refusal of the peer, and what `send` throws
   */
  async ask({ nodeId, name, type, timeoutMs, signal, send }: Asking): Promise<PeerMessage> {
    const { requestId, answer } = this.#open(nodeId);
    const fail = (error: unknown) => this.#take(requestId)?.reject(error);
    const timer = setTimeout(() => fail(timeoutOf(name, type, timeoutMs)), timeoutMs);
    const cancel = () => fail(new SignalboxError('CANCELLED', 'The request was cancelled.', { executed: 'maybe' }));
    signal?.addEventListener('abort', cancel, { once: true });
    if (signal?.aborted === true) cancel();
    else
      send(requestId)
        .then(({ settled }) => settled)
        .then((outcome) => {
          if (outcome.outcome === 'expired') fail(timeoutOf(name, type, timeoutMs));
          else if (outcome.outcome !== 'taken') fail(outcome.error);
        })
        .catch(fail);
    try {
      return await answer;
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', cancel);
    }
  }

  #open(nodeId: string): { readonly requestId: string; readonly answer: Promise<PeerMessage> } {
    if (this.#pending.size >= communicatorLimits.requests)
      throw new SignalboxError('OVERLOADED', `${this.#pending.size} requests already wait for other nodes. This one was not sent.`, {
        executed: 'no',
      });
    const requestId = randomUUID();
    const answer = new Promise<PeerMessage>((resolve, reject) => {
      this.#pending.set(requestId, { nodeId, resolve, reject });
    });
    return { requestId, answer };
  }

  /** True for the answer to a request of this node, from the node that was asked. */
  isAwaited(nodeId: string, message: PeerMessage): boolean {
    return typeof message.request_id === 'string' && this.#pending.get(message.request_id)?.nodeId === nodeId;
  }

  /** Takes an answer that {@link isAwaited}. */
  answered(message: PeerMessage): void {
    const pending = this.#take(message.request_id);
    if (message.type === 'Error') pending?.reject(errorOfMessage(message));
    else pending?.resolve(message);
  }

  failAll(error: SignalboxError): void {
    for (const requestId of [...this.#pending.keys()]) this.#take(requestId)?.reject(error);
  }

  #take(requestId: unknown): Pending | undefined {
    if (typeof requestId !== 'string') return undefined;
    const pending = this.#pending.get(requestId);
    this.#pending.delete(requestId);
    return pending;
  }
}

/** @param name of the node, for people */
export function timeoutOf(name: string, type: string, timeoutMs: number): SignalboxError {
  return new SignalboxError('TIMEOUT', `The node ${name} did not answer a ${type} within ${Math.round(timeoutMs / 1_000)} s.`, {
    executed: 'maybe',
  });
}
