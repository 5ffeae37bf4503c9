/** What a queue remembers of idempotent producers, so that a repeated append gets the answer of the first. */
import { machineLimits } from './limits.ts';
import type { CommandRefusal, ProducerStamp, QueueId } from './types.ts';

/** Messages that a producer appended without another's between: sequences of the producer `from` to `to` are `firstSequence` on in the queue. */
interface Range {
  readonly from: number;
  to: number;
  readonly firstSequence: number;
}

/** What is kept of one producer in one queue. */
export class ProducerRecord {
  readonly queueId: QueueId;
  readonly producerId: string;
  epoch: number;
  lastSequence = 0;
  usedAtMs: number;
  /** Rises with each use in the group: who was idle longest has the lowest. */
  use: number;
  gone = false;
  ranges: Range[] = [];

  constructor(queueId: QueueId, producerId: string, epoch: number, usedAtMs: number, use: number) {
    this.queueId = queueId;
    this.producerId = producerId;
    this.epoch = epoch;
    this.usedAtMs = usedAtMs;
    this.use = use;
  }

  /** The next epoch: what was known of the one before does not count any more. */
  begin(epoch: number): void {
    this.epoch = epoch;
    this.lastSequence = 0;
    this.ranges = [];
  }

  /** Notes an append that was taken. */
  appended(sequence: number, count: number, firstSequence: number): void {
    const last = this.ranges.at(-1);
    this.lastSequence = sequence + count - 1;
    if (last !== undefined && last.to + 1 === sequence && last.firstSequence + sequence - last.from === firstSequence) {
      last.to = this.lastSequence;
      return;
    }
    this.ranges.push({ from: sequence, to: this.lastSequence, firstSequence });
    if (this.ranges.length > machineLimits.rangesPerProducer) this.ranges.shift();
  }
}

export type StampJudgement =
  | { readonly verdict: 'next' }
  | { readonly verdict: 'repeated'; readonly firstSequence: number }
  | { readonly verdict: 'refused'; readonly refusal: CommandRefusal };

const next: StampJudgement = { verdict: 'next' };

/**
 * Whether messages with a stamp are the next of their producer, were appended before, or must not be appended.
 *
 * @param record what the queue knows of the producer; undefined: nothing
 * @param count messages of the append
 */
export function judgeStamp(record: ProducerRecord | undefined, stamp: ProducerStamp, count: number): StampJudgement {
  const { producerId, epoch, sequence } = stamp;
  if (record === undefined) {
    if (sequence === 1) return next;
    return refuse(
      'PRODUCER_DUPLICATE_LOST',
      `The queue does not remember producer ${producerId}: whether message ${sequence} of it was appended is not known.`,
    );
  }
  if (epoch < record.epoch)
    return refuse('PRODUCER_FENCED', `Producer ${producerId} was taken over: epoch ${epoch} ended when epoch ${record.epoch} began.`);
  const last = epoch > record.epoch ? 0 : record.lastSequence;
  if (sequence === last + 1) return next;
  if (sequence > last + 1)
    return refuse(
      'PRODUCER_GAP',
      `Producer ${producerId} sent message ${sequence} before message ${last + 1}: something between is missing.`,
    );
  return judgeRepeat(record, stamp, sequence + count - 1);
}

function judgeRepeat(record: ProducerRecord, { producerId, sequence }: ProducerStamp, end: number): StampJudgement {
  const range = record.ranges.findLast(({ from }) => from <= sequence);
  if (range === undefined)
    return refuse(
      'PRODUCER_DUPLICATE_LOST',
      `Message ${sequence} of producer ${producerId} was appended, so long ago that its place is not remembered.`,
    );
  if (end > range.to)
    return refuse(
      'CONFLICT',
      `Of messages ${sequence} to ${end} of producer ${producerId} only a part was appended before: the first time they were sent otherwise.`,
    );
  return { verdict: 'repeated', firstSequence: range.firstSequence + sequence - range.from };
}

function refuse(code: CommandRefusal['code'], message: string): StampJudgement {
  return { verdict: 'refused', refusal: { ok: false, code, message } };
}

/** The producers of one queue; the one that was idle longest is forgotten first. */
export class ProducerTable {
  /** Who was used longest ago is first. */
  readonly #records = new Map<string, ProducerRecord>();

  get size(): number {
    return this.#records.size;
  }

  get(producerId: string): ProducerRecord | undefined {
    return this.#records.get(producerId);
  }

  /** By last use, oldest first. */
  values(): IterableIterator<ProducerRecord> {
    return this.#records.values();
  }

  /** Notes a use, or a new producer. @returns the one that had to be forgotten for it */
  use(record: ProducerRecord): ProducerRecord | undefined {
    this.#records.delete(record.producerId);
    this.#records.set(record.producerId, record);
    if (this.#records.size <= machineLimits.producersPerQueue) return undefined;
    const oldest = this.#records.values().next().value as ProducerRecord;
    this.#records.delete(oldest.producerId);
    return oldest;
  }

  /** Forgets who was last used before a time. @returns them */
  forgetBefore(timeMs: number): readonly ProducerRecord[] {
    const forgotten: ProducerRecord[] = [];
    for (const record of this.#records.values()) {
      if (record.usedAtMs >= timeMs) break;
      this.#records.delete(record.producerId);
      forgotten.push(record);
    }
    return forgotten;
  }
}
