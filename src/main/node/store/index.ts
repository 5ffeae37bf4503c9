/** Durable storage: SQLite behind a worker thread, and files that are replaced whole. */
export { syncFolder, temporaryName, writeFileDurably } from './durable-file.ts';
export type { WorkerSample } from './protocol.ts';
export { loadSqlite } from './sqlite.ts';
export type { Migration, RunResult, SqlValue, Statement, Store } from './types.ts';
export { createStore, type StoreOptions, type WorkerStore } from './worker-store.ts';
