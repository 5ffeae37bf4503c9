/** Messages between the node and the thread of the ledger. */
import type { ErrorShape } from '../../../common/errors.ts';
import type { StoreFailure } from '../store/protocol.ts';
import type { ChainDatabase } from './chain-database.ts';
import type { VerifyProgress, VerifyResult } from './chain-store.ts';

export interface LedgerWorkerData {
  /** Absolute path of `ledger.db`. */
  readonly file: string;
  /** Id of this node. */
  readonly self: string;
  /** Electron's `process.resourcesPath`. */
  readonly resourcesPath: string | undefined;
}

/** Operations of the file that are asked for by name. */
export type LedgerMethod =
  | 'append'
  | 'take'
  | 'replace'
  | 'blocks'
  | 'hashes'
  | 'heldHashes'
  | 'exportBlocks'
  | 'blockOf'
  | 'chains'
  | 'chain'
  | 'list'
  | 'details'
  | 'auditId'
  | 'announce'
  | 'forks'
  | 'setShares'
  | 'confirmStart'
  | 'continueAfter'
  | 'prune';

export type LedgerArguments<M extends LedgerMethod> = Parameters<ChainDatabase[M]>;
export type LedgerResult<M extends LedgerMethod> = ReturnType<ChainDatabase[M]>;

export type ToLedgerWorker =
  | { readonly type: 'call'; readonly id: number; readonly method: LedgerMethod; readonly args: readonly unknown[] }
  | {
      readonly type: 'verify';
      readonly id: number;
      readonly chainId: string;
      readonly fromHeight: number | undefined;
      readonly toHeight: number | undefined;
    }
  | { readonly type: 'cancel'; readonly id: number }
  | { readonly type: 'close' };

/** How an operation failed: of SQLite, or an expected error. */
export type LedgerFailure =
  | { readonly kind: 'store'; readonly failure: StoreFailure }
  | { readonly kind: 'error'; readonly shape: ErrorShape };

export type FromLedgerWorker =
  | { readonly type: 'opened'; readonly migrated: readonly string[] }
  | { readonly type: 'openFailed'; readonly failure: StoreFailure }
  | { readonly type: 'done'; readonly id: number; readonly value: unknown }
  | { readonly type: 'failed'; readonly id: number; readonly failure: LedgerFailure }
  | { readonly type: 'progress'; readonly id: number; readonly progress: VerifyProgress }
  | { readonly type: 'verified'; readonly id: number; readonly result: VerifyResult };
