/**
 * The applied state of each group on disk, one SQLite file a group: rows of the state machine, messages in segments, and the log position
 * they stand for, always in one transaction. Never on the way of an acknowledgement: what is lost here in a crash is applied again from the log.
 */
import type { GroupConfiguration, GroupId, LogPosition } from '../core/types.ts';
import type { Applied, QueueId, QueueMessage, StateRow } from '../machine/types.ts';

export interface StateImage {
  readonly applied: LogPosition;
  /** The newest that came with what was applied, or with a snapshot; null: none yet. */
  readonly configuration: GroupConfiguration | null;
  readonly rows: readonly StateRow[];
}

export interface MessageQuery {
  readonly queueId: QueueId;
  /** Inclusive; messages before the first one held are passed over. */
  readonly fromSequence: number;
  readonly toSequence: number;
  readonly limit: number;
  readonly maxBytes: number;
  /** `backward`: from `toSequence` down. */
  readonly direction: 'forward' | 'backward';
}

/** A snapshot as a file: a SQLite database of the same layout, whole and checked. */
export interface SnapshotFile {
  readonly path: string;
  readonly position: LogPosition;
  readonly configuration: GroupConfiguration;
  readonly sizeBytes: number;
  /** Lower-case hex. */
  readonly sha256: string;
}

export interface StateStore {
  /** @throws SignalboxError `STORAGE_CORRUPT`, `STORAGE_FULL` */
  open(groupId: GroupId): Promise<StateImage>;
  /**
   * Writes what entries did, in order, with the position and checksum of the last. Not yet flushed to the disk.
   *
   * @param configuration the newest one that is among the entries
   */
  apply(groupId: GroupId, applied: readonly Applied[], position: LogPosition, configuration?: GroupConfiguration): Promise<void>;
  read(groupId: GroupId, query: MessageQuery): Promise<readonly QueueMessage[]>;
  /** The first sequence whose time is at or after `timeMs`; one more than the last when there is none. */
  sequenceAt(groupId: GroupId, queueId: QueueId, timeMs: number): Promise<number>;
  /** Flushes to the disk. The position up to which the log is no longer needed. */
  sync(groupId: GroupId): Promise<LogPosition>;
  /**
   * A copy made while work goes on; kept until the next one of this group, or until it is released.
   *
   * @param configuration counts unless the state has applied a newer one, or has not applied this one yet: a snapshot has the members as of
   * its place in the log
   */
  snapshot(groupId: GroupId, configuration: GroupConfiguration): Promise<SnapshotFile>;
  release(path: string): Promise<void>;
  /**
   * A snapshot where somebody wants to have it: a backup. Nobody but its owner removes it.
   *
   * @param path absolute; nothing may be there yet
   * @throws SignalboxError `CONFLICT` a file is there; `STORAGE_FULL`
   */
  export(groupId: GroupId, configuration: GroupConfiguration, path: string): Promise<SnapshotFile>;
  /**
   * Makes the state of a new group of a backup, which is left as it is: its queues get ids of the new group and keep their names. The state is
   * not opened. The log of the new group begins at the place that is returned.
   *
   * @throws SignalboxError `STORAGE_CORRUPT` it is no whole backup; `CONFLICT` the group has a state already; `STORAGE_FULL`
   */
  restore(groupId: GroupId, path: string): Promise<LogPosition>;
  /** Checks a file that was brought and puts it in the place of the group's state, by rename. @throws SignalboxError `STORAGE_CORRUPT` */
  install(groupId: GroupId, path: string, sha256: string): Promise<StateImage>;
  remove(groupId: GroupId): Promise<void>;
  /**
   * Keeps a state that cannot be read under another name, in the place of one that was kept so before: the next {@link open} begins an empty
   * one.
   *
   * @returns where it is now
   * @throws SignalboxError `STORAGE_FULL`
   */
  setAside(groupId: GroupId): Promise<string>;
  close(): Promise<void>;
}
