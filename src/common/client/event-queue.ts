import type { EventMessage } from '../wire/messages.ts';

/** Events of one subscription: read with `for await`, ended with `dispose`. */
export interface Subscription extends AsyncIterable<EventMessage> {
  /** Resolves when the node has confirmed the subscription; rejects with its refusal. */
  readonly ready: Promise<void>;
  /** Events this client itself threw away because its reader was too slow. */
  readonly dropped: number;
  /** Ends the subscription and the iteration. Safe to call twice. */
  dispose(): void;
}

/** A bounded queue between the transport and one reader; the oldest event goes first when it is full. */
export class EventQueue {
  readonly #maxItems: number;
  #items: EventMessage[] = [];
  #waiting: { resolve: (result: IteratorResult<EventMessage>) => void; reject: (error: unknown) => void } | undefined;
  #ended = false;
  #error: unknown;
  dropped = 0;

  constructor(maxItems: number) {
    this.#maxItems = maxItems;
  }

  push(event: EventMessage): void {
    if (this.#ended) return;
    if (this.#waiting !== undefined) {
      const { resolve } = this.#waiting;
      this.#waiting = undefined;
      resolve({ done: false, value: event });
      return;
    }
    if (this.#items.length >= this.#maxItems) {
      this.#items.shift();
      this.dropped++;
    }
    this.#items.push(event);
  }

  end(error?: unknown): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#error = error;
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting === undefined) return;
    if (error === undefined) waiting.resolve({ done: true, value: undefined });
    else waiting.reject(error);
  }

  next(): Promise<IteratorResult<EventMessage>> {
    const item = this.#items.shift();
    if (item !== undefined) return Promise.resolve({ done: false, value: item });
    if (this.#ended) return this.#error === undefined ? Promise.resolve({ done: true, value: undefined }) : Promise.reject(this.#error);
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
    });
  }
}
