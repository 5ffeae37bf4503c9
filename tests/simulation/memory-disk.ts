import { decodeConfiguration } from '../../src/main/node/broker/core/configuration.ts';
import type { GroupConfiguration, HardState, LogEntry, LogPosition, Persist, TermRun } from '../../src/main/node/broker/core/types.ts';
import type { LogImage } from '../../src/main/node/broker/log/types.ts';

const nowhere: LogPosition = { index: 0, term: 0, checksum: 0 };

/** What a log file holds: a value, so that an older copy can be put back. */
export interface DiskContent {
  readonly hardState: HardState;
  readonly compacted: LogPosition;
  readonly base: GroupConfiguration;
  readonly entries: readonly LogEntry[];
}

/** What stands beside the log: how far it was durable once, and the term of the vote (queue.md 6, item 4). */
interface Guard {
  readonly index: number;
  readonly term: number;
}

/** A log store in memory: what was written is durable only once it is flushed, and a crash takes away the rest, or all but a torn part of it. */
export class MemoryDisk {
  readonly #groupId: string;
  #durable: DiskContent;
  #guard: Guard = { index: 0, term: 0 };
  /** Written, in order, and not flushed. */
  #pending: Persist[] = [];

  constructor(configuration: GroupConfiguration) {
    this.#groupId = configuration.groupId;
    this.#durable = { hardState: { term: 0, votedFor: null }, compacted: nowhere, base: configuration, entries: [] };
  }

  get content(): DiskContent {
    return this.#durable;
  }

  get pending(): number {
    return this.#pending.length;
  }

  get last(): LogPosition {
    return this.#durable.entries.at(-1) ?? this.#durable.compacted;
  }

  get lastTicket(): number | undefined {
    return this.#pending.at(-1)?.ticket;
  }

  /** The place at an index that is durable; where the log begins, too. */
  entryAt(index: number): LogPosition | undefined {
    const { compacted, entries } = this.#durable;
    const place = index === compacted.index ? compacted : entries[index - compacted.index - 1];
    return place === undefined ? undefined : positionOf(place);
  }

  write(persist: Persist): void {
    this.#pending.push(persist);
  }

  /** Makes the first `count` writes durable. @returns the last ticket among them. */
  flush(count = this.#pending.length): number | undefined {
    const flushed = this.#pending.splice(0, count);
    for (const persist of flushed) this.#durable = written(this.#durable, persist);
    const { hardState } = this.#durable;
    const truncated = flushed.some((persist) => persist.truncateFrom !== undefined);
    const index = truncated ? this.last.index : Math.max(this.#guard.index, this.last.index);
    this.#guard = { index, term: Math.max(this.#guard.term, hardState.term) };
    return flushed.at(-1)?.ticket;
  }

  /** The power goes: what was not flushed is lost, but for the first `torn` writes that had reached the disk by chance. */
  crash(torn: number): void {
    this.flush(torn);
    this.#pending = [];
  }

  /** An older copy of the log file is put back; the guard beside it is not. */
  restore(content: DiskContent): void {
    this.#durable = content;
    this.#pending = [];
  }

  /** Entries from `fromIndex` on, at least one where there is one. */
  read(fromIndex: number, maxBytes: number): readonly LogEntry[] {
    const from = fromIndex - this.#durable.compacted.index - 1;
    if (from < 0) return [];
    const found: LogEntry[] = [];
    let bytes = 0;
    for (const entry of this.#durable.entries.slice(from)) {
      bytes += entry.data.byteLength;
      if (found.length > 0 && bytes > maxBytes) break;
      found.push(entry);
    }
    return found;
  }

  compact(to: LogPosition): void {
    const { compacted, entries } = this.#durable;
    if (to.index <= compacted.index) return;
    const base = configurationsOf(this.#durable).findLast((configuration) => configuration.version <= to.index);
    this.#durable = {
      ...this.#durable,
      compacted: to,
      base: base ?? this.#durable.base,
      entries: entries.slice(to.index - compacted.index),
    };
  }

  /** The log begins anew after a snapshot, and is durable at once. */
  restart(at: LogPosition, configuration: GroupConfiguration): void {
    this.flush();
    this.#durable = { hardState: this.#durable.hardState, compacted: at, base: configuration, entries: [] };
    this.#guard = { ...this.#guard, index: at.index };
  }

  /** The applied state holds more than the log: the log goes on after it, and what the guard remembers stays remembered. */
  restartBehind(at: LogPosition, configuration: GroupConfiguration): void {
    this.#durable = { ...this.#durable, compacted: at, base: configuration, entries: [] };
  }

  image(): LogImage {
    const { hardState, compacted, entries } = this.#durable;
    const configurations = configurationsOf(this.#durable);
    const terms: TermRun[] = [];
    for (const { term, index } of entries) if (terms.at(-1)?.term !== term) terms.push({ term, firstIndex: index });
    return {
      groupId: this.#groupId,
      // A term that the guard remembers and the log does not: whom it voted for in it is lost, so it votes for nobody.
      hardState: this.#guard.term > hardState.term ? { term: this.#guard.term, votedFor: 'B-NOONE' } : hardState,
      compacted,
      last: positionOf(this.last),
      terms,
      configuration: configurations.at(-1) ?? this.#durable.base,
      configurations,
      impaired: this.last.index < this.#guard.index,
      guardedIndex: this.#guard.index,
    };
  }
}

function positionOf({ index, term, checksum }: LogPosition): LogPosition {
  return { index, term, checksum };
}

function written(content: DiskContent, persist: Persist): DiskContent {
  const { hardState, truncateFrom } = persist;
  const kept = truncateFrom === undefined ? content.entries : content.entries.slice(0, truncateFrom - content.compacted.index - 1);
  const end = kept.at(-1)?.index ?? content.compacted.index;
  const [first] = persist.entries;
  if (first !== undefined && first.index !== end + 1) throw new Error(`a write at ${first.index} after an end at ${end}`);
  return { ...content, hardState: hardState ?? content.hardState, entries: kept.concat(persist.entries) };
}

function configurationsOf(content: DiskContent): readonly GroupConfiguration[] {
  const inLog = content.entries.filter((entry) => entry.kind === 'configuration').map((entry) => decodeConfiguration(entry.data));
  return [content.base, ...inLog];
}
