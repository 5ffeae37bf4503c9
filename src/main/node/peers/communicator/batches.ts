import type { CarrierKind } from '../../../../common/contract/nodes.ts';
import { communicatorLimits } from './limits.ts';
import type { OutgoingMessage } from './outgoing-message.ts';

/** Messages that left together and are not acknowledged yet. */
export interface Batch {
  readonly seq: number;
  readonly way: CarrierKind;
  readonly messages: readonly OutgoingMessage[];
  readonly sizeBytes: number;
  /** It holds urgent messages, which have a window of their own. */
  readonly isUrgent: boolean;
  /** On a clock that is never set. */
  readonly sentMs: number;
  /** Messages that left before it, since the start. */
  readonly ordinal: number;
  /** How often its first message was sent before. */
  readonly repeats: number;
  /** Batches that left later, the same way, and are acknowledged already. */
  passedBy: number;
}

/** What is on its way to one peer. */
export class Batches {
  readonly #inFlight = new Map<number, Batch>();
  /** Given up, and perhaps acknowledged yet: by a peer that is slower than was thought. */
  readonly #late = new Map<number, Batch>();
  #sharedBytes = 0;
  #urgent = 0;

  /** Bytes on their way, urgent messages left out. */
  get sharedBytes(): number {
    return this.#sharedBytes;
  }

  /** Urgent messages on their way. */
  get urgent(): number {
    return this.#urgent;
  }

  get size(): number {
    return this.#inFlight.size;
  }

  /** The one that waits longest. */
  get oldest(): Batch | undefined {
    return this.#inFlight.values().next().value;
  }

  /** Counts an acknowledged batch for those that left before it the same way. @returns those that were passed so often that they are lost */
  passed({ seq, way, isUrgent }: Batch): readonly Batch[] {
    const lost: Batch[] = [];
    for (const batch of this.#inFlight.values()) {
      if (batch.seq > seq || batch.way !== way || batch.isUrgent !== isUrgent) continue;
      if (++batch.passedBy >= communicatorLimits.passedBy) lost.push(batch);
    }
    return lost;
  }

  /** Whether something is on its way by a carrier. */
  isOn(way: CarrierKind): boolean {
    for (const batch of this.#inFlight.values()) if (batch.way === way) return true;
    return false;
  }

  values(): IterableIterator<Batch> {
    return this.#inFlight.values();
  }

  all(): readonly Batch[] {
    return [...this.#inFlight.values()];
  }

  /** Messages and bytes on their way. */
  figures(): { readonly messages: number; readonly sizeBytes: number } {
    let messages = 0;
    let sizeBytes = 0;
    for (const batch of this.#inFlight.values()) {
      messages += batch.messages.length;
      sizeBytes += batch.sizeBytes;
    }
    return { messages, sizeBytes };
  }

  add(batch: Batch): void {
    this.#inFlight.set(batch.seq, batch);
    this.#count(batch, 1);
  }

  /** A batch is acknowledged. @returns undefined: it was never sent, or so long ago that nobody remembers */
  acknowledged(seq: number): { readonly batch: Batch; readonly isLate: boolean } | undefined {
    const batch = this.#inFlight.get(seq);
    if (batch !== undefined) {
      this.#inFlight.delete(seq);
      this.#count(batch, -1);
      return { batch, isLate: false };
    }
    const late = this.#late.get(seq);
    this.#late.delete(seq);
    return late === undefined ? undefined : { batch: late, isLate: true };
  }

  /** A batch is given up; an acknowledgement that comes yet still counts. */
  giveUp(batch: Batch): void {
    if (!this.#inFlight.delete(batch.seq)) return;
    this.#count(batch, -1);
    if (this.#late.size >= communicatorLimits.lateBatches) this.#late.delete(this.#late.keys().next().value ?? 0);
    this.#late.set(batch.seq, batch);
  }

  #count({ isUrgent, messages, sizeBytes }: Batch, sign: 1 | -1): void {
    if (isUrgent) this.#urgent += sign * messages.length;
    else this.#sharedBytes += sign * sizeBytes;
  }
}
