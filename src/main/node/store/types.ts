/** The asynchronous face of a SQLite file that lives in a worker thread. */
import type { Startable } from '../startable.ts';

export type SqlValue = string | number | bigint | null | Uint8Array;

export interface Statement {
  readonly sql: string;
  readonly params?: readonly SqlValue[];
}

export interface RunResult {
  readonly changes: number;
  readonly lastInsertRowid: number;
}

/** One step of a file's schema; never edited once released. Applied in order, each in a transaction, remembered by id. */
export interface Migration {
  readonly id: string;
  readonly sql: string;
}

export interface Store extends Startable {
  /** All rows. @throws SignalboxError `STORAGE_FULL`, `INTERNAL` */
  all<T>(sql: string, params?: readonly SqlValue[]): Promise<T[]>;
  /** The first row. */
  get<T>(sql: string, params?: readonly SqlValue[]): Promise<T | undefined>;
  run(sql: string, params?: readonly SqlValue[]): Promise<RunResult>;
  /** All or none, in order, durable when it resolves. */
  transaction(statements: readonly Statement[]): Promise<readonly RunResult[]>;
}
