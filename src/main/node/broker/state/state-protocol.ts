/** What passes between the state store and its thread. */
import type { ThreadWith } from '../../threads/index.ts';
import type { GroupConfiguration, GroupId, LogPosition } from '../core/types.ts';
import type { QueueId, QueueMessage, Segment, StateRow, Trim } from '../machine/types.ts';
import type { MessageQuery, SnapshotFile, StateImage } from './types.ts';

export interface StateThreadOptions {
  /** Holds a folder for each group. */
  readonly folder: string;
  readonly resourcesPath: string | undefined;
}

/** A part of a block of memory that many share. */
export interface Placed {
  readonly offset: number;
  readonly sizeBytes: number;
}

export type PackedSegment = Omit<Segment, 'data'> & Placed;
export type PackedMessage = Omit<QueueMessage, 'data'> & Placed;

/** What many entries did, together: one transaction. Deletions come first, then segments, then trims, as in `Applied`. */
export interface PackedApply {
  readonly deleted: readonly QueueId[];
  readonly memory: ArrayBuffer;
  readonly segments: readonly PackedSegment[];
  readonly trims: readonly Trim[];
  readonly rows: readonly StateRow[];
  readonly position: LogPosition;
  readonly configuration: GroupConfiguration | undefined;
}

export interface PackedMessages {
  readonly memory: ArrayBuffer;
  readonly messages: readonly PackedMessage[];
}

interface OfGroup {
  readonly groupId: GroupId;
}

type StateMethods = {
  readonly open: { readonly request: GroupId; readonly result: StateImage };
  readonly apply: { readonly request: OfGroup & PackedApply; readonly result: undefined };
  readonly read: { readonly request: OfGroup & { readonly query: MessageQuery }; readonly result: PackedMessages };
  readonly sequenceAt: {
    readonly request: OfGroup & { readonly queueId: QueueId; readonly timeMs: number };
    readonly result: number;
  };
  readonly snapshot: { readonly request: OfGroup & { readonly configuration: GroupConfiguration }; readonly result: SnapshotFile };
  readonly export: {
    readonly request: OfGroup & { readonly configuration: GroupConfiguration; readonly path: string };
    readonly result: SnapshotFile;
  };
  readonly restore: { readonly request: OfGroup & { readonly path: string }; readonly result: LogPosition };
  readonly install: { readonly request: OfGroup & { readonly path: string; readonly sha256: string }; readonly result: StateImage };
  readonly remove: { readonly request: GroupId; readonly result: undefined };
  /** Answers where the file is now. */
  readonly setAside: { readonly request: GroupId; readonly result: string };
  readonly resetJournal: { readonly request: GroupId; readonly result: undefined };
};

/** What the state store and its thread say to each other. */
export type StateThread = ThreadWith<{ readonly data: StateThreadOptions; readonly methods: StateMethods }>;
