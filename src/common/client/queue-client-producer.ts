import { SignalboxError } from '../errors.ts';
import { joinBytes } from './queue-client-bytes.ts';
import type { QueueAnswer } from './queue-client-connection.ts';
import { encodeRecords, type QueueInput } from './queue-client-records.ts';

/** How a producer reaches its queue. */
export interface ProducerPort {
  /** Asks for the next epoch. */
  register(): Promise<number>;
  /** Sends messages with a stamp; repeats by itself what may be repeated. */
  append(stamp: { readonly epoch: number; readonly sequence: number }, count: number, records: Uint8Array): Promise<QueueAnswer>;
}

export interface AppendedAt {
  /** Sequence of the first message in the queue. */
  readonly firstSequence: number;
  readonly count: number;
}

/** One call of {@link QueueProducer.append}. */
interface Waiting {
  /** Rises with each call. */
  readonly order: number;
  readonly count: number;
  readonly records: Uint8Array;
  readonly resolve: (at: AppendedAt) => void;
  readonly reject: (error: unknown) => void;
}

/** Calls that go as one append. */
interface Batch {
  readonly calls: readonly Waiting[];
  readonly count: number;
  /** Of its first message, by the producer's own count; given anew when one before it was refused. */
  sequence: number;
}

/** Messages and bytes that one append takes from those waiting. */
const batchMessages = 1_000;
const batchBytes = 524_288;
/** Refusals that one message of several may be the reason of. */
const refusedForOne: ReadonlySet<string> = new Set(['QUEUE_FULL', 'TOO_LARGE', 'INVALID_PARAMS']);
const waitingCalls = 100_000;
const waitingBytes = 67_108_864;

/**
 * Appends each message exactly once, in the order of the calls, whatever happens to brokers and connections: each append carries a stamp and
 * is sent again with it until it is answered. What is called while appends are on their way goes with the next ones together.
 */
export class QueueProducer {
  readonly #port: ProducerPort;
  readonly #maxInFlight: number;
  #epoch: Promise<number> | undefined;
  /** Of the next message that gets its place in a batch. */
  #sequence = 1;
  #waiting: Waiting[] = [];
  #calls = 0;
  #waitingBytes = 0;
  /** Sent and not answered, oldest first. */
  #inFlight: Batch[] = [];
  /** Batches to be sent anew, before anything that waits: one before them was refused. */
  #again: Batch[] = [];
  /** Nothing is sent until everything on its way is answered. */
  #held = false;
  #ended: SignalboxError | undefined;

  /** @param maxInFlight appends at once; with 1 each waits for the one before */
  constructor(port: ProducerPort, maxInFlight: number) {
    this.#port = port;
    this.#maxInFlight = maxInFlight;
  }

