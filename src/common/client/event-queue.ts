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

interface Waiter {
  readonly resolve: (result: IteratorResult<EventMessage>) => void;
  readonly reject: (error: unknown) => void;
}

/** A bounded queue between the transport and its reader; the oldest event goes first when it is full. */
export class EventQueue {
  readonly #maxItems: number;
  #items: EventMessage[] = [];
  /** Calls of {@link next} that came before their event; only while there are no items. */
  readonly #waiting: Waiter[] = [];
  #ended = false;
  #error: unknown;
  dropped = 0;

  constructor(maxItems: number) {
    this.#maxItems = maxItems;
  }

  push(event: EventMessage): void {
    if (this.#ended) return;
    const waiter = this.#waiting.shift();
    if (waiter !== undefined) {
      waiter.resolve({ done: false, value: event });
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
    for (const { resolve, reject } of this.#waiting.splice(0)) {
      if (error === undefined) resolve({ done: true, value: undefined });
      else reject(error);
    }
  }

  /** The next event; several calls may wait at once and are served in their order, as the protocol of iterators allows. */
  next(): Promise<IteratorResult<EventMessage>> {
    const item = this.#items.shift();
    if (item !== undefined) return Promise.resolve({ done: false, value: item });
    if (this.#ended) return this.#error === undefined ? Promise.resolve({ done: true, value: undefined }) : Promise.reject(this.#error);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
    });
  }
}
