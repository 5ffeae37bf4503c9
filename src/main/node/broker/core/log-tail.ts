import { Fifo } from './fifo.ts';
import type { LogEntry, LogPosition, TermRun } from './types.ts';

/** Bytes that an entry counts for besides its data: its header, wherever it is kept or sent. */
const entryOverheadBytes = 64;

export function entryBytes(entry: LogEntry): number {
  return entry.data.byteLength + entryOverheadBytes;
}

/**
 * What the core knows of its log: where it begins and ends, the term of every entry, and the newest entries themselves. Older ones are on the
 * disk alone.
 */
export class LogTail {
  #compacted: LogPosition;
  #last: LogPosition;
  /** Oldest first; the first begins right after `compacted`. */
  #runs: TermRun[];
  /** The last `size` entries of the log. */
  readonly #entries = new Fifo<LogEntry>();
  #bytes = 0;

  constructor(compacted: LogPosition, last: LogPosition, runs: readonly TermRun[]) {
    this.#compacted = compacted;
    this.#last = last;
    this.#runs = [...runs];
  }

  get compacted(): LogPosition {
    return this.#compacted;
  }

  get last(): LogPosition {
    return this.#last;
  }

  get #firstInMemory(): number {
    return this.#last.index - this.#entries.size + 1;
  }

  /** The term of an entry that the log holds, or of the place where it begins; undefined: none there. */
  termAt(index: number): number | undefined {
    if (index === this.#compacted.index) return this.#compacted.term;
    if (index < this.#compacted.index || index > this.#last.index) return undefined;
    return this.#runs[this.#runAt(index)]?.term;
  }

  /** First index of the entries in a row that have the term of this one, as far as the log goes back. */
  firstOfTermAt(index: number): number {
    return this.#runs[this.#runAt(index)]?.firstIndex ?? this.#compacted.index + 1;
  }

  /** Last index with this term; undefined: the log holds none. */
  lastOfTerm(term: number): number | undefined {
    const at = this.#runs.findLastIndex((run) => run.term === term);
    if (at === -1) return undefined;
    const next = this.#runs[at + 1];
    return next === undefined ? this.#last.index : next.firstIndex - 1;
  }

  /** Nearly always the last run is meant; terms change only with leaders, so there are few. */
  #runAt(index: number): number {
    return this.#runs.findLastIndex((run) => run.firstIndex <= index);
  }

  /** Where it is kept in memory. */
  entryAt(index: number): LogEntry | undefined {
    const first = this.#firstInMemory;
    return index < first ? undefined : this.#entries.at(index - first);
  }

  /** Index, term and checksum where all three are known without the disk. */
  positionAt(index: number): LogPosition | undefined {
    if (index === this.#last.index) return this.#last;
    if (index === this.#compacted.index) return this.#compacted;
    const entry = this.entryAt(index);
    return entry === undefined ? undefined : positionOf(entry);
  }

  /** Entries from `fromIndex` on, at least one, then as many as `maxBytes` holds; undefined: the first is not in memory. */
  slice(fromIndex: number, maxBytes: number): readonly LogEntry[] | undefined {
    const from = fromIndex - this.#firstInMemory;
    const first = this.#entries.at(from);
    if (from < 0 || first === undefined) return undefined;
    let bytes = entryBytes(first);
    let to = from + 1;
    for (let entry = this.#entries.at(to); entry !== undefined; entry = this.#entries.at(++to)) {
      bytes += entryBytes(entry);
      if (bytes > maxBytes) break;
    }
    return this.#entries.slice(from, to);
  }

  append(entry: LogEntry): void {
    if (this.#last.term !== entry.term || this.#runs.length === 0) this.#runs.push({ term: entry.term, firstIndex: entry.index });
    this.#last = positionOf(entry);
    this.#entries.push(entry);
    this.#bytes += entryBytes(entry);
  }

  /** Cuts off everything after a place that the log holds. */
  truncate(to: LogPosition): void {
    const kept = Math.max(0, to.index - this.#firstInMemory + 1);
    for (let at = kept; at < this.#entries.size; at++) this.#bytes -= this.#sizeAt(at);
    this.#entries.cut(kept);
    this.#runs = this.#runs.filter((run) => run.firstIndex <= to.index);
    this.#last = to;
  }

  /** Everything up to this place is held by a snapshot and no longer by the log. */
  compact(to: LogPosition): void {
    if (to.index <= this.#compacted.index) return;
    if (to.index >= this.#last.index) {
      this.reset(to);
      return;
    }
    this.#drop(to.index - this.#firstInMemory + 1);
    const run = this.#runAt(to.index + 1);
    this.#runs = this.#runs.slice(run).map((other, at) => (at === 0 ? { term: other.term, firstIndex: to.index + 1 } : other));
    this.#compacted = to;
  }

  /** An empty log that begins after this place. */
  reset(to: LogPosition): void {
    this.#compacted = to;
    this.#last = to;
    this.#runs = [];
    this.#entries.clear();
    this.#bytes = 0;
  }

  /** Lets go of the oldest entries in memory until what is left is within bounds; never of one after `durableIndex`, which no disk has yet. */
  evict(durableIndex: number, maxEntries: number, maxBytes: number): void {
    if (this.#entries.size <= maxEntries && this.#bytes <= maxBytes) return;
    const evictable = Math.min(this.#entries.size, durableIndex - this.#firstInMemory + 1);
    let count = 0;
    let bytes = this.#bytes;
    while (count < evictable && (this.#entries.size - count > maxEntries || bytes > maxBytes)) bytes -= this.#sizeAt(count++);
    this.#drop(count);
  }

  #drop(count: number): void {
    if (count <= 0) return;
    for (let at = 0; at < Math.min(count, this.#entries.size); at++) this.#bytes -= this.#sizeAt(at);
    this.#entries.drop(count);
  }

  #sizeAt(at: number): number {
    const entry = this.#entries.at(at);
    return entry === undefined ? 0 : entryBytes(entry);
  }
}

export function positionOf(entry: LogEntry): LogPosition {
  return { index: entry.index, term: entry.term, checksum: entry.checksum };
}