  /**
   * Appends messages. They stay together and in the order of the calls.
   *
   * @returns where they are, once they are on the disks of a majority
   * @throws SignalboxError what the queue refuses (`QUEUE_FULL`, `TOO_LARGE`, `FORBIDDEN` …): not appended; `PRODUCER_FENCED`: another has taken
   * over; `TIMEOUT`: not known, and the producer ends; `OVERLOADED`: too much is waiting here
   */
  append(messages: readonly QueueInput[]): Promise<AppendedAt> {
    if (this.#ended !== undefined) return Promise.reject(this.#ended);
    let records: Uint8Array;
    try {
      records = encodeRecords(messages);
    } catch (error) {
      return Promise.reject(error);
    }
    if (messages.length === 0) return Promise.reject(new SignalboxError('INVALID_PARAMS', 'There is no message to append.'));
    if (this.#waiting.length >= waitingCalls || this.#waitingBytes + records.byteLength > waitingBytes)
      return Promise.reject(
        new SignalboxError('OVERLOADED', 'Too many messages wait to be appended. Wait for some answers.', { executed: 'no' }),
      );
    return new Promise((resolve, reject) => {
      this.#waiting.push({ order: this.#calls++, count: messages.length, records, resolve, reject });
      this.#waitingBytes += records.byteLength;
      this.#pump();
    });
  }

  /** Ends it: what waits is not sent any more. Appends on their way may still be answered. */
  close(): void {
    this.#end(new SignalboxError('CANCELLED', 'The producer was closed.', { executed: 'no' }));
  }

  #pump(): void {
    while (!this.#held && this.#ended === undefined && this.#inFlight.length < this.#maxInFlight) {
      const batch = this.#again.shift() ?? this.#nextBatch();
      if (batch === undefined) return;
      batch.sequence = this.#sequence;
      this.#sequence += batch.count;
      this.#inFlight.push(batch);
      void this.#send(batch);
    }
  }

  #nextBatch(): Batch | undefined {
    let taken = 0;
    let count = 0;
    let bytes = 0;
    for (const call of this.#waiting) {
      const fits = count + call.count <= batchMessages && bytes + call.records.byteLength <= batchBytes;
      if (taken > 0 && !fits) break;
      taken++;
      count += call.count;
      bytes += call.records.byteLength;
    }
    if (taken === 0) return undefined;
    this.#waitingBytes -= bytes;
    return { calls: this.#waiting.splice(0, taken), count, sequence: 0 };
  }

  async #send(batch: Batch): Promise<void> {
    try {
      const epoch = await this.#currentEpoch();
      const records = batch.calls.length === 1 ? (batch.calls[0] as Waiting).records : joinBytes(batch.calls.map((call) => call.records));
      const { fields } = await this.#port.append({ epoch, sequence: batch.sequence }, batch.count, records);
      this.#answered(batch, fields.sequence_num as number);
    } catch (error) {
      this.#failed(batch, error);
    }
  }

  #currentEpoch(): Promise<number> {
    this.#epoch ??= this.#port.register().catch((error: unknown) => {
      this.#epoch = undefined;
      throw error;
    });
    return this.#epoch;
  }

  #answered(batch: Batch, firstSequence: number): void {
    let at = firstSequence;
    for (const { count, resolve } of batch.calls) {
      resolve({ firstSequence: at, count });
      at += count;
    }
    this.#settled(batch);
  }

  /** A refusal leaves a gap in the count, so all that was sent after it is refused too, and gets new places once nothing is on its way. */
  #failed(batch: Batch, error: unknown): void {
    const { code, executed } = error instanceof SignalboxError ? error : { code: 'INTERNAL', executed: 'maybe' };
    const known = code !== 'PRODUCER_FENCED' && code !== 'PRODUCER_DUPLICATE_LOST' && code !== 'CONFLICT' && executed !== 'maybe';
    if (!known) {
      // Whether it was appended is not known, so nothing after it may get a place.
      this.#end(error as SignalboxError);
      for (const { reject } of batch.calls) reject(error);
    } else if (code === 'PRODUCER_GAP' && (this.#held || this.#inFlight[0] !== batch)) {
      this.#held = true;
      this.#again.push(batch);
    } else if (batch.calls.length > 1 && refusedForOne.has(code)) {
      // One of them is refused, but not which: each alone.
      this.#held = true;
      this.#again.push(...batch.calls.map((call) => ({ calls: [call], count: call.count, sequence: batch.sequence })));
    } else {
      this.#held = true;
      for (const { reject } of batch.calls) reject(error);
    }
    if (this.#held) this.#sequence = Math.min(this.#sequence, batch.sequence);
    this.#settled(batch);
  }

  #settled(batch: Batch): void {
    this.#inFlight = this.#inFlight.filter((other) => other !== batch);
    if (this.#held && this.#inFlight.length === 0) {
      this.#held = false;
      this.#again.sort((one, other) => orderOf(one) - orderOf(other));
    }
    this.#pump();
  }

  #end(error: SignalboxError): void {
    if (this.#ended !== undefined) return;
    this.#ended = error;
    const waiting = [...this.#again.flatMap(({ calls }) => calls), ...this.#waiting];
    this.#again = [];
    this.#waiting = [];
    this.#waitingBytes = 0;
    for (const { reject } of waiting) reject(error);
  }
}

function orderOf({ calls }: Batch): number {
  return (calls[0] as Waiting).order;
}
