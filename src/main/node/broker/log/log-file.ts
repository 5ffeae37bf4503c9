/** log.db as its thread sees it: every call waits for the disk. */
import type Database from 'better-sqlite3';
import { SignalboxError } from '../../../../common/errors.ts';
import type { GroupConfiguration, GroupId, HardState, LogEntry, LogPosition } from '../core/types.ts';
import { EntryTable } from './entry-table.ts';
import { Garbage } from './garbage.ts';
import { type GroupRow, GroupRowWriter, readGroupRows } from './group-row.ts';
import type { DamagedStoredLog, FallbackVote, PackedPersist, PackedWrite, StoredLog, WriteResult } from './log-protocol.ts';
import { entryTableNumbers, openLogFile } from './open-log-file.ts';
import { corrupt } from './storage-error.ts';
import type { DamagedLog } from './types.ts';

/** A log that is whole, and where it ends. */
interface OpenLog {
  readonly row: GroupRow;
  readonly table: EntryTable;
  readonly last: LogPosition;
  /** Log indexes of its configuration entries, oldest first. */
  readonly configurations: readonly number[];
  /** What was found when it was checked; absent since it was written to. */
  readonly checked?: StoredLog;
}

interface UnusableLog {
  readonly damage: DamagedStoredLog;
  readonly number: number;
  /** Absent when the row itself is what is damaged. */
  readonly row: GroupRow | undefined;
}

export class LogFile {
  readonly #file: string;
  readonly #database: Database.Database;
  readonly #rows: GroupRowWriter;
  readonly #garbage: Garbage;
  readonly #logs = new Map<GroupId, OpenLog>();
  readonly #damaged = new Map<GroupId, UnusableLog>();
  readonly #begin: Database.Statement;
  readonly #commit: Database.Statement;
  readonly #pageCount: Database.Statement<[], number>;
  readonly #pageSizeBytes: number;
  #nextNumber = 1;

  constructor(sqlite: typeof Database, file: string, onGarbageFailure: (error: unknown) => void) {
    this.#file = file;
    this.#database = openLogFile(sqlite, file);
    this.#rows = new GroupRowWriter(this.#database);
    this.#garbage = new Garbage(this.#database, onGarbageFailure);
    this.#begin = this.#database.prepare('BEGIN IMMEDIATE');
    this.#commit = this.#database.prepare('COMMIT');
    this.#pageCount = this.#database.prepare<[], number>('PRAGMA page_count').pluck();
    this.#pageSizeBytes = this.#database.pragma('page_size', { simple: true }) as number;
  }

