/** The entries of one group in log.db: a table of their own, so that each log grows at its end alone. */
import type Database from 'better-sqlite3';
import { SignalboxError } from '../../../../common/errors.ts';
import { entryChecksum } from '../core/checksum.ts';
import { decodeConfiguration } from '../core/configuration.ts';
import type { EntryKind, GroupConfiguration, LogEntry, LogPosition, TermRun } from '../core/types.ts';

/** By number on disk; never renumbered. */
const kinds: readonly EntryKind[] = ['noop', 'commands', 'configuration'];

interface EntryColumns {
  readonly idx: number;
  readonly term: number;
  readonly kind: number;
  readonly checksum: number;
  readonly data: Buffer;
}

/** What the chain of checksums from a place on says. */
export interface ChainReport {
  /** The last entry that is as it was written. */
  readonly last: LogPosition;
  readonly terms: readonly TermRun[];
  readonly configurations: readonly GroupConfiguration[];
  /** The first entry that is not; absent when all are. */
  readonly damage?: { readonly index: number; readonly detail: string };
}

export class EntryTable {
  readonly number: number;
  readonly #database: Database.Database;
  readonly #insert: Database.Statement<[number, number, number, number, Uint8Array]>;
  readonly #deleteFrom: Database.Statement<[number]>;
  readonly #position: Database.Statement<[number], EntryColumns>;
  readonly #from: Database.Statement<[number], EntryColumns>;

  constructor(database: Database.Database, number: number) {
    this.number = number;
    this.#database = database;
    const table = tableName(number);
    this.#insert = database.prepare(`INSERT INTO ${table} (idx, term, kind, checksum, data) VALUES (?, ?, ?, ?, ?)`);
    this.#deleteFrom = database.prepare(`DELETE FROM ${table} WHERE idx >= ?`);
    this.#position = database.prepare(`SELECT idx, term, checksum FROM ${table} WHERE idx = ?`);
    this.#from = database.prepare(`SELECT idx, term, kind, checksum, data FROM ${table} WHERE idx >= ? ORDER BY idx`);
  }

  static create(database: Database.Database, number: number): EntryTable {
    database.exec(
      `CREATE TABLE ${tableName(number)} (idx INTEGER PRIMARY KEY, term INTEGER NOT NULL, kind INTEGER NOT NULL, checksum INTEGER NOT NULL, data BLOB NOT NULL) STRICT`,
    );
    return new EntryTable(database, number);
  }

  append({ index, term, kind, checksum }: Omit<LogEntry, 'data'>, data: Uint8Array): void {
    this.#insert.run(index, term, kinds.indexOf(kind), checksum, data);
  }

  truncateFrom(index: number): void {
    this.#deleteFrom.run(index);
  }

  position(index: number): LogPosition | undefined {
    const row = this.#position.get(index);
    return row && { index, term: row.term, checksum: row.checksum };
  }

  /** @throws SignalboxError `NOT_FOUND` no entry is there, or none of a configuration */
  configuration(index: number): GroupConfiguration {
    const row = this.#from.get(index);
    if (row?.idx !== index) throw new SignalboxError('NOT_FOUND', `The log has no entry ${index}.`);
    return decodeConfiguration(row.data);
  }

  /** Whether rows up to and with this one are still there. */
  reachesBelow(index: number): boolean {
    const lowest = this.#from.get(0)?.idx;
    return lowest !== undefined && lowest <= index;
  }

  /** At least one entry where there is one, at most `maxBytes` of data. */
  read(fromIndex: number, maxBytes: number): readonly LogEntry[] {
    const entries: LogEntry[] = [];
    let bytes = 0;
    for (const { idx, term, kind, checksum, data } of this.#from.iterate(fromIndex)) {
      bytes += data.byteLength;
      if (entries.length > 0 && bytes > maxBytes) break;
      entries.push({ index: idx, term, kind: kinds[kind] ?? 'noop', checksum, data });
      if (bytes >= maxBytes) break;
    }
    return entries;
  }

  /** The highest place of the table, whether or not it is whole. */
  highest(): { readonly index: number; readonly term: number } {
    const row = this.#database.prepare<[], EntryColumns>(`SELECT idx, term FROM ${tableName(this.number)} ORDER BY idx DESC LIMIT 1`).get();
    return { index: row?.idx ?? 0, term: row?.term ?? 0 };
  }

  /** Reads all entries after a place and follows their checksums. */
  checkChain(after: LogPosition): ChainReport {
    let last = after;
    const terms: TermRun[] = [];
    const configurations: GroupConfiguration[] = [];
    const damagedAt = (detail: string): ChainReport => ({ last, terms, configurations, damage: { index: last.index + 1, detail } });
    try {
      for (const { idx, term, kind: kindNumber, checksum, data } of this.#from.iterate(after.index + 1)) {
        const kind = kinds[kindNumber];
        if (idx !== last.index + 1) return damagedAt(`Entries ${last.index + 1} to ${idx - 1} are missing.`);
        if (kind === undefined || entryChecksum(last.checksum, { index: idx, term, kind, data }) !== checksum)
          return damagedAt(`Entry ${idx} is not what was written.`);
        if (kind === 'configuration') configurations.push(decodeConfiguration(data));
        if (terms.at(-1)?.term !== term) terms.push({ term, firstIndex: idx });
        last = { index: idx, term, checksum };
      }
    } catch (error) {
      return damagedAt(`Entry ${last.index + 1} cannot be read (${(error as Error).message}).`);
    }
    return { last, terms, configurations };
  }
}

export function tableName(number: number): string {
  return `entry_${number}`;
}
