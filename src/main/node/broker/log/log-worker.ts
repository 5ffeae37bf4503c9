/** The thread that owns log.db: every flush of the broker's disk that somebody waits for happens here. */
import { parentPort, workerData } from 'node:worker_threads';
import { loadSqlite } from '../../store/sqlite.ts';
import type { LogEntry } from '../core/types.ts';
import { LogFile } from './log-file.ts';
import type { LogThreadMethods, LogThreadOptions, PackedEntries } from './log-protocol.ts';
import { storageError } from './storage-error.ts';
import { answerCalls, Moved, type ThreadReport } from './thread-calls.ts';

const port = parentPort;
if (port === null) throw new Error('log-worker runs as a worker thread.');
const { file, resourcesPath } = workerData as LogThreadOptions;

let opened: LogFile | undefined;

/** Nothing depends on what could not be deleted; the next start tries again. */
function reportGarbage(error: unknown): void {
  const report: ThreadReport = {
    event: 'broker.logNotCleaned',
    message: 'Entries of the log that nobody needs any more could not be deleted; the next start tries again.',
    fields: { file, error: storageError(file, error).toShape() },
  };
  port?.postMessage(report);
}

function log(): LogFile {
  opened ??= new LogFile(loadSqlite(resourcesPath), file, reportGarbage);
  return opened;
}

/** Puts the data of entries into one block, which then moves to the caller. */
function pack(entries: readonly LogEntry[]): Moved<PackedEntries> {
  const memory = new ArrayBuffer(entries.reduce((sum, { data }) => sum + data.byteLength, 0));
  const bytes = new Uint8Array(memory);
  let offset = 0;
  const packed = entries.map(({ data, ...entry }) => {
    bytes.set(data, offset);
    offset += data.byteLength;
    return { ...entry, offset: offset - data.byteLength, sizeBytes: data.byteLength };
  });
  return new Moved({ memory, entries: packed }, [memory]);
}

answerCalls<LogThreadMethods>(
  port,
  {
    open: () => log().open(),
    image: (groupId) => log().image(groupId),
    createGroup: ({ groupId, configuration, at }) => log().createGroup(groupId, configuration, at),
    write: (write) => log().write(write),
    read: ({ groupId, fromIndex, maxBytes }) => pack(log().read(groupId, fromIndex, maxBytes)),
    compact: ({ groupId, to }) => log().compact(groupId, to),
    restart: ({ groupId, at, configuration, fallback }) => log().restart(groupId, at, configuration, fallback),
    cutDamage: (groupId) => log().cutDamage(groupId),
    removeGroup: (groupId) => log().removeGroup(groupId),
    resetJournal: () => log().resetJournal(),
    close: () => opened?.close(),
  },
  (error) => storageError(file, error),
);
