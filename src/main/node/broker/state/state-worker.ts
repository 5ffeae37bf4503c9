/** The thread that owns the states of all groups: large batches of what was applied, reads of old messages, snapshots. Nobody's acknowledgement waits for it. */
import { mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { SignalboxError } from '../../../../common/errors.ts';
import { syncFolder } from '../../store/durable-file.ts';
import { loadSqlite } from '../../store/sqlite.ts';
import type { GroupId, LogPosition } from '../core/types.ts';
import { corrupt, storageError } from '../log/storage-error.ts';
import { answerCalls, Moved, type ThreadReport } from '../log/thread-calls.ts';
import type { QueueMessage } from '../machine/types.ts';
import { checkSnapshot, clearSnapshots, exportSnapshot, makeSnapshot, replaceState, restoreSnapshot } from './snapshot-files.ts';
import { StateFile } from './state-file.ts';
import { stateFileOf } from './state-file-name.ts';
import type { PackedMessages, StateThreadMethods, StateThreadOptions } from './state-protocol.ts';
import type { StateImage } from './types.ts';

const port = parentPort;
if (port === null) throw new Error('state-worker runs as a worker thread.');
const { folder, resourcesPath } = workerData as StateThreadOptions;
const sqlite = loadSqlite(resourcesPath);
const states = new Map<GroupId, StateFile>();

function stateOf(groupId: GroupId): StateFile {
  const state = states.get(groupId);
  if (state === undefined) throw new SignalboxError('NOT_FOUND', `The state of the group ${groupId} is not open.`, { executed: 'no' });
  return state;
}

/** Nothing depends on what could not be deleted; the next trim or start tries again. */
function reportSweep(file: string, error: unknown): void {
  const report: ThreadReport = {
    event: 'broker.stateNotCleaned',
    message: 'Messages that are gone could not be deleted from the state of a group; it is tried again.',
    fields: { file, error: storageError(file, error).toShape() },
  };
  port?.postMessage(report);
}

function openState(groupId: GroupId): StateImage {
  if (states.has(groupId)) throw new SignalboxError('CONFLICT', `The state of the group ${groupId} is open already.`, { executed: 'no' });
  const file = stateFileOf(folder, groupId);
  const state = new StateFile(sqlite, file, groupId, (error) => reportSweep(file, error));
  try {
    const image = state.image();
    states.set(groupId, state);
    return image;
  } catch (error) {
    state.close();
    throw error;
  }
}

function closeState(groupId: GroupId): void {
  const state = states.get(groupId);
  states.delete(groupId);
  state?.close();
}

/** So that it is still there after a power cut. */
async function makeFolder(directory: string): Promise<void> {
  if ((await mkdir(directory, { recursive: true, mode: 0o700 })) === undefined) return;
  await syncFolder(dirname(directory));
  await syncFolder(folder);
}

async function open(groupId: GroupId): Promise<StateImage> {
  const directory = dirname(stateFileOf(folder, groupId));
  await makeFolder(directory);
  await clearSnapshots(directory);
  return openState(groupId);
}

async function restore(groupId: GroupId, path: string): Promise<LogPosition> {
  const file = stateFileOf(folder, groupId);
  await makeFolder(dirname(file));
  return restoreSnapshot(sqlite, path, file, groupId);
}

async function install(groupId: GroupId, path: string, sha256: string): Promise<StateImage> {
  const meta = await checkSnapshot(sqlite, path, sha256);
  if (meta.groupId !== groupId) throw corrupt(path, `It is the state of ${meta.groupId} and not of ${groupId}.`);
  const file = stateFileOf(folder, groupId);
  await makeFolder(dirname(file));
  closeState(groupId);
  await replaceState(path, file);
  return openState(groupId);
}

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

answerCalls<StateThreadMethods>(
  port,
  {
    open,
    apply: ({ groupId, ...apply }) => stateOf(groupId).apply(apply),
    read: ({ groupId, query }) => pack(stateOf(groupId).read(query)),
    sequenceAt: ({ groupId, queueId, timeMs }) => stateOf(groupId).sequenceAt(queueId, timeMs),
    snapshot: ({ groupId, configuration }) => makeSnapshot(sqlite, stateOf(groupId), configuration),
    export: ({ groupId, configuration, path }) => exportSnapshot(sqlite, stateOf(groupId), configuration, path),
    restore: ({ groupId, path }) => restore(groupId, path),
    install: ({ groupId, path, sha256 }) => install(groupId, path, sha256),
    remove: async (groupId) => {
      closeState(groupId);
      await rm(dirname(stateFileOf(folder, groupId)), { recursive: true, force: true });
    },
    resetJournal: (groupId) => stateOf(groupId).resetJournal(),
    close: () => {
      for (const groupId of [...states.keys()]) closeState(groupId);
    },
  },
  (error) => storageError(join(folder, 'groups'), error),
);
