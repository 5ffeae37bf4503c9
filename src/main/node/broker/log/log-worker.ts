/** The thread that owns log.db: every flush of the broker's disk that somebody waits for happens here. */
import { workerData } from 'node:worker_threads';
import { loadSqlite } from '../../store/sqlite.ts';
import { Moved, runThread, type ThreadService, type ThreadSide } from '../../threads/index.ts';
import type { LogEntry } from '../core/types.ts';
import { LogFile } from './log-file.ts';
import type { LogThread, LogThreadOptions, PackedEntries } from './log-protocol.ts';
import { storageError } from './storage-error.ts';

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

function start({ data, logger }: ThreadSide<LogThread>): ThreadService<LogThread> {
  const { file, resourcesPath } = data;
  let opened: LogFile | undefined;
  /** Nothing depends on what could not be deleted; the next start tries again. */
  const reportGarbage = (error: unknown) =>
    logger.warn('broker.logNotCleaned', 'Entries of the log that nobody needs any more could not be deleted; the next start tries again.', {
      file,
      error: storageError(file, error).toShape(),
    });
  const log = () => {
    opened ??= new LogFile(loadSqlite(resourcesPath), file, reportGarbage);
    return opened;
  };
  return {
    ready: undefined,
    methods: {
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
    },
    told: {},
    stop: () => opened?.close(),
  };
}

runThread(start, (error) => storageError((workerData as LogThreadOptions).file, error).toShape());