  /** Checks every log. What no group uses is deleted by and by. */
  open(): { readonly logs: readonly StoredLog[]; readonly damaged: readonly DamagedStoredLog[] } {
    const used = new Set<number>();
    const logs: StoredLog[] = [];
    for (const row of readGroupRows(this.#database)) {
      used.add(row.number);
      if ('damaged' in row)
        this.#noteDamage(row.number, undefined, {
          groupId: row.damaged,
          index: 0,
          configuration: null,
          detail: 'The row of the group (term, vote, beginning) is not what was written.',
        });
      else {
        const log = this.#check(row);
        if (log !== undefined) logs.push(log);
      }
    }
    const numbers = entryTableNumbers(this.#database);
    this.#nextNumber = Math.max(0, ...numbers, ...used) + 1;
    for (const number of numbers) if (!used.has(number)) this.#garbage.dropTable(number);
    return { logs, damaged: [...this.#damaged.values()].map(({ damage }) => damage) };
  }

  /** @throws SignalboxError `NOT_FOUND`, `STORAGE_CORRUPT` */
  image(groupId: GroupId): StoredLog {
    const { row, checked } = this.#log(groupId);
    const image = checked ?? this.#check(row);
    if (image === undefined) throw this.#damageOf(groupId);
    return image;
  }

  createGroup(groupId: GroupId, configuration: GroupConfiguration, at: LogPosition): void {
    if (this.#logs.has(groupId) || this.#damaged.has(groupId))
      throw new SignalboxError('CONFLICT', `The group ${groupId} has a log already.`, { executed: 'no' });
    this.#beginLog(groupId, configuration, at, { term: at.term, votedFor: null });
  }

  write({ memory, persists }: PackedWrite): WriteResult {
    const changed = new Map<GroupId, OpenLog>();
    const flushMs = this.#transaction(
      () => {
        for (const persist of persists)
          changed.set(persist.groupId, this.#writeOne(changed.get(persist.groupId) ?? this.#log(persist.groupId), persist, memory));
      },
      () => {
        for (const [groupId, log] of changed) this.#logs.set(groupId, log);
      },
    );
    const ends = [...changed].map(([groupId, { last }]) => ({ groupId, last }));
    return { flushMs, sizeBytes: (this.#pageCount.get() ?? 0) * this.#pageSizeBytes, ends };
  }

  read(groupId: GroupId, fromIndex: number, maxBytes: number): readonly LogEntry[] {
    const { row, table } = this.#log(groupId);
    return table.read(Math.max(fromIndex, row.compacted.index + 1), maxBytes);
  }

  /** @throws SignalboxError `CONFLICT` the log does not reach that far yet; `STORAGE_CORRUPT` the state stands for another log than this one */
  compact(groupId: GroupId, to: LogPosition): void {
    const log = this.#log(groupId);
    const { row, table } = log;
    if (to.index <= row.compacted.index) return;
    if (to.index > log.last.index)
      throw new SignalboxError('CONFLICT', `The log of ${groupId} ends at ${log.last.index}: it cannot be cut at ${to.index}.`, {
        executed: 'no',
      });
    const here = table.position(to.index);
    if (here?.term !== to.term || here.checksum !== to.checksum)
      throw corrupt(this.#file, `The state of ${groupId} and its log differ at ${to.index}.`, { groupId, index: to.index });
    const replaced = log.configurations.filter((index) => index <= to.index);
    // A log that was begun anew before the newest configuration that was known keeps that one until it has come so far again.
    const isAhead = replaced.length === 0 || row.configuration.version > to.index;
    const configuration = isAhead ? row.configuration : table.configuration(replaced.at(-1) ?? 0);
    const next: GroupRow = { ...row, compacted: to, configuration };
    this.#transaction(
      () => this.#rows.write(next),
      () => this.#logs.set(groupId, { row: next, table, last: log.last, configurations: log.configurations.slice(replaced.length) }),
    );
    this.#garbage.dropUpTo(row.number, to.index);
  }

  /** A new log in the place of the old one, damaged or not. Term and vote stay; where they are lost, `fallback` counts. */
  restart(groupId: GroupId, at: LogPosition, configuration: GroupConfiguration, fallback: FallbackVote): void {
    const former = this.#logs.get(groupId)?.row ?? this.#damaged.get(groupId)?.row;
    const hardState = former?.hardState ?? fallback;
    this.#beginLog(groupId, configuration, at, hardState.term >= at.term ? hardState : { term: at.term, votedFor: null });
    this.#dropFormerTables();
  }

  /** Keeps what is whole up to the damage; what follows is dropped. @throws SignalboxError `STORAGE_CORRUPT` not even the row of the group is whole */
  cutDamage(groupId: GroupId): StoredLog {
    const damaged = this.#damaged.get(groupId);
    if (damaged === undefined) return this.image(groupId);
    const { row, damage } = damaged;
    if (row === undefined) throw this.#damageOf(groupId);
    const number = this.#nextNumber++;
    let table: EntryTable | undefined;
    // Into a new table: the pages of the old one may be what is damaged.
    this.#transaction(
      () => {
        table = EntryTable.create(this.#database, number);
        const former = new EntryTable(this.#database, row.number);
        // One by one: what follows the last whole one may not even be read.
        for (let index = row.compacted.index + 1; index < damage.index; index++)
          for (const entry of former.read(index, 1)) table.append(entry, entry.data);
        this.#rows.write({ ...row, number });
      },
      () => this.#damaged.delete(groupId),
    );
    const image = this.#check({ ...row, number });
    if (image === undefined) throw this.#damageOf(groupId);
    this.#dropFormerTables();
    return image;
  }

  removeGroup(groupId: GroupId): void {
    this.#transaction(
      () => this.#database.prepare('DELETE FROM log_group WHERE group_id = ?').run(groupId),
      () => {
        this.#logs.delete(groupId);
        this.#damaged.delete(groupId);
      },
    );
    this.#dropFormerTables();
  }

  resetJournal(): void {
    this.#database.pragma('wal_checkpoint(RESTART)');
  }

  /** Empties the journal into the file, so that what remains is one file. */
  close(): void {
    this.#garbage.stop();
    try {
      this.#database.pragma('wal_checkpoint(TRUNCATE)');
    } finally {
      this.#database.close();
    }
  }

  #beginLog(groupId: GroupId, configuration: GroupConfiguration, at: LogPosition, hardState: HardState): void {
    const row: GroupRow = { groupId, number: this.#nextNumber++, hardState, compacted: at, configuration };
    let table: EntryTable | undefined;
    this.#transaction(
      () => {
        table = EntryTable.create(this.#database, row.number);
        this.#rows.write(row);
      },
      () => {
        if (table !== undefined) this.#logs.set(groupId, { row, table, last: at, configurations: [] });
        this.#damaged.delete(groupId);
      },
    );
  }

  #writeOne(log: OpenLog, persist: PackedPersist, memory: ArrayBuffer): OpenLog {
    const { groupId, hardState, truncateFrom, entries } = persist;
    let { row, last, configurations } = log;
    if (hardState !== undefined) {
      row = { ...row, hardState };
      this.#rows.write(row);
    }
    if (truncateFrom !== undefined && truncateFrom <= last.index) {
      const before = truncateFrom - 1 === row.compacted.index ? row.compacted : log.table.position(truncateFrom - 1);
      if (before === undefined) throw outOfOrder(groupId, `to be cut off from ${truncateFrom}, which it does not reach back to`);
      log.table.truncateFrom(truncateFrom);
      last = before;
      configurations = configurations.filter((index) => index < truncateFrom);
    }
    for (const entry of entries) {
      if (entry.index !== last.index + 1) throw outOfOrder(groupId, `given entry ${entry.index} after ${last.index}`);
      log.table.append(entry, new Uint8Array(memory, entry.offset, entry.sizeBytes));
      last = { index: entry.index, term: entry.term, checksum: entry.checksum };
      if (entry.kind === 'configuration') configurations = [...configurations, entry.index];
    }
    return { row, table: log.table, last, configurations };
  }

  /** All or nothing. Returns the time of the commit, which is that of the flush, in ms. */
  #transaction(work: () => void, committed: () => void): number {
    this.#begin.run();
    try {
      work();
      const beganMs = performance.now();
      this.#commit.run();
      committed();
      return performance.now() - beganMs;
    } catch (error) {
      if (this.#database.inTransaction) this.#database.exec('ROLLBACK');
      throw error;
    }
  }

  /** Follows the chain of a log; undefined when it is damaged, which is noted. */
  #check(row: GroupRow): StoredLog | undefined {
    const { groupId, number, hardState, compacted, configuration } = row;
    this.#logs.delete(groupId);
    let table: EntryTable;
    try {
      table = new EntryTable(this.#database, number);
    } catch (error) {
      const detail = `Its entries cannot be read (${(error as Error).message}).`;
      this.#noteDamage(number, row, { groupId, index: compacted.index + 1, configuration, detail });
      return undefined;
    }
    const { last, terms, configurations, damage } = table.checkChain(compacted);
    if (damage !== undefined) {
      this.#noteDamage(number, row, { groupId, ...damage, configuration: configurations.at(-1) ?? configuration });
      return undefined;
    }
    // Left over when the broker ended before they were all deleted.
    if (table.reachesBelow(compacted.index)) this.#garbage.dropUpTo(number, compacted.index);
    const checked: StoredLog = {
      groupId,
      hardState,
      compacted,
      last,
      terms,
      configuration: configurations.at(-1) ?? configuration,
      configurations: [configuration, ...configurations],
    };
    this.#logs.set(groupId, { row, table, last, configurations: configurations.map(({ version }) => version), checked });
    return checked;
  }

  #noteDamage(number: number, row: GroupRow | undefined, damage: DamagedLog): void {
    let highest = { index: 0, term: 0 };
    try {
      highest = new EntryTable(this.#database, number).highest();
    } catch {
      // The table itself cannot be read: what was acknowledged is only known to the guard.
    }
    this.#damaged.set(damage.groupId, { damage: { ...damage, highest }, number, row });
  }

  #dropFormerTables(): void {
    const used = new Set([
      ...[...this.#logs.values()].map(({ row }) => row.number),
      ...[...this.#damaged.values()].map(({ number }) => number),
    ]);
    for (const number of entryTableNumbers(this.#database)) if (!used.has(number)) this.#garbage.dropTable(number);
  }

  #log(groupId: GroupId): OpenLog {
    const log = this.#logs.get(groupId);
    if (log !== undefined) return log;
    if (this.#damaged.has(groupId)) throw this.#damageOf(groupId);
    throw new SignalboxError('NOT_FOUND', `The broker has no log of the group ${groupId}.`, { executed: 'no' });
  }

  #damageOf(groupId: GroupId): SignalboxError {
    const damage = this.#damaged.get(groupId)?.damage;
    return corrupt(this.#file, `The log of ${groupId} is damaged at ${damage?.index}. ${damage?.detail ?? ''}`, {
      groupId,
      index: damage?.index,
    });
  }
}

function outOfOrder(groupId: GroupId, what: string): SignalboxError {
  return new SignalboxError('INTERNAL', `The log of ${groupId} was ${what}.`, { executed: 'no' });
}
