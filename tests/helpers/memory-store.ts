/** The store of a node without threads and files: real SQL in memory. */

import { SignalboxError } from '../../src/common/errors.ts';
import { nodeMigrations } from '../../src/main/node/migrations.ts';
import type { Migration, Store } from '../../src/main/node/store/index.ts';
import { loadSqlite } from '../../src/main/node/store/index.ts';
import type { StoreRequest } from '../../src/main/node/store/protocol.ts';
import { StatementRunner } from '../../src/main/node/store/statement-runner.ts';

/** Everything is done when the call returns; its promise is kept at once, so that a test may stop the clocks. */
export interface MemoryStore extends Store {
  /** While set, writes fail with it. */
  failure: SignalboxError | undefined;
}

export function memoryStore(migrations: readonly Migration[] = nodeMigrations): MemoryStore {
  const Database = loadSqlite(undefined);
  const database = new Database(':memory:');
  for (const { sql } of migrations) database.exec(sql);
  const runner = new StatementRunner(database);
  const ask = async (request: StoreRequest): Promise<unknown> => {
    if (store.failure !== undefined && request.kind !== 'all' && request.kind !== 'get') throw store.failure;
    const [answer] = runner.run([request]);
    if (answer?.ok === true) return answer.value;
    throw new SignalboxError('INTERNAL', JSON.stringify(answer?.failure));
  };
  const store: MemoryStore = {
    failure: undefined,
    all: (sql, params = []) => ask({ id: 1, kind: 'all', sql, params }) as never,
    get: (sql, params = []) => ask({ id: 1, kind: 'get', sql, params }) as never,
    run: (sql, params = []) => ask({ id: 1, kind: 'run', sql, params }) as never,
    transaction: (statements) => ask({ id: 1, kind: 'transaction', statements }) as never,
    start: () => Promise.resolve(),
    stop: () => Promise.resolve(),
  };
  return store;
}
