/** Messages between a store and its worker thread. */
import type { Migration, RunResult, SqlValue, Statement } from './types.ts';

export interface WorkerOptions {
  readonly file: string;
  readonly migrations: readonly Migration[];
  readonly resourcesPath: string | undefined;
}

export type StoreOperation =
  | { readonly kind: 'all' | 'get' | 'run'; readonly sql: string; readonly params: readonly SqlValue[] }
  | { readonly kind: 'transaction'; readonly statements: readonly Statement[] };

export type StoreRequest = StoreOperation & { readonly id: number };

export type ToWorker =
  | { readonly type: 'batch'; readonly requests: readonly StoreRequest[] }
  | { readonly type: 'sample' }
  | { readonly type: 'close' };

/** How SQLite failed, as a plain object that survives structured clone. */
export interface StoreFailure {
  readonly kind: 'damaged' | 'storage' | 'busy' | 'constraint' | 'schema' | 'fault';
  /** SQLite's result code, or the class of the error. */
  readonly code: string;
  readonly message: string;
}

export type StoreValue = readonly unknown[] | unknown | RunResult | readonly RunResult[];

export type StoreAnswer =
  | { readonly id: number; readonly ok: true; readonly value: StoreValue }
  | { readonly id: number; readonly ok: false; readonly failure: StoreFailure };

/** What a worker thread says about itself. */
export interface WorkerSample {
  readonly memoryBytes: number;
  readonly cpuPercent: number | null;
  readonly eventLoopDelayP99Ms: number | null;
}

export type FromWorker =
  | { readonly type: 'opened'; readonly sqliteVersion: string; readonly migrated: readonly string[]; readonly backup: string | null }
  | { readonly type: 'openFailed'; readonly failure: StoreFailure }
  | { readonly type: 'answers'; readonly answers: readonly StoreAnswer[] }
  | { readonly type: 'sampled'; readonly sample: WorkerSample }
  | { readonly type: 'closed'; readonly failure: StoreFailure | null };
