/** Something that must have ended by a time. */
export interface Due {
  /** Monotonic, milliseconds. */
  readonly deadlineMs: number;
  overdue(): void;
}

const stepMs = 100;

/**
 * Deadlines of many things at once, to a tenth of a second: a timer for each request would cost more than the request. One timer runs as
 * long as there is anything due.
 */
export class Deadlines {
  readonly #slots = new Map<number, Set<Due>>();
  readonly #nowMs: () => number;
  #timer: NodeJS.Timeout | undefined;
  #next = 0;

  constructor(nowMs: () => number = () => performance.now()) {
    this.#nowMs = nowMs;
  }

  add(due: Due): void {
    const slot = slotOf(due);
    const set = this.#slots.get(slot);
    if (set === undefined) this.#slots.set(slot, new Set([due]));
    else set.add(due);
    if (this.#timer !== undefined) return;
    this.#next = Math.floor(this.#nowMs() / stepMs);
    this.#timer = setInterval(() => this.#look(), stepMs);
  }

  remove(due: Due): void {
    const slot = slotOf(due);
    const set = this.#slots.get(slot);
    if (set === undefined) return;
    set.delete(due);
    if (set.size === 0) this.#slots.delete(slot);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#slots.clear();
  }

  #look(): void {
    const now = Math.floor(this.#nowMs() / stepMs);
    for (; this.#next < now; this.#next += 1) {
      const set = this.#slots.get(this.#next);
      if (set === undefined) continue;
      this.#slots.delete(this.#next);
      for (const due of set) due.overdue();
    }
    if (this.#slots.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}

function slotOf({ deadlineMs }: Due): number {
  return Math.floor(deadlineMs / stepMs);
}
