import { createRequire } from 'node:module';
import { join } from 'node:path';
import type Database from 'better-sqlite3';

// Not named `require`: the bundler adds a constant of that name to its output.
const req = createRequire(import.meta.url);

/** Node-API version that better-sqlite3 13 is built for. */
const neededNodeApi = 10;

/**
 * The SQLite binding for this runtime.
 *
 * better-sqlite3 13 crashes on a runtime whose Node-API is older than 10 (Electron 33); such a runtime carries its own
 * build in `resources/compat` (electron.md section 3). SQL must suit both: SQLite 3.47.
 *
 * @param resourcesPath Electron's `process.resourcesPath`, which a worker does not have by itself
 */
export function loadSqlite(resourcesPath: string | undefined): typeof Database {
  if (Number(process.versions.napi) < neededNodeApi) return req(join(resourcesPath ?? '', 'compat', 'better-sqlite3'));
  return req('better-sqlite3');
}
