/** The replicated logs of all groups of a broker on disk: one file, so that one flush of the disk serves them all (queue.md 5.2). */
import type { GroupConfiguration, GroupId, HardState, LogEntry, LogPosition, Persist, TermRun } from '../core/types.ts';

/** What a group's log held when it was opened. */
export interface LogImage {
  readonly groupId: GroupId;
  readonly hardState: HardState;
  /** Where the log begins: what is up to here is in the snapshot, that is, in the state. */
  readonly compacted: LogPosition;
  readonly last: LogPosition;
  /** The terms of all entries that the log holds, oldest first; the first run begins right after `compacted`. */
  readonly terms: readonly TermRun[];
  /** As of the end of the log; of entries not yet committed too (Raft thesis 4.1). */
  readonly configuration: GroupConfiguration;
  /** The configuration at `compacted`, then those of the entries that the log holds, oldest first: needed when its end is cut off. */
  readonly configurations: readonly GroupConfiguration[];
  /** The log ends below what this disk once held durably: it may not vote until it has caught up (queue.md 6, item 4). */
  readonly impaired: boolean;
  /** The durable index that the guard remembers; `Number.MAX_SAFE_INTEGER` when the guard is gone, so that nobody can tell. */
  readonly guardedIndex: number;
}

/** A log that does not start: what follows `index` cannot be trusted. It takes `restart` and `removeGroup` only. */
export interface DamagedLog {
  readonly groupId: GroupId;
  /** The first entry that is missing or is not what was written; 0: the row of the group itself (term, vote, beginning). */
  readonly index: number;
  /** The last one before the damage; null: not even that is known. */
  readonly configuration: GroupConfiguration | null;
  /** What was found, for a person. */
  readonly detail: string;
}

export interface LogOpening {
  readonly images: readonly LogImage[];
  readonly damaged: readonly DamagedLog[];
}

/** How the log writer's disk does, for the status and the decision to give up leadership. */
export interface LogDiskSample {
  readonly writes: number;
  readonly flushP50Ms: number;
  readonly flushP99Ms: number;
  readonly sizeBytes: number;
}

export interface LogStore {
  /**
   * Opens the file and checks the chain of checksums of every log in it. A damaged log is named, and the others start.
   *
   * @throws SignalboxError `STORAGE_CORRUPT` the file as a whole cannot be read, `STORAGE_FULL` it cannot be used
   */
  open(): Promise<LogOpening>;
  /** What a group's log holds now: for a core that is made anew after a write failed. @throws SignalboxError `NOT_FOUND`, `STORAGE_CORRUPT` */
  image(groupId: GroupId): Promise<LogImage>;
  /** Begins an empty log. `at` is where it begins: all 0, or the place of a snapshot that was installed. */
  createGroup(groupId: GroupId, configuration: GroupConfiguration, at: LogPosition): Promise<void>;
  /**
   * Everything that is due for all groups: one transaction, one flush. Resolves when it is on disk. After a failure the logs are as
   * they were before, and the next write is tried like any other.
   *
   * @throws SignalboxError `STORAGE_FULL` the disk refused, `STORAGE_CORRUPT`, `OVERLOADED` more waits for the disk than may
   */
  write(writes: readonly { readonly groupId: GroupId; readonly persist: Persist }[]): Promise<void>;
  /** Entries from `fromIndex` on, at least one where there is one, at most `maxBytes`. */
  read(groupId: GroupId, fromIndex: number, maxBytes: number): Promise<readonly LogEntry[]>;
  /**
   * Drops the entries up to a place that a durable state holds.
   *
   * @throws SignalboxError `CONFLICT` the log does not reach that far: a leader applies what others have on their disks and itself not yet;
   * `STORAGE_CORRUPT` the state stands for another log than this one
   */
  compact(groupId: GroupId, to: LogPosition): Promise<void>;
  /**
   * The state was replaced by a snapshot: the log begins anew after it. Term and vote stay. A log that reached further than `at` is impaired
   * from then on, until it does again.
   */
  restart(groupId: GroupId, at: LogPosition, configuration: GroupConfiguration): Promise<void>;
  /**
   * Drops what follows the damage of a log, so that the group can start and be brought up to date by the others; it is impaired until then.
   *
   * @throws SignalboxError `STORAGE_CORRUPT` not even term and vote are left: only `restart` helps
   */
  cutDamage(groupId: GroupId): Promise<LogImage>;
  /** The log holds on the disk all that its group has committed: it is guarded from its present end on, whatever it held before. */
  recovered(groupId: GroupId): void;
  removeGroup(groupId: GroupId): Promise<void>;
  sample(): LogDiskSample;
  /** Milliseconds that the oldest write has been waiting; 0 when none is. */
  stalledMs(): number;
  close(): Promise<void>;
}
