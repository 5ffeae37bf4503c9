/** What passes between the log store and its thread. */
import type { ThreadWith } from '../../threads/index.ts';
import type { BrokerId, EntryKind, GroupConfiguration, GroupId, HardState, LogPosition } from '../core/types.ts';
import type { DamagedLog, LogImage } from './types.ts';

export interface LogThreadOptions {
  readonly file: string;
  readonly resourcesPath: string | undefined;
}

/** What the file alone says of a group; whether it is all that there was, the guard knows. */
export type StoredLog = Omit<LogImage, 'impaired' | 'guardedIndex'>;

/** A damaged log and the highest place that was found in it, which was acknowledged once. */
export interface DamagedStoredLog extends DamagedLog {
  readonly highest: { readonly index: number; readonly term: number };
}

/** An entry whose data lie in a block of memory that many share. */
export interface PackedEntry {
  readonly index: number;
  readonly term: number;
  readonly kind: EntryKind;
  readonly checksum: number;
  readonly offset: number;
  readonly sizeBytes: number;
}

export interface PackedPersist {
  readonly groupId: GroupId;
  readonly hardState: HardState | undefined;
  readonly truncateFrom: number | undefined;
  readonly entries: readonly PackedEntry[];
}

/** One transaction and one flush. */
export interface PackedWrite {
  readonly memory: ArrayBuffer;
  readonly persists: readonly PackedPersist[];
}

export interface WriteResult {
  readonly flushMs: number;
  /** Of the file, without its journal. */
  readonly sizeBytes: number;
  /** Where the logs that were written to end now. */
  readonly ends: readonly { readonly groupId: GroupId; readonly last: LogPosition }[];
}

export interface PackedEntries {
  readonly memory: ArrayBuffer;
  readonly entries: readonly PackedEntry[];
}

/** What to remember as the vote of a group whose row is gone: enough never to vote twice. */
export interface FallbackVote {
  readonly term: number;
  readonly votedFor: BrokerId;
}

type LogMethods = {
  readonly open: {
    readonly request: undefined;
    readonly result: { readonly logs: readonly StoredLog[]; readonly damaged: readonly DamagedStoredLog[] };
  };
  readonly image: { readonly request: GroupId; readonly result: StoredLog };
  readonly createGroup: {
    readonly request: { readonly groupId: GroupId; readonly configuration: GroupConfiguration; readonly at: LogPosition };
    readonly result: undefined;
  };
  readonly write: { readonly request: PackedWrite; readonly result: WriteResult };
  readonly read: {
    readonly request: { readonly groupId: GroupId; readonly fromIndex: number; readonly maxBytes: number };
    readonly result: PackedEntries;
  };
  readonly compact: { readonly request: { readonly groupId: GroupId; readonly to: LogPosition }; readonly result: undefined };
  readonly restart: {
    readonly request: {
      readonly groupId: GroupId;
      readonly at: LogPosition;
      readonly configuration: GroupConfiguration;
      readonly fallback: FallbackVote;
    };
    readonly result: undefined;
  };
  readonly cutDamage: { readonly request: GroupId; readonly result: StoredLog };
  readonly removeGroup: { readonly request: GroupId; readonly result: undefined };
  /** Begins the journal anew after the checkpoint thread has brought nearly all of it into the file. */
  readonly resetJournal: { readonly request: undefined; readonly result: undefined };
};

/** What the log store and its thread say to each other. */
export type LogThread = ThreadWith<{ readonly data: LogThreadOptions; readonly methods: LogMethods }>;
