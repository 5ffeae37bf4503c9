/** The worker thread that owns one SQLite file: all waiting for the disk happens here (architecture.md, shape 5). */
import { getHeapStatistics } from 'node:v8';
import { parentPort, workerData } from 'node:worker_threads';
import { EventLoopDelay } from '../telemetry/event-loop-delay.ts';
import { describeFailure } from './failures.ts';
import { type OpenedDatabase, openDatabase } from './open-database.ts';
import type { FromWorker, StoreFailure, ToWorker, WorkerOptions, WorkerSample } from './protocol.ts';
import { loadSqlite } from './sqlite.ts';
import { StatementRunner } from './statement-runner.ts';

const port = parentPort;
if (port === null) throw new Error('store-worker runs as a worker thread.');
const send = (message: FromWorker) => port.postMessage(message);
/** This thread is there to wait for the disk: only long waits are worth knowing. */
const delay = new EventLoopDelay(100);
let cpuMark = readCpu();

/** Processor time of this thread in microseconds; undefined on runtimes that cannot tell (before Node 23.9). */
function readCpu(): { readonly usedUs: number; readonly atMs: number } | undefined {
  const usage = (process as { threadCpuUsage?: () => { user: number; system: number } }).threadCpuUsage?.();
  return usage === undefined ? undefined : { usedUs: usage.user + usage.system, atMs: performance.now() };
}

function takeSample(): WorkerSample {
  const before = cpuMark;
  cpuMark = readCpu();
  const elapsedMs = before === undefined || cpuMark === undefined ? 0 : cpuMark.atMs - before.atMs;
  const heap = getHeapStatistics();
  return {
    memoryBytes: heap.total_heap_size + heap.external_memory,
    cpuPercent:
      before === undefined || cpuMark === undefined || elapsedMs <= 0
        ? null
        : Math.round(Math.min(100, (cpuMark.usedUs - before.usedUs) / 10 / elapsedMs) * 100) / 100,
    eventLoopDelayP99Ms: delay.takeP99Ms(),
  };
}

/** Empties the journal into the file, so that what remains is one file. */
function close({ database }: OpenedDatabase): StoreFailure | null {
  try {
    database.pragma('wal_checkpoint(TRUNCATE)');
    return null;
  } catch (error) {
    return describeFailure(error);
  } finally {
    database.close();
  }
}

function serve(opened: OpenedDatabase): void {
  const runner = new StatementRunner(opened.database);
  port?.on('message', (message: ToWorker) => {
    if (message.type === 'batch') send({ type: 'answers', answers: runner.run(message.requests) });
    else if (message.type === 'sample') send({ type: 'sampled', sample: takeSample() });
    else {
      send({ type: 'closed', failure: close(opened) });
      delay.stop();
      port?.close();
    }
  });
}

const options = workerData as WorkerOptions;
try {
  const opened = openDatabase(loadSqlite(options.resourcesPath), options.file, options.migrations);
  const sqliteVersion = String(opened.database.prepare('SELECT sqlite_version()').pluck().get());
  delay.start();
  serve(opened);
  send({ type: 'opened', sqliteVersion, migrated: opened.migrated, backup: opened.backup });
} catch (error) {
  send({ type: 'openFailed', failure: describeFailure(error) });
}
