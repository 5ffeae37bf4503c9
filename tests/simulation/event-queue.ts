interface Event {
  readonly atMs: number;
  /** Breaks ties in the order of planning. */
  readonly order: number;
  readonly run: () => void;
}

/** What is to happen when, on a clock that jumps from one event to the next. */
export class EventQueue {
  nowMs = 0;
  /** A binary heap, the earliest first. */
  readonly #heap: Event[] = [];
  #order = 0;

  in(delayMs: number, run: () => void): void {
    this.#heap.push({ atMs: this.nowMs + Math.max(0, delayMs), order: this.#order++, run });
    this.#rise(this.#heap.length - 1);
  }

  /** Runs everything that is due within this time. */
  runFor(ms: number): void {
    const endMs = this.nowMs + ms;
    for (let next = this.#heap[0]; next !== undefined && next.atMs <= endMs; next = this.#heap[0]) {
      this.#takeFirst();
      this.nowMs = next.atMs;
      next.run();
    }
    this.nowMs = endMs;
  }

  #takeFirst(): void {
    const last = this.#heap.pop();
    if (last === undefined || this.#heap.length === 0) return;
    this.#heap[0] = last;
    this.#sink();
  }

  #rise(from: number): void {
    for (let at = from; at > 0; ) {
      const parent = (at - 1) >> 1;
      if (this.#inOrder(parent, at)) return;
      this.#swap(parent, at);
      at = parent;
    }
  }

  #sink(): void {
    for (let at = 0; ; ) {
      const left = 2 * at + 1;
      const least = left + 1 < this.#heap.length && !this.#inOrder(left, left + 1) ? left + 1 : left;
      if (least >= this.#heap.length || this.#inOrder(at, least)) return;
      this.#swap(at, least);
      at = least;
    }
  }

  #inOrder(one: number, other: number): boolean {
    const first = this.#heap[one];
    const second = this.#heap[other];
    if (first === undefined || second === undefined) return true;
    return first.atMs < second.atMs || (first.atMs === second.atMs && first.order < second.order);
  }

  #swap(one: number, other: number): void {
    const first = this.#heap[one];
    const second = this.#heap[other];
    if (first === undefined || second === undefined) return;
    this.#heap[one] = second;
    this.#heap[other] = first;
  }
}
