/** A store on a real SQLite file, and one that dies after a given statement. */
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { createStore, type Migration, type Statement, type Store, type WorkerStore } from '../../../../../src/main/node/store/index.ts';
import type { Logger } from '../../../../../src/main/node/telemetry/types.ts';
import { temporaryFolder } from '../../../../helpers/temporary-folder.ts';

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
 * The store of a process that is killed in the middle of its work. Points of a kill are after each statement, before COMMIT, and after
 * COMMIT before the answer. A transaction that is cut leaves no trace: that is SQLite's promise.
 */
export class DyingStore implements Store {
  readonly #store: Store;
  readonly #diesAt: number;
  #passed = 0;

  /** @param diesAt the point of the kill, from 1 */
  constructor(store: Store, diesAt: number) {
    this.#store = store;
    this.#diesAt = diesAt;
  }

  start = () => Promise.resolve();
  stop = () => Promise.resolve();

  /** Points that were passed. */
  get points(): number {
    return this.#passed;
  }

  all: Store['all'] = (sql, params) => {
    this.#aliveOrThrow();
    return this.#store.all(sql, params);
  };

  get: Store['get'] = (sql, params) => {
    this.#aliveOrThrow();
    return this.#store.get(sql, params);
  };

  run: Store['run'] = async (sql, params) => {
    const [result] = await this.transaction([{ sql, ...(params !== undefined && { params }) }]);
    return result ?? { changes: 0, lastInsertRowid: 0 };
  };

  async transaction(statements: readonly Statement[]) {
    this.#aliveOrThrow();
    for (const _ of statements) this.#pass();
    const results = await this.#store.transaction(statements);
    this.#pass();
    return results;
  }

  #pass(): void {
    this.#passed++;
    this.#aliveOrThrow();
  }

  #aliveOrThrow(): void {
    if (this.#passed >= this.#diesAt) throw new Killed();
  }
}

/**
 * Does the same work again and again in a folder of its own, each time killed one point later, until it gets through.
 *
 * @param work what is done
 * @param check what must hold of the store afterwards, whatever was reached
 * @returns how many points there were
 */
export async function killEverywhere(
  migrations: readonly Migration[],
  work: (store: Store) => Promise<void>,
  check: (store: Store, died: boolean) => Promise<void>,
): Promise<number> {
  for (let diesAt = 1; ; diesAt++) {
    const store = await openStore(await temporaryFolder(), migrations);
    let died = false;
    await work(new DyingStore(store, diesAt)).catch((error: unknown) => {
      if (!(error instanceof Killed)) throw error;
      died = true;
    });
    await check(store, died);
    await store.stop();
    if (!died) return diesAt - 1;
  }
}
