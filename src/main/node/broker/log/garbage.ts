/** Entries that no log needs any more are deleted in small steps between writes, so that no write waits long for it. */
import type Database from 'better-sqlite3';
import { tableName } from './entry-table.ts';

const stepRows = 500;
const stepBytes = 2_097_152;

interface Heap {
  /** Rows up to this one go; `Infinity`: the table with them. */
  upTo: number;
}

export class Garbage {
  readonly #database: Database.Database;
  readonly #onFailure: (error: unknown) => void;
  readonly #heaps = new Map<number, Heap>();
  #scheduled: NodeJS.Immediate | undefined;

  /** @param onFailure told of what cannot be deleted; it stays until the next start */
  constructor(database: Database.Database, onFailure: (error: unknown) => void) {
    this.#database = database;
    this.#onFailure = onFailure;
  }

  /** Rows of a table up to and with this one. */
  dropUpTo(number: number, upTo: number): void {
    const heap = this.#heaps.get(number);
    if (heap === undefined) this.#heaps.set(number, { upTo });
    else heap.upTo = Math.max(heap.upTo, upTo);
    this.#scheduled ??= setImmediate(() => this.#step());
  }

  dropTable(number: number): void {
    this.dropUpTo(number, Number.POSITIVE_INFINITY);
  }

  stop(): void {
    clearImmediate(this.#scheduled);
    this.#heaps.clear();
  }

  #step(): void {
    this.#scheduled = undefined;
    const next = this.#heaps.entries().next().value;
    if (next === undefined) return;
    const [number, { upTo }] = next;
    try {
      if (this.#deleteSome(number, upTo)) this.#heaps.delete(number);
    } catch (error) {
      if (this.#database.inTransaction) this.#database.exec('ROLLBACK');
      this.#heaps.delete(number);
      this.#onFailure(error);
    }
    if (this.#heaps.size > 0) this.#scheduled = setImmediate(() => this.#step());
  }

  /** True when nothing is left. Not flushed: the next write flushes it, and what a power cut brings back is deleted at the next start. */
  #deleteSome(number: number, upTo: number): boolean {
    const table = tableName(number);
    const rows = this.#database
      .prepare<[number, number], { idx: number; bytes: number }>(
        `SELECT idx, length(data) AS bytes FROM ${table} WHERE idx <= ? ORDER BY idx LIMIT ?`,
      )
      .all(Math.min(upTo, Number.MAX_SAFE_INTEGER), stepRows);
    let bytes = 0;
    let count = 0;
    while (count < rows.length && bytes < stepBytes) bytes += rows[count++]?.bytes ?? 0;
    const lastRow = rows[count - 1];
    const isLastStep = count === rows.length && rows.length < stepRows;
    this.#database.pragma('synchronous = NORMAL');
    try {
      this.#database.exec('BEGIN IMMEDIATE');
      if (lastRow !== undefined) this.#database.prepare(`DELETE FROM ${table} WHERE idx <= ?`).run(lastRow.idx);
      if (isLastStep && upTo === Number.POSITIVE_INFINITY) this.#database.exec(`DROP TABLE ${table}`);
      this.#database.exec('COMMIT');
    } finally {
      this.#database.pragma('synchronous = FULL');
    }
    return isLastStep;
  }
}
