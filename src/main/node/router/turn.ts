/** Something that gathers work within one turn of the event loop and does it at the end. */
export interface Flushable {
  flush(): void;
}

/**
 * Ends turns of the event loop: what was gathered is written once, so that a burst costs one write a client
 * (rpc.md section 4: about four times the deliveries a second).
 */
export class Turn {
  #waiting: Flushable[] = [];
  #scheduled = false;
  readonly #afterTurn: (() => void)[] = [];

  /** Flushes `item` when this turn ends. The caller sees to it that an item waits once. */
  add(item: Flushable): void {
    this.#waiting.push(item);
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(this.#run);
  }

  /** Calls `listener` after each turn that flushed something. */
  onEnd(listener: () => void): void {
    this.#afterTurn.push(listener);
  }

  readonly #run = (): void => {
    this.#scheduled = false;
    const items = this.#waiting;
    this.#waiting = [];
    for (const item of items) item.flush();
    // Flushing events hands writers their last bytes of the turn; they go out now and not one turn later.
    while (this.#waiting.length > 0) {
      const late = this.#waiting;
      this.#waiting = [];
      for (const item of late) item.flush();
    }
    for (const listener of this.#afterTurn) listener();
  };
}
