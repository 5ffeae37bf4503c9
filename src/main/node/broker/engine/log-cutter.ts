import type { CoreStatus, GroupId, LogPosition } from '../core/types.ts';
import { brokerLimits } from '../limits.ts';
import type { LogStore } from '../log/types.ts';
import type { StateStore } from '../state/types.ts';

export interface LogCutterOptions {
  readonly groupId: GroupId;
  readonly log: LogStore;
  readonly store: StateStore;
  readonly status: () => CoreStatus;
  /** Bytes that entered the log of the group since the start. */
  readonly loggedBytes: () => number;
  readonly onCut: (position: LogPosition) => void;
  readonly onFailed: (error: unknown) => void;
}

/**
 * Cuts the log of a group where the state on disk holds what it said. Followers that are a little behind still get the entries; those
 * that are further behind get a snapshot.
 */
export class LogCutter {
  readonly #options: LogCutterOptions;
  /** Places that the state held durably, oldest first, with the bytes that had been logged by then. */
  #held: { readonly position: LogPosition; readonly loggedBytes: number }[] = [];
  #cutIndex = 0;
  #syncedIndex = 0;
  #running: Promise<void> | undefined;

  constructor(options: LogCutterOptions) {
    this.#options = options;
  }

  /** What is up to this log index was cut, as far as this start of the broker did it. */
  get cutIndex(): number {
    return this.#cutIndex;
  }

  /** Looks whether there is something to cut. Never rejects; one look at a time. */
  look(): Promise<void> {
    this.#running ??= this.#look()
      .catch((error: unknown) => this.#options.onFailed(error))
      .finally(() => {
        this.#running = undefined;
      });
    return this.#running;
  }

  async #look(): Promise<void> {
    const { groupId, log, store, status, loggedBytes, onCut } = this.#options;
    if (status().commitIndex === this.#syncedIndex && this.#held.length === 0) return;
    const logged = loggedBytes();
    if (status().commitIndex > this.#syncedIndex) {
      const position = await store.sync(groupId);
      if (position.index > this.#syncedIndex) {
        this.#syncedIndex = position.index;
        this.#held.push({ position, loggedBytes: logged });
      }
    }
    const to = this.#place(loggedBytes());
    if (to === undefined || to.index <= this.#cutIndex) return;
    await log.compact(groupId, to);
    this.#cutIndex = to.index;
    onCut(to);
  }

  /** The newest place that nobody needs to read before. */
  #place(loggedBytes: number): LogPosition | undefined {
    const { role, members, durableIndex } = this.#options.status();
    // A follower keeps some, too: it may lead next, and then others ask it.
    const needed = role === 'leader' ? Math.min(Number.MAX_SAFE_INTEGER, ...members.map(({ matchIndex }) => matchIndex)) : 0;
    let last = -1;
    // Others may have committed what the log here does not hold durably yet.
    for (const [place, { position, loggedBytes: then }] of this.#held.entries())
      if (position.index <= durableIndex && (position.index <= needed || loggedBytes - then > brokerLimits.logKeptBytes)) last = place;
    const found = this.#held[last];
    this.#held = this.#held.slice(last + 1);
    if (this.#held.length > 1_024) this.#held = this.#held.filter((_, place) => place % 2 === 1);
    return found?.position;
  }
}
