const smallestMs = 0.01;
const perOctave = 8;
const octaves = 24;
const size = perOctave * octaves;
const largestCount = 0xffff_ffff;

/**
 * Durations in buckets of equal ratio (a twelfth to a ninth apart), from 10 microseconds to 2.8 minutes: quantiles
 * within 5 % in 768 bytes, however many calls there were.
 */
export class LatencyHistogram {
  /** Buckets there are. */
  static readonly size = size;

  readonly #counts = new Uint32Array(size);
  #count = 0;
  #sumMs = 0;
  #maxMs = 0;

  get count(): number {
    return this.#count;
  }

  get sumMs(): number {
    return this.#sumMs;
  }

  /** The longest, or null when there was none. */
  get maxMs(): number | null {
    return this.#count === 0 ? null : round(this.#maxMs);
  }

  /** @param count how many took that long */
  add(durationMs: number, count = 1): void {
    const index = durationMs <= smallestMs ? 0 : Math.min(size - 1, Math.floor(Math.log2(durationMs / smallestMs) * perOctave));
    this.#counts[index] = (this.#counts[index] as number) + count;
    this.#count += count;
    this.#sumMs += durationMs * count;
    if (durationMs > this.#maxMs) this.#maxMs = durationMs;
  }

  /** @param q 0 to 1; null when there was no call */
  quantileMs(q: number): number | null {
    if (this.#count === 0) return null;
    const rank = Math.max(1, Math.ceil(q * this.#count));
    let seen = 0;
    for (let index = 0; index < size; index++) {
      seen += this.#counts[index] as number;
      if (seen >= rank) return round(Math.min(this.#maxMs, middleMs(index)));
    }
    return round(this.#maxMs);
  }

  /** How many took at most each of the times `10 microseconds * 4^k`, as Prometheus counts them. */
  cumulative(): { readonly leMs: number; readonly count: number }[] {
    const step = perOctave * 2;
    const result: { leMs: number; count: number }[] = [];
    let count = 0;
    for (let index = 0; index < size; index++) {
      count += this.#counts[index] as number;
      if ((index + 1) % step === 0 && index + 1 < size) result.push({ leMs: smallestMs * 2 ** ((index + 1) / perOctave), count });
    }
    return result;
  }

  /** The buckets that are not empty, as another node reads them: index and count in turn. */
  buckets(): number[] {
    const result: number[] = [];
    for (let index = 0; index < size; index++) {
      const count = this.#counts[index] as number;
      if (count > 0) result.push(index, count);
    }
    return result;
  }

  /**
   * Adds the buckets that another node told; what is no bucket is left out. The sum grows by the middles of the buckets.
   *
   * @param buckets index and count in turn, as {@link buckets} gives them
   * @param maxMs the longest of those durations; null when it is not known
   */
  addBuckets(buckets: readonly number[], maxMs: number | null): void {
    for (let at = 0; at + 1 < buckets.length; at += 2) {
      const index = buckets[at] as number;
      const count = buckets[at + 1] as number;
      if (!(index in this.#counts) || !(count > 0)) continue;
      const middle = middleMs(index);
      this.#counts[index] = Math.min(largestCount, (this.#counts[index] as number) + count);
      this.#count += count;
      this.#sumMs += middle * count;
      this.#maxMs = Math.max(this.#maxMs, maxMs ?? middle);
    }
  }

  /** Adds the counts of another. */
  merge(other: LatencyHistogram): void {
    for (let index = 0; index < size; index++) this.#counts[index] = (this.#counts[index] as number) + (other.#counts[index] as number);
    this.#count += other.#count;
    this.#sumMs += other.#sumMs;
    this.#maxMs = Math.max(this.#maxMs, other.#maxMs);
  }
}

function middleMs(index: number): number {
  return smallestMs * 2 ** ((index + 0.5) / perOctave);
}

function round(ms: number): number {
  return Math.round(ms * 1_000) / 1_000;
}
