/** A store on a real SQLite file, and one that dies after a given statement. */
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { createStore, type Migration, type Statement, type Store, type WorkerStore } from '../../../../../src/main/node/store/index.ts';
import type { Logger } from '../../../../../src/main/node/telemetry/types.ts';

const nothing = () => undefined;
const silent: Logger = { trace: nothing, debug: nothing, info: nothing, warn: nothing, error: nothing, fatal: nothing };

/** Opens the file `node.db` of a folder; closed when the test ends. */
export async function openStore(folder: string, migrations: readonly Migration[]): Promise<WorkerStore> {
  const store = createStore({ file: join(folder, 'node.db'), migrations, logger: silent });
  await store.start();
  onTestFinished(() => store.stop());
  return store;
}

export class Killed extends Error {}

/**
 * The store of a process that is killed in the middle of its work. Each statement that writes counts; a transaction that is cut has left
 * no trace, as SQLite promises, and a kill after the last statement but before the answer has left all of it.
 */
export class DyingStore implements Store {
  readonly #store: Store;
  readonly #diesAfter: number;
  #done = 0;

  constructor(store: Store, diesAfter: number) {
    this.#store = store;
    this.#diesAfter = diesAfter;
  }

  /** Statements that were reached. */
  get statements(): number {
    return this.#done;
  }

  start = () => Promise.resolve();
  stop = () => Promise.resolve();

  all: Store['all'] = (sql, params) => {
    this.#aliveOrThrow();
    return this.#store.all(sql, params);
  };

  get: Store['get'] = (sql, params) => {
    this.#aliveOrThrow();
    return this.#store.get(sql, params);
  };

  run: Store['run'] = async (sql, params) =>
    (await this.transaction([{ sql, ...(params !== undefined && { params }) }]))[0] ?? { changes: 0, lastInsertRowid: 0 };

  async transaction(statements: readonly Statement[]) {
    this.#aliveOrThrow();
    for (const _ of statements) {
      this.#done++;
      // Before COMMIT: the journal is thrown away at the next start.
      if (this.#done === this.#diesAfter && statements.length > 1) throw new Killed();
    }
    const results = await this.#store.transaction(statements);
    this.#aliveOrThrow();
    return results;
  }

  #aliveOrThrow(): void {
    if (this.#done >= this.#diesAfter) throw new Killed();
  }
}
