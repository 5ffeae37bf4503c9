/** A queue whose front is taken in constant time: what `Array.shift` does not promise. */
export class Fifo<Item> {
  #items: Item[] = [];
  #head = 0;

  get size(): number {
    return this.#items.length - this.#head;
  }

  get first(): Item | undefined {
    return this.#items[this.#head];
  }

  /** @param at From 0, the first. */
  at(at: number): Item | undefined {
    return this.#items[this.#head + at];
  }

  push(item: Item): void {
    this.#items.push(item);
  }

  shift(): Item | undefined {
    const item = this.#items[this.#head];
    if (item === undefined) return undefined;
    this.drop(1);
    return item;
  }

  /** Takes the first `count` away. */
  drop(count: number): void {
    this.#head = Math.min(this.#head + count, this.#items.length);
    // What was taken is let go of when it is more than what is left: each item is moved less than once on average.
    if (this.#head > 32 && this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
  }

  /** Takes away all from the place `at` on. */
  cut(at: number): void {
    this.#items.length = Math.min(this.#items.length, this.#head + at);
  }

  /** A copy of a part, as `Array.slice`. */
  slice(from: number, to: number): Item[] {
    return this.#items.slice(this.#head + from, this.#head + to);
  }

  clear(): void {
    this.#items = [];
    this.#head = 0;
  }

  *[Symbol.iterator](): Generator<Item> {
    for (let at = this.#head; at < this.#items.length; at++) {
      const item = this.#items[at];
      if (item !== undefined) yield item;
    }
  }
}
