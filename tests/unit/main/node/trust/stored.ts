/** Stores on real SQLite files, and what a process that is killed leaves of one. */
import { copyFileSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type Database from 'better-sqlite3';
import { onTestFinished } from 'vitest';
import {
  createStore,
  loadSqlite,
  type Migration,
  type Statement,
  type Store,
  type WorkerStore,
} from '../../../../../src/main/node/store/index.ts';
import { openDatabase } from '../../../../../src/main/node/store/open-database.ts';
import type { StoreOperation } from '../../../../../src/main/node/store/protocol.ts';
import { StatementRunner } from '../../../../../src/main/node/store/statement-runner.ts';
import type { Logger } from '../../../../../src/main/node/telemetry/types.ts';
import { temporaryFolder } from '../../../../helpers/temporary-folder.ts';

const nothing = () => undefined;
const silent: Logger = { trace: nothing, debug: nothing, info: nothing, warn: nothing, error: nothing, fatal: nothing };
const fileName = 'node.db';

/** Opens the file `node.db` of a folder; closed when the test ends. */
export async function openStore(folder: string, migrations: readonly Migration[]): Promise<WorkerStore> {
  const store = createStore({ file: join(folder, fileName), migrations, logger: silent });
  await store.start();
  onTestFinished(() => store.stop());
  return store;
}

/**
 * The same file without the worker, so that it can be stopped in the middle of a transaction: the hook is called after each statement
 * before COMMIT, and after COMMIT before the answer.
 */
class SteppedStore implements Store {
  readonly #database: Database.Database;
  readonly #runner: StatementRunner;
  readonly #step: () => void;

  constructor(folder: string, migrations: readonly Migration[], step: () => void) {
    this.#database = openDatabase(loadSqlite(undefined), join(folder, fileName), migrations).database;
    this.#runner = new StatementRunner(this.#database);
    this.#step = step;
  }

  start = () => Promise.resolve();
  stop = () => Promise.resolve(void this.#database.close());

  all = async <T>(sql: string, params: Statement['params'] = []) => this.#request({ kind: 'all', sql, params }) as T[];
  get = async <T>(sql: string, params: Statement['params'] = []) => this.#request({ kind: 'get', sql, params }) as T | undefined;

  run: Store['run'] = async (sql, params = []) => {
    const [result] = await this.transaction([{ sql, params }]);
    return result ?? { changes: 0, lastInsertRowid: 0 };
  };

  transaction: Store['transaction'] = async (statements) => {
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      const results = statements.map(({ sql, params = [] }) => {
        const result = this.#request({ kind: 'run', sql, params });
        this.#step();
        return result as { changes: number; lastInsertRowid: number };
      });
      this.#database.exec('COMMIT');
      this.#step();
      return results;
    } catch (error) {
      if (this.#database.inTransaction) this.#database.exec('ROLLBACK');
      throw error;
    }
  };

  #request(operation: StoreOperation): unknown {
    const [answer] = this.#runner.run([{ ...operation, id: 1 }]);
    if (answer?.ok) return answer.value;
    throw new Error(answer?.failure.message);
  }
}

/**
 * Does some work once and looks at what a kill would have left, at every point of it: a copy of the files, opened anew.
 *
 * @param check what must hold whatever was reached; `finished` after the last point
 * @returns how many points there were
 */
export function killEverywhere(
  migrations: readonly Migration[],
  work: (store: Store) => Promise<void>,
  check: (store: Store, finished: boolean) => Promise<void>,
): Promise<number> {
  return killAllEverywhere(
    migrations,
    1,
    ([store]) => work(store as Store),
    ([store], point, points) => check(store as Store, point === points),
  );
}

/**
 * The same for several nodes, killed all at once at every write of each.
 *
 * @param check `point` counts from 1; `reached` of `work` says how many there were when something was done
 */
export async function killAllEverywhere(
  migrations: readonly Migration[],
  nodes: number,
  work: (stores: readonly Store[], reached: () => number) => Promise<void>,
  check: (stores: readonly Store[], point: number, points: number) => Promise<void>,
): Promise<number> {
  const folder = await temporaryFolder();
  let points = 0;
  const folderAt = (node: number, point?: number) => join(folder, `node-${node}${point === undefined ? '' : `-killed-${point}`}`);
  const copyAll = () => {
    points++;
    for (let node = 0; node < nodes; node++) {
      mkdirSync(folderAt(node, points));
      for (const name of [fileName, `${fileName}-wal`])
        if (existsSync(join(folderAt(node), name))) copyFileSync(join(folderAt(node), name), join(folderAt(node, points), name));
    }
  };
  const open = (point?: number, step = nothing as () => void) =>
    Array.from({ length: nodes }, (_, node) => new SteppedStore(folderAt(node, point), migrations, step));
  for (let node = 0; node < nodes; node++) mkdirSync(folderAt(node));
  const stores = open(undefined, copyAll);
  await work(stores, () => points);
  for (const store of stores) await store.stop();
  for (let point = 1; point <= points; point++) {
    const left = open(point);
    await check(left, point, points);
    for (const store of left) await store.stop();
  }
  return points;
}
