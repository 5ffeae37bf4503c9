import { decodeConfiguration } from '../core/index.ts';
import type { GroupConfiguration, GroupId, LogEntry, LogPosition } from '../core/types.ts';
import type { QueueMachine } from '../machine/index.ts';
import type { Applied } from '../machine/types.ts';
import type { MessageTail } from './message-tail.ts';
import type { StateWriter } from './state-writer.ts';

export interface CommittedEntriesOptions {
  readonly groupId: GroupId;
  readonly machine: QueueMachine;
  /** Place in the log that `machine` stands for. */
  readonly applied: LogPosition;
  readonly tail: MessageTail;
  readonly stateWriter: StateWriter;
  /** Right after an entry was applied. */
  readonly onApplied: (entry: LogEntry, applied: Applied, configuration: GroupConfiguration | undefined) => void;
}

/** Committed entries on their way into the state in memory, and from there to the state file. */
export class CommittedEntries {
  readonly #options: CommittedEntriesOptions;
  #machine: QueueMachine;
  #position: LogPosition;
  #waiting: LogEntry[] = [];

  constructor(options: CommittedEntriesOptions) {
    this.#options = options;
    this.#machine = options.machine;
    this.#position = options.applied;
  }

  get machine(): QueueMachine {
    return this.#machine;
  }

  /** Place in the log that the state in memory stands for. */
  get position(): LogPosition {
    return this.#position;
  }

  /** The next ones, not applied yet. */
  add(entries: readonly LogEntry[]): void {
    for (const entry of entries) this.#waiting.push(entry);
  }

  /** @throws UnreadableBundleError a command that this version does not know: the group cannot go on here */
  applyAll(): void {
    const entries = this.#waiting;
    if (entries.length === 0) return;
    this.#waiting = [];
    for (const entry of entries) this.#apply(entry);
  }

  /** The state was replaced by a snapshot. */
  replaced(machine: QueueMachine, position: LogPosition): void {
    this.#waiting = [];
    this.#machine = machine;
    this.#position = position;
  }

  #apply(entry: LogEntry): void {
    const { groupId, tail, stateWriter, onApplied } = this.#options;
    const { index, term, checksum, kind } = entry;
    const applied = this.#machine.apply(entry);
    this.#position = { index, term, checksum };
    for (const queueId of applied.deleted) tail.forget(queueId);
    for (const segment of applied.segments) tail.add(groupId, index, segment);
    const configuration = kind === 'configuration' ? decodeConfiguration(entry.data) : undefined;
    stateWriter.add(applied, this.#position, configuration);
    onApplied(entry, applied, configuration);
  }
}
