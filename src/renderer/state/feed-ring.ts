/**
 * What the Events screen holds: a ring of event headers, bounded by items and by bytes (ui.md section 5), as columns
 * outside React. Nothing is copied when an event comes; React reads the rows in sight by their sequence number.
 */
import type { FeedBatch } from '../../common/contract/feeds.ts';

/** Why there is a hole in the list. */
export type FeedGapReason = 'reconnect' | 'paused' | 'hidden' | 'merged';

/** A row that says what is not in the list. */
export interface FeedGap {
  readonly reason: FeedGapReason;
  readonly fromMs: number;
  readonly toMs: number;
  /** How many events; undefined when nobody could count them. */
  readonly missing: number | undefined;
}

export type FeedRowKind = 'data' | 'error' | 'gap';

/** One event header as it goes in. */
export interface FeedHeader {
  /** Id of the event in the feed of `epoch`. */
  readonly id: number;
  /** Counts up with every feed that was opened: ids of earlier feeds cannot be read any more. */
  readonly epoch: number;
  readonly timestamp: number;
  readonly topic: string;
  readonly origin: string;
  readonly sizeBytes: number;
  readonly status: 'data' | 'error';
  readonly preview: string;
}

export interface FeedRingBounds {
  readonly maxItems: number;
  readonly maxBytes: number;
}

/** Bounds of one view (ui.md section 5): 10,000 headers or 16 MB, whichever comes first. */
export const feedRingBounds: FeedRingBounds = { maxItems: 10_000, maxBytes: 16_777_216 };

/** Characters of a payload that come with its header; a shorter preview is the whole payload. */
export const previewCharacters = 256;
/** What a row costs beside its texts: its share of the columns. */
const rowOverheadBytes = 64;
/** Topics and origins repeat: each text is held once, until there are too many different ones. */
const internedTexts = 8_192;
const kinds: readonly FeedRowKind[] = ['data', 'error', 'gap'];

/** Struct of arrays: rows are addressed by a sequence number that only grows, never by position. */
export class FeedRing {
  readonly #bounds: FeedRingBounds;
  readonly #ids: Float64Array;
  readonly #times: Float64Array;
  readonly #epochs: Uint32Array;
  readonly #sizes: Uint32Array;
  readonly #costs: Uint32Array;
  readonly #kinds: Uint8Array;
  readonly #topics: string[];
  readonly #origins: string[];
  readonly #previews: string[];
  readonly #gaps = new Map<number, FeedGap>();
  readonly #interned = new Map<string, string>();
  #first = 0;
  #end = 0;
  #bytes = 0;

  constructor(bounds: FeedRingBounds = feedRingBounds) {
    const { maxItems } = bounds;
    this.#bounds = bounds;
    this.#ids = new Float64Array(maxItems);
    this.#times = new Float64Array(maxItems);
    this.#epochs = new Uint32Array(maxItems);
    this.#sizes = new Uint32Array(maxItems);
    this.#costs = new Uint32Array(maxItems);
    this.#kinds = new Uint8Array(maxItems);
    this.#topics = new Array<string>(maxItems).fill('');
    this.#origins = new Array<string>(maxItems).fill('');
    this.#previews = new Array<string>(maxItems).fill('');
  }

  /** Sequence number of the oldest row. */
  get first(): number {
    return this.#first;
  }

  /** Sequence number after the newest row. */
  get end(): number {
    return this.#end;
  }

  get count(): number {
    return this.#end - this.#first;
  }

  get maxItems(): number {
    return this.#bounds.maxItems;
  }

  /** Estimated bytes held. */
  get bytes(): number {
    return this.#bytes;
  }

  has(sequence: number): boolean {
    return sequence >= this.#first && sequence < this.#end;
  }

  push(header: FeedHeader): number {
    const cost = rowOverheadBytes + 2 * (header.topic.length + header.preview.length);
    const slot = this.#reserve(cost);
    this.#ids[slot] = header.id;
    this.#times[slot] = header.timestamp;
    this.#epochs[slot] = header.epoch;
    this.#sizes[slot] = header.sizeBytes;
    this.#kinds[slot] = header.status === 'error' ? 1 : 0;
    this.#topics[slot] = this.#intern(header.topic);
    this.#origins[slot] = this.#intern(header.origin);
    this.#previews[slot] = header.preview;
    return this.#end++;
  }

