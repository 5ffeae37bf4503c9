/** The thread that owns `ledger.db`: hashing, checks of signatures and all waiting for the disk happen here. */
import { SignalboxError } from '../../../common/errors.ts';
import { describeFailure } from '../store/failures.ts';
import { openDatabase } from '../store/open-database.ts';
import { loadSqlite } from '../store/sqlite.ts';
import { runThread, type ThreadService, type ThreadSide } from '../threads/index.ts';
import { ChainDatabase } from './chain-database.ts';
import { ledgerMigrations } from './migrations.ts';
import { Verifier } from './verifier.ts';
import type { LedgerFailure, LedgerThread } from './worker-messages.ts';

function failureOf(error: unknown): LedgerFailure {
  return error instanceof SignalboxError ? { kind: 'error', shape: error.toShape() } : { kind: 'store', failure: describeFailure(error) };
}

function start({ data: { file, self, resourcesPath } }: ThreadSide<LedgerThread>): ThreadService<LedgerThread> {
  // Pages are not checked as a whole: verification reads every one and names what is wrong, and a large ledger must not keep a node waiting.
  const { database } = openDatabase(loadSqlite(resourcesPath), file, ledgerMigrations, { checked: false });
  const chains = new ChainDatabase(database, self);
  const verifier = new Verifier(chains, self);
  return {
    ready: undefined,
    methods: {
      call: ({ method, args }) => {
        const operation = chains[method].bind(chains) as (...given: readonly unknown[]) => unknown;
        return operation(...args);
      },
      verify: ({ chainId, fromHeight, toHeight }, { signal, progress }) =>
        verifier.verify(chainId, { fromHeight, toHeight, onProgress: progress, isCancelled: () => signal.aborted }),
    },
    told: {},
    stop: () => {
      try {
        database.pragma('wal_checkpoint(TRUNCATE)');
      } catch {
        // The journal stays: the next start reads it.
      } finally {
        database.close();
      }
    },
  };
}

runThread(start, failureOf);
