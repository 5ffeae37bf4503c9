/** What can wait in a {@link MessageList}: the links of the list are part of it, so that nothing beside it is made for each that waits. */
export interface Listed<T> {
  previous: T | undefined;
  next: T | undefined;
  isListed: boolean;
}

/**
 * A queue from which anything can be taken in constant time: what is too old, replaced or discarded lies anywhere in it. Of a hundred thousand
 * that wait each object is work for the garbage collector, so there are none of the list itself.
 */
export class MessageList<T extends Listed<T>> implements Iterable<T> {
  #first: T | undefined;
  #last: T | undefined;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get first(): T | undefined {
    return this.#first;
  }

  /** @param item in no list */
  push(item: T): void {
    item.previous = this.#last;
    if (this.#last === undefined) this.#first = item;
    else this.#last.next = item;
    this.#last = item;
    item.isListed = true;
    this.#size++;
  }

  /** @param item in no list */
  unshift(item: T): void {
    item.next = this.#first;
    if (this.#first === undefined) this.#last = item;
    else this.#first.previous = item;
    this.#first = item;
    item.isListed = true;
    this.#size++;
  }

  /** Puts one in the place of another. @param former in this list @param item in no list */
  replace(former: T, item: T): void {
    const { previous, next } = former;
    item.previous = previous;
    item.next = next;
    if (previous === undefined) this.#first = item;
    else previous.next = item;
    if (next === undefined) this.#last = item;
    else next.previous = item;
    item.isListed = true;
    unlink(former);
  }

  /** @param item in this list */
  remove(item: T): void {
    const { previous, next } = item;
    if (previous === undefined) this.#first = next;
    else previous.next = next;
    if (next === undefined) this.#last = previous;
    else next.previous = previous;
    unlink(item);
    this.#size--;
  }

  /** From the first to the last; what was just seen may be taken out meanwhile. */
  *[Symbol.iterator](): IterableIterator<T> {
    let item = this.#first;
    while (item !== undefined) {
      const { next }: Listed<T> = item;
      yield item;
      item = next;
    }
  }
}

/** One that left holds nothing of what still waits. */
function unlink<T>(item: Listed<T>): void {
  item.previous = undefined;
  item.next = undefined;
  item.isListed = false;
}
