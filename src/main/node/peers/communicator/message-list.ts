/** An entry of a {@link MessageList}. */
export interface ListEntry<T> {
  item: T;
  previous: ListEntry<T> | undefined;
  next: ListEntry<T> | undefined;
  isListed: boolean;
}

/** A queue from which anything can be taken in constant time: what is too old, replaced or discarded lies anywhere in it. */
export class MessageList<T> implements Iterable<T> {
  #first: ListEntry<T> | undefined;
  #last: ListEntry<T> | undefined;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get first(): ListEntry<T> | undefined {
    return this.#first;
  }

  push(item: T): ListEntry<T> {
    const entry: ListEntry<T> = { item, previous: this.#last, next: undefined, isListed: true };
    if (this.#last === undefined) this.#first = entry;
    else this.#last.next = entry;
    this.#last = entry;
    this.#size++;
    return entry;
  }

  unshift(item: T): ListEntry<T> {
    const entry: ListEntry<T> = { item, previous: undefined, next: this.#first, isListed: true };
    if (this.#first === undefined) this.#last = entry;
    else this.#first.previous = entry;
    this.#first = entry;
    this.#size++;
    return entry;
  }

  /** Takes an entry out; nothing happens when it is out already. */
  remove(entry: ListEntry<T>): void {
    if (!entry.isListed) return;
    if (entry.previous === undefined) this.#first = entry.next;
    else entry.previous.next = entry.next;
    if (entry.next === undefined) this.#last = entry.previous;
    else entry.next.previous = entry.previous;
    entry.isListed = false;
    this.#size--;
  }

  *[Symbol.iterator](): IterableIterator<T> {
    for (let entry = this.#first; entry !== undefined; entry = entry.next) yield entry.item;
  }
}