  pushGap(gap: FeedGap): number {
    const slot = this.#reserve(rowOverheadBytes);
    this.#ids[slot] = -1;
    this.#times[slot] = gap.fromMs;
    this.#epochs[slot] = 0;
    this.#sizes[slot] = 0;
    this.#kinds[slot] = 2;
    this.#topics[slot] = '';
    this.#origins[slot] = '';
    this.#previews[slot] = '';
    this.#gaps.set(this.#end, gap);
    return this.#end++;
  }

  kindOf(sequence: number): FeedRowKind {
    return kinds[this.#kinds[this.#slot(sequence)] ?? 0] ?? 'data';
  }

  gapOf(sequence: number): FeedGap | undefined {
    return this.#gaps.get(sequence);
  }

  topicOf(sequence: number): string {
    return this.#topics[this.#slot(sequence)] ?? '';
  }

  previewOf(sequence: number): string {
    return this.#previews[this.#slot(sequence)] ?? '';
  }

  originOf(sequence: number): string {
    return this.#origins[this.#slot(sequence)] ?? '';
  }

  timestampOf(sequence: number): number {
    return this.#times[this.#slot(sequence)] ?? 0;
  }

  sizeOf(sequence: number): number {
    return this.#sizes[this.#slot(sequence)] ?? 0;
  }

  /** The whole header, or undefined when the row has left the ring or is a gap. */
  headerOf(sequence: number): FeedHeader | undefined {
    if (!this.has(sequence)) return undefined;
    const kind = this.kindOf(sequence);
    if (kind === 'gap') return undefined;
    const slot = this.#slot(sequence);
    return {
      id: this.#ids[slot] ?? -1,
      epoch: this.#epochs[slot] ?? 0,
      timestamp: this.timestampOf(sequence),
      topic: this.topicOf(sequence),
      origin: this.#origins[slot] ?? '',
      sizeBytes: this.sizeOf(sequence),
      status: kind,
      preview: this.previewOf(sequence),
    };
  }

  /** The newest row before `sequence` with the same topic, or undefined. */
  previousOf(sequence: number): number | undefined {
    const topic = this.topicOf(sequence);
    for (let before = sequence - 1; before >= this.#first; before--) {
      if (this.topicOf(before) === topic && this.kindOf(before) !== 'gap') return before;
    }
    return undefined;
  }

  /** Forgets every row; sequence numbers go on. */
  clear(): void {
    while (this.#first < this.#end) this.#evict();
    this.#interned.clear();
  }

  /** Makes room for one more row; the oldest goes first. */
  #reserve(cost: number): number {
    while (this.count > 0 && (this.count >= this.#bounds.maxItems || this.#bytes + cost > this.#bounds.maxBytes)) this.#evict();
    const slot = this.#slot(this.#end);
    this.#costs[slot] = cost;
    this.#bytes += cost;
    return slot;
  }

  #evict(): void {
    const slot = this.#slot(this.#first);
    this.#bytes -= this.#costs[slot] ?? 0;
    this.#previews[slot] = '';
    this.#topics[slot] = '';
    this.#gaps.delete(this.#first);
    this.#first++;
  }

  #slot(sequence: number): number {
    return sequence % this.#bounds.maxItems;
  }

  #intern(text: string): string {
    const known = this.#interned.get(text);
    if (known !== undefined) return known;
    if (this.#interned.size >= internedTexts) this.#interned.clear();
    this.#interned.set(text, text);
    return text;
  }
}

/** Row `index` of a batch as a header. */
export function headerOfBatch(batch: FeedBatch, index: number, epoch: number): FeedHeader {
  return {
    id: batch.ids[index] ?? -1,
    epoch,
    timestamp: batch.timestamps[index] ?? 0,
    topic: batch.topics[index] ?? '',
    origin: batch.origins[index] ?? '',
    sizeBytes: batch.sizesBytes[index] ?? 0,
    status: batch.statuses[index] ?? 'data',
    preview: batch.previews[index] ?? '',
  };
}
