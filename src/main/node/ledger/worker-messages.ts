import type { ErrorShape } from '../../../common/errors.ts';
import type { StoreFailure } from '../store/protocol.ts';
import type { ThreadWith } from '../threads/index.ts';
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

/** How an operation failed: of SQLite, or an expected error. */
export type LedgerFailure =
  | { readonly kind: 'store'; readonly failure: StoreFailure }
  | { readonly kind: 'error'; readonly shape: ErrorShape };

/** What the node and the thread of the ledger say to each other. */
export type LedgerThread = ThreadWith<{
  readonly data: LedgerWorkerData;
  readonly methods: {
    /** An operation of the file by name. */
    readonly call: { readonly request: { readonly method: LedgerMethod; readonly args: readonly unknown[] }; readonly result: unknown };
    /** Goes on beside the others; one that is cancelled answers how far it has come. */
    readonly verify: {
      readonly request: { readonly chainId: string; readonly fromHeight: number | undefined; readonly toHeight: number | undefined };
      readonly result: VerifyResult;
      readonly progress: VerifyProgress;
    };
  };
  readonly failure: LedgerFailure;
}>;
