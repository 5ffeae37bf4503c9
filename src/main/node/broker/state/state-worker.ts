/** The thread that owns the states of all groups: large batches of what was applied, reads of old messages, snapshots. Nobody's acknowledgement waits for it. */
import { join } from 'node:path';
import { workerData } from 'node:worker_threads';
import { loadSqlite } from '../../store/sqlite.ts';
import { Moved, runThread, type ThreadService, type ThreadSide } from '../../threads/index.ts';
import { storageError } from '../log/storage-error.ts';
import type { QueueMessage } from '../machine/types.ts';
import { GroupStates } from './group-states.ts';
import { exportSnapshot, makeSnapshot } from './snapshot-files.ts';
import type { PackedMessages, StateThread, StateThreadOptions } from './state-protocol.ts';

/** Puts the data of messages into one block, which then moves to the caller. */
function pack(messages: readonly QueueMessage[]): Moved<PackedMessages> {
  const memory = new ArrayBuffer(messages.reduce((sum, { data }) => sum + data.byteLength, 0));
  const bytes = new Uint8Array(memory);
  let offset = 0;
  const packed = messages.map(({ data, ...message }) => {
    bytes.set(data, offset);
    offset += data.byteLength;
    return { ...message, offset: offset - data.byteLength, sizeBytes: data.byteLength };
  });
  return new Moved({ memory, messages: packed }, [memory]);
}

function start({ data: { folder, resourcesPath }, logger }: ThreadSide<StateThread>): ThreadService<StateThread> {
  const sqlite = loadSqlite(resourcesPath);
  const states = new GroupStates({ folder, sqlite, logger });
  return {
    ready: undefined,
    methods: {
      open: (groupId) => states.open(groupId),
      apply: ({ groupId, ...apply }) => states.of(groupId).apply(apply),
      read: ({ groupId, query }) => pack(states.of(groupId).read(query)),
      sequenceAt: ({ groupId, queueId, timeMs }) => states.of(groupId).sequenceAt(queueId, timeMs),
      snapshot: ({ groupId, configuration }) => makeSnapshot(sqlite, states.of(groupId), configuration),
      export: ({ groupId, configuration, path }) => exportSnapshot(sqlite, states.of(groupId), configuration, path),
      restore: ({ groupId, path }) => states.restore(groupId, path),
      install: ({ groupId, path, sha256 }) => states.install(groupId, path, sha256),
      remove: (groupId) => states.remove(groupId),
      setAside: (groupId) => states.setAside(groupId),
      resetJournal: (groupId) => states.of(groupId).resetJournal(),
    },
    told: {},
    stop: () => states.closeAll(),
  };
}

runThread(start, (error) => storageError(join((workerData as StateThreadOptions).folder, 'groups'), error).toShape());
