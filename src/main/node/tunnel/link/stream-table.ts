import { linkLimits } from './limits.ts';
import type { LinkStream } from './stream.ts';

/** Many enough for chains of one or two; a power of two. */
const buckets = 2 * linkLimits.streams;
/** Of an id, its end tells it apart: ids count up, or are of random characters. */
const hashedCharacters = 6;

/**
 * The open streams of a link by their id. A `Map` would do, were it not for the collector: each time that it makes itself a new table the old
 * one goes on pointing to it, so that one old table that has been moved to the old generation keeps all streams since alive until the next
 * full collection (measured: a quarter of a link's CPU at 256 streams). Here a stream that is gone is referred to by nothing.
 */
export class StreamTable {
  readonly #buckets: (LinkStream | undefined)[] = new Array(buckets).fill(undefined);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get(id: string): LinkStream | undefined {
    let stream = this.#buckets[bucketOf(id)];
    while (stream !== undefined && stream.id !== id) stream = stream.nextInTable;
    return stream;
  }

  has(id: string): boolean {
    return this.get(id) !== undefined;
  }

  /** @param stream its id is not in the table */
  add(stream: LinkStream): void {
    const bucket = bucketOf(stream.id);
    stream.nextInTable = this.#buckets[bucket];
    this.#buckets[bucket] = stream;
    this.#size += 1;
  }

  delete(stream: LinkStream): void {
    const bucket = bucketOf(stream.id);
    let before: LinkStream | undefined;
    let at = this.#buckets[bucket];
    while (at !== undefined && at !== stream) {
      before = at;
      at = at.nextInTable;
    }
    if (at === undefined) return;
    if (before === undefined) this.#buckets[bucket] = stream.nextInTable;
    else before.nextInTable = stream.nextInTable;
    stream.nextInTable = undefined;
    this.#size -= 1;
  }

  /** All that are there now. */
  all(): LinkStream[] {
    const streams: LinkStream[] = [];
    for (const first of this.#buckets) {
      for (let stream = first; stream !== undefined; stream = stream.nextInTable) streams.push(stream);
    }
    return streams;
  }

  clear(): void {
    for (const stream of this.all()) stream.nextInTable = undefined;
    this.#buckets.fill(undefined);
    this.#size = 0;
  }
}

function bucketOf(id: string): number {
  let hash = 0;
  for (let at = Math.max(0, id.length - hashedCharacters); at < id.length; at += 1) hash = (hash * 10 + id.charCodeAt(at)) | 0;
  return hash & (buckets - 1);
}
