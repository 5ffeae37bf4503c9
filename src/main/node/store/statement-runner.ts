import type Database from 'better-sqlite3';
import { LRUCache } from 'lru-cache';
import { nodeLimits } from '../limits.ts';
import { describeFailure } from './failures.ts';
import type { StoreAnswer, StoreRequest, StoreValue } from './protocol.ts';
import type { RunResult, SqlValue, Statement } from './types.ts';

/** Runs the requests of one turn. Several writes share one transaction, and so one wait for the disk. */
export class StatementRunner {
  readonly #database: Database.Database;
  readonly #prepared: LRUCache<string, Database.Statement<unknown[]>>;

  constructor(database: Database.Database) {
    this.#database = database;
    this.#prepared = new LRUCache({ max: nodeLimits.storePreparedStatements });
  }

  /** One answer a request, in order. A request that fails leaves no trace; the others stand. Never throws. */
  run(requests: readonly StoreRequest[]): StoreAnswer[] {
    const writes = requests.filter((request) => request.kind === 'run' || request.kind === 'transaction').length;
    return writes > 1 ? this.#runTogether(requests) : requests.map((request) => this.#answer(request, false));
  }

  #runTogether(requests: readonly StoreRequest[]): StoreAnswer[] {
    try {
      this.#database.exec('BEGIN IMMEDIATE');
    } catch (error) {
      return failAll(requests, error);
    }
    const answers: StoreAnswer[] = [];
    for (const request of requests) {
      const answer = this.#answer(request, true);
      answers.push(answer);
      // A full disk or a damaged page makes SQLite roll the whole transaction back: then nothing of this turn stands.
      if (!this.#database.inTransaction) {
        const failure = answer.ok ? describeFailure(new Error('The transaction ended by itself.')) : answer.failure;
        return requests.map(({ id }) => ({ id, ok: false, failure }));
      }
    }
    try {
      this.#database.exec('COMMIT');
      return answers;
    } catch (error) {
      if (this.#database.inTransaction) this.#database.exec('ROLLBACK');
      return failAll(requests, error);
    }
  }

  #answer(request: StoreRequest, nested: boolean): StoreAnswer {
    try {
      return { id: request.id, ok: true, value: this.#execute(request, nested) };
    } catch (error) {
      return { id: request.id, ok: false, failure: describeFailure(error) };
    }
  }

  #execute(request: StoreRequest, nested: boolean): StoreValue {
    switch (request.kind) {
      case 'all':
        return this.#rows(request.sql, request.params);
      case 'get':
        return this.#rows(request.sql, request.params)[0];
      case 'run':
        return this.#write(request.sql, request.params);
      case 'transaction':
        return this.#transaction(request.statements, nested);
    }
  }

  #transaction(statements: readonly Statement[], nested: boolean): RunResult[] {
    this.#database.exec(nested ? 'SAVEPOINT request' : 'BEGIN IMMEDIATE');
    try {
      const results = statements.map(({ sql, params = [] }) => this.#write(sql, params));
      this.#database.exec(nested ? 'RELEASE request' : 'COMMIT');
      return results;
    } catch (error) {
      if (this.#database.inTransaction) this.#database.exec(nested ? 'ROLLBACK TO request; RELEASE request' : 'ROLLBACK');
      throw error;
    }
  }

  #rows(sql: string, params: readonly SqlValue[]): unknown[] {
    const statement = this.#prepare(sql);
    if (statement.reader) return statement.all(...params.map(toBindable));
    statement.run(...params.map(toBindable));
    return [];
  }

  /** A statement with RETURNING is a reader to the binding and still a write. */
  #write(sql: string, params: readonly SqlValue[]): RunResult {
    const statement = this.#prepare(sql);
    if (statement.reader) return { changes: statement.all(...params.map(toBindable)).length, lastInsertRowid: 0 };
    const { changes, lastInsertRowid } = statement.run(...params.map(toBindable));
    return { changes, lastInsertRowid: Number(lastInsertRowid) };
  }

  #prepare(sql: string): Database.Statement<unknown[]> {
    const known = this.#prepared.get(sql);
    if (known !== undefined) return known;
    const statement = this.#database.prepare<unknown[]>(sql);
    this.#prepared.set(sql, statement);
    return statement;
  }
}

/** Structured clone turns a Buffer into a Uint8Array; both builds of the binding take a Buffer. */
function toBindable(value: SqlValue): unknown {
  return value instanceof Uint8Array ? Buffer.from(value.buffer, value.byteOffset, value.byteLength) : value;
}

function failAll(requests: readonly StoreRequest[], error: unknown): StoreAnswer[] {
  const failure = describeFailure(error);
  return requests.map(({ id }) => ({ id, ok: false, failure }));
}
