/** How depth and rates of queues went, as the broker that leads them saw it: a sample every few seconds, in rings of fixed size. */

/** What is counted of a queue at a moment. */
export interface QueueCounts {
  readonly queueId: string;
  readonly messages: number;
  /** Appended since the queue was created: its last sequence. */
  readonly appended: number;
  /** Taken by clients since this broker leads it. */
  readonly taken: number;
}

export interface SeriesAnswer {
  readonly stepMs: number;
  /** Beginning of each step, milliseconds since the epoch. */
  readonly at: readonly number[];
  /** null: this broker did not lead the queue then, or had nothing to compare with. */
  readonly inPerSecond: readonly (number | null)[];
  readonly outPerSecond: readonly (number | null)[];
  readonly messages: readonly (number | null)[];
}

const stepMs = 5_000;
/** An hour. */
const steps = 720;
/** Queues that are watched; at about 17 KB each. */
const mostQueues = 1_000;

interface Ring {
  /** Which step a slot holds, counted from the epoch. */
  readonly step: Float64Array;
  readonly inPerSecond: Float32Array;
  readonly outPerSecond: Float32Array;
  readonly messages: Float64Array;
  last: { readonly atMs: number; readonly appended: number; readonly taken: number };
}

export class QueueSeries {
  /** In the order of their last sample, the oldest first. */
  readonly #rings = new Map<string, Ring>();
  #sampledStep = Number.NEGATIVE_INFINITY;
  #dropped = 0;

  /** Queues whose past was forgotten because there were too many. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Takes a sample when a new step has begun; may be called as often as one likes. @param nowMs milliseconds since the epoch */
  sample(nowMs: number, queues: Iterable<QueueCounts>): void {
    const step = Math.floor(nowMs / stepMs);
    if (step === this.#sampledStep) return;
    this.#sampledStep = step;
    for (const counts of queues) this.#add(step, nowMs, counts);
    while (this.#rings.size > mostQueues) {
      const [oldest] = this.#rings.keys();
      this.#rings.delete(oldest as string);
      this.#dropped++;
    }
  }

  /** A queue is gone, or led by another broker now. */
  forget(queueId: string): void {
    this.#rings.delete(queueId);
  }

  /** The steps of the last minutes, oldest first; nulls where nothing is known. */
  answer(queueId: string, minutes: number, nowMs: number): SeriesAnswer {
    const ring = this.#rings.get(queueId);
    const last = Math.floor(nowMs / stepMs);
    const count = Math.min(steps, Math.ceil((minutes * 60_000) / stepMs));
    const wanted = Array.from({ length: count }, (_, index) => last - count + 1 + index);
    const known = (values: Float32Array | Float64Array | undefined) =>
      wanted.map((step) => {
        const slot = step % steps;
        if (ring === undefined || values === undefined || ring.step[slot] !== step) return null;
        const value = values[slot] as number;
        return Number.isNaN(value) ? null : Math.round(value * 1_000) / 1_000;
      });
    return {
      stepMs,
      at: wanted.map((step) => step * stepMs),
      inPerSecond: known(ring?.inPerSecond),
      outPerSecond: known(ring?.outPerSecond),
      messages: known(ring?.messages),
    };
  }

  #add(step: number, atMs: number, { queueId, messages, appended, taken }: QueueCounts): void {
    const ring = this.#rings.get(queueId);
    const slot = step % steps;
    const now = { atMs, appended, taken };
    if (ring === undefined) {
      const made = newRing(now);
      this.#rings.set(queueId, made);
      fill(made, slot, step, Number.NaN, Number.NaN, messages);
      return;
    }
    const { last } = ring;
    const seconds = (atMs - last.atMs) / 1_000;
    // A counter that fell began anew; a clock that was set back tells no rate.
    const rate = (count: number, before: number) => (seconds <= 0 || count < before ? Number.NaN : (count - before) / seconds);
    fill(ring, slot, step, rate(appended, last.appended), rate(taken, last.taken), messages);
    ring.last = now;
    this.#rings.delete(queueId);
    this.#rings.set(queueId, ring);
  }
}

function newRing(last: Ring['last']): Ring {
  return {
    step: new Float64Array(steps).fill(Number.NaN),
    inPerSecond: new Float32Array(steps),
    outPerSecond: new Float32Array(steps),
    messages: new Float64Array(steps),
    last,
  };
}

function fill(ring: Ring, slot: number, step: number, inPerSecond: number, outPerSecond: number, messages: number): void {
  ring.step[slot] = step;
  ring.inPerSecond[slot] = inPerSecond;
  ring.outPerSecond[slot] = outPerSecond;
  ring.messages[slot] = messages;
}
