/** The thread that owns `ledger.db`: hashing, checks of signatures and all waiting for the disk happen here. */
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { SignalboxError } from '../../../common/errors.ts';
import { describeFailure } from '../store/failures.ts';
import { openDatabase } from '../store/open-database.ts';
import { loadSqlite } from '../store/sqlite.ts';
import { ChainDatabase } from './chain-database.ts';
import { ledgerMigrations } from './migrations.ts';
import { Verifier } from './verifier.ts';
import type { FromLedgerWorker, LedgerFailure, LedgerWorkerData, ToLedgerWorker } from './worker-messages.ts';

const port = parentPort;
if (port === null) throw new Error('the ledger runs in a thread of its own');
const { file, self, resourcesPath } = workerData as LedgerWorkerData;
const post = (message: FromLedgerWorker) => port.postMessage(message);

/** Verifications that run, by the id of what asked for them; true: it was stopped. */
const running = new Map<number, { cancelled: boolean }>();

function failureOf(error: unknown): LedgerFailure {
  return error instanceof SignalboxError ? { kind: 'error', shape: error.toShape() } : { kind: 'store', failure: describeFailure(error) };
}

function call(chains: ChainDatabase, { id, method, args }: Extract<ToLedgerWorker, { type: 'call' }>): void {
  try {
    const operation = chains[method].bind(chains) as (...given: readonly unknown[]) => unknown;
    post({ type: 'done', id, value: operation(...args) });
  } catch (error) {
    post({ type: 'failed', id, failure: failureOf(error) });
  }
}

async function verify(verifier: Verifier, asked: Extract<ToLedgerWorker, { type: 'verify' }>): Promise<void> {
  const { id, chainId, fromHeight, toHeight } = asked;
  const run = { cancelled: false };
  running.set(id, run);
  try {
    const onProgress = (progress: { checked: number; total: number }) => post({ type: 'progress', id, progress });
    const result = await verifier.verify(chainId, { fromHeight, toHeight, onProgress, isCancelled: () => run.cancelled });
    post({ type: 'verified', id, result });
  } catch (error) {
    post({ type: 'failed', id, failure: failureOf(error) });
  } finally {
    running.delete(id);
  }
}

function close(chains: ChainDatabase, own: MessagePort): void {
  for (const run of running.values()) run.cancelled = true;
  own.close();
  try {
    chains.database.pragma('wal_checkpoint(TRUNCATE)');
  } catch {
    // The journal stays: the next start reads it.
  } finally {
    chains.database.close();
  }
}

try {
  // Pages are not checked as a whole: verification reads every one and names what is wrong, and a large ledger must not keep a node waiting.
  const opened = openDatabase(loadSqlite(resourcesPath), file, ledgerMigrations, { checked: false });
  const chains = new ChainDatabase(opened.database, self);
  const verifier = new Verifier(chains, self);
  port.on('message', (message: ToLedgerWorker) => {
    if (message.type === 'call') call(chains, message);
    else if (message.type === 'verify') void verify(verifier, message);
    else if (message.type === 'cancel') {
      const run = running.get(message.id);
      if (run !== undefined) run.cancelled = true;
    } else close(chains, port);
  });
  post({ type: 'opened', migrated: opened.migrated });
} catch (error) {
  post({ type: 'openFailed', failure: describeFailure(error) });
}
