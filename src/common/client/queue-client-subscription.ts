import { SignalboxError } from '../errors.ts';
import type { QueueRecord } from './queue-client-records.ts';

/** What a subscription asks of its client. */
export interface SubscriptionPort {
  /** Subscribes, after `lastSequence` when something was given already. @returns the id by which deliveries are known */
  subscribe(subscription: QueueSubscription, lastSequence: number | undefined): Promise<void>;
  /** Allows more messages. */
  grant(subscription: QueueSubscription, credit: number): void;
  unsubscribe(subscription: QueueSubscription): void;
}

interface Reader {
  readonly resolve: (result: IteratorResult<QueueRecord>) => void;
  readonly reject: (error: unknown) => void;
}

const done: IteratorResult<QueueRecord> = { done: true, value: undefined };

/**
 * Messages of a queue as they come, with `for await`. At most as many are here unread as the credit allows. A failover is bridged: the
 * messages go on where they were.
 */
export class QueueSubscription implements AsyncIterable<QueueRecord> {
  readonly #port: SubscriptionPort;
  readonly #credit: number;
  #records: QueueRecord[] = [];
  #readers: Reader[] = [];
  /** Read since credit was given the last time. */
  #read = 0;
  #last: number | undefined;
  #begun = false;
  #ended = false;
  #error: unknown;

  /** @param credit messages that may be here unread */
  constructor(port: SubscriptionPort, credit: number) {
    this.#port = port;
    this.#credit = credit;
  }

  /** What may come when it begins, or begins anew. */
  get openCredit(): number {
    return Math.max(1, this.#credit - this.#records.length);
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** The last message that came; undefined: none yet. */
  get lastSequence(): number | undefined {
    return this.#last;
  }

  /** Takes messages that a broker sent; those that were here before a failover are passed over. */
  deliver(records: readonly QueueRecord[]): void {
    for (const record of records) {
      if (this.#ended) return;
      if (record.sequence <= (this.#last ?? 0)) {
        this.#count();
        continue;
      }
      this.#last = record.sequence;
      const reader = this.#readers.shift();
      if (reader === undefined) this.#records.push(record);
      else {
        reader.resolve({ done: false, value: record });
        this.#count();
      }
    }
  }

  /** Begins, or begins anew: the way to the broker was lost, or it leads no more. Once begun it is tried as long as it takes. */
  restart(): void {
    if (this.#ended) return;
    this.#read = 0;
    this.#port.subscribe(this, this.#last).then(
      () => {
        this.#begun = true;
      },
      (error: unknown) => {
        if (this.#begun && error instanceof SignalboxError && error.retryable) this.restart();
        else this.end(error);
      },
    );
  }

  /** Ends it. What came before is still read. @param error why; absent: it was closed here */
  end(error?: unknown): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#error = error;
    const readers = this.#readers;
    this.#readers = [];
    for (const { resolve, reject } of readers) {
      if (error === undefined) resolve(done);
      else reject(error);
    }
  }

  /** Ends it from the reader's side. */
  close(): void {
    if (this.#ended) return;
    this.#port.unsubscribe(this);
    this.end();
  }

  [Symbol.asyncIterator](): AsyncIterator<QueueRecord> {
    return {
      next: () => this.#next(),
      return: () => {
        this.close();
        return Promise.resolve(done);
      },
    };
  }

  #next(): Promise<IteratorResult<QueueRecord>> {
    const record = this.#records.shift();
    if (record !== undefined) {
      this.#count();
      return Promise.resolve({ done: false, value: record });
    }
    if (this.#ended) return this.#error === undefined ? Promise.resolve(done) : Promise.reject(this.#error);
    return new Promise((resolve, reject) => {
      this.#readers.push({ resolve, reject });
    });
  }

  /** Credit is given back in halves: not for each message a request. */
  #count(): void {
    this.#read++;
    if (this.#read < Math.ceil(this.#credit / 2) || this.#ended) return;
    this.#port.grant(this, this.#read);
    this.#read = 0;
  }
}

/** The error of a subscription that a broker ended. */
export function endedBy(fields: Readonly<Record<string, unknown>>): SignalboxError {
  return SignalboxError.fromShape(fields as { readonly code?: string; readonly message?: string });
}
