import { randomUUID } from 'node:crypto';
import { SignalboxError } from '../../../../common/errors.ts';
import type { PeerMessage } from '../types.ts';
import { communicatorLimits } from './limits.ts';
import { errorOfMessage } from './network-errors.ts';

interface Pending {
  readonly nodeId: string;
  readonly resolve: (answer: PeerMessage) => void;
  readonly reject: (error: unknown) => void;
}

/** Requests to peers that wait for the message which answers them. */
export class Requests {
  readonly #pending = new Map<string, Pending>();

  get size(): number {
    return this.#pending.size;
  }

  /** @throws SignalboxError `OVERLOADED` */
  open(nodeId: string): { readonly requestId: string; readonly answer: Promise<PeerMessage> } {
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

  /** Nobody waits any more. */
  fail(requestId: string, error: unknown): void {
    this.#take(requestId)?.reject(error);
  }

  failAll(error: SignalboxError): void {
    for (const requestId of [...this.#pending.keys()]) this.fail(requestId, error);
  }

  #take(requestId: unknown): Pending | undefined {
    if (typeof requestId !== 'string') return undefined;
    const pending = this.#pending.get(requestId);
    this.#pending.delete(requestId);
    return pending;
  }
}
