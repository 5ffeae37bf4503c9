import type { GroupId, Persist } from '../core/types.ts';
import type { LogStore } from '../log/types.ts';

export interface LogPumpOptions {
  readonly log: LogStore;
  /** Everything up to this ticket of the group is on disk. Called for all groups of a write before the next write begins. */
  readonly onPersisted: (groupId: GroupId, ticket: number) => void;
  /** The disk refused: what was written since the last `onPersisted` may or may not be there. Called once. */
  readonly onFailed: (error: unknown) => void;
}

interface Due {
  readonly groupId: GroupId;
  readonly persist: Persist;
}

/**
 * The one way of all groups to the log: one write at a time, and what comes meanwhile is the next one. So a flush of the disk serves
 * everything that was waiting for it, and an idle broker adds no delay (group commit without a timer, queue.md 5.3).
 */
export class LogPump {
  readonly #options: LogPumpOptions;
  #due: Due[] = [];
  #writing = false;
  /** Those who waited for a write are being told: what they add is written together. */
  #telling = false;
  #failed = false;
  #idle: (() => void)[] = [];

  constructor(options: LogPumpOptions) {
    this.#options = options;
  }

  /** True while nothing is being written or waits for it: a bundle formed now goes to disk at once. */
  get idle(): boolean {
    return !this.#writing && this.#due.length === 0;
  }

  /** Writes as soon as the write before has ended; at once when there is none: the disk begins before anything else is done. */
  add(groupId: GroupId, persist: Persist): void {
    if (this.#failed) return;
    this.#due.push({ groupId, persist });
    if (!this.#telling) this.#write();
  }

  /** Resolves when all that was added is on disk, or nothing more can be written. */
  drained(): Promise<void> {
    if (this.#failed || this.idle) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
  }

  #write(): void {
    const writes = this.#due;
    if (writes.length === 0 || this.#writing || this.#failed) return;
    this.#due = [];
    this.#writing = true;
    this.#options.log.write(writes).then(
      () => this.#written(writes),
      (error: unknown) => this.#fail(error),
    );
  }

  #written(writes: readonly Due[]): void {
    this.#writing = false;
    const highest = new Map<GroupId, number>();
    for (const { groupId, persist } of writes) highest.set(groupId, persist.ticket);
    this.#telling = true;
    for (const [groupId, ticket] of highest) this.#options.onPersisted(groupId, ticket);
    this.#telling = false;
    this.#write();
    if (this.idle) this.#wake();
  }

  #fail(error: unknown): void {
    this.#failed = true;
    this.#writing = false;
    this.#due = [];
    this.#wake();
    this.#options.onFailed(error);
  }

  #wake(): void {
    const waiting = this.#idle;
    this.#idle = [];
    for (const resolve of waiting) resolve();
  }
}
