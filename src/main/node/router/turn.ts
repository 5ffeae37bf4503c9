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

  /**
   * Flushes `item` when the callback under way has ended: answers to everything that one chunk of a socket brought go out
   * together, and a lone answer does not wait for the end of the turn.
   */
  soon(item: Flushable): void {
    process.nextTick(flush, item);
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
    for (const listener of this.#afterTurn) listener();
  };
}

function flush(item: Flushable): void {
  item.flush();
}
