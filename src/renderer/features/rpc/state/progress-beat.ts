import type { TimelineEntry } from './run.ts';

/** Progress is drawn on the beat of the console (ui.md 3.4), however fast it comes. */
const beatMs = 100;

/** Gathers progress messages between beats. */
export class ProgressBeat {
  readonly #commit: (entries: readonly TimelineEntry[]) => void;
  #waiting: TimelineEntry[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param commit takes what came since the last beat, in order */
  constructor(commit: (entries: readonly TimelineEntry[]) => void) {
    this.#commit = commit;
  }

  add(entry: TimelineEntry): void {
    this.#waiting.push(entry);
    this.#timer ??= setTimeout(() => this.flush(), beatMs);
  }

  /** Hands over at once what waits for the beat. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#waiting.length > 0) this.#commit(this.#waiting);
    this.#waiting = [];
  }
}
