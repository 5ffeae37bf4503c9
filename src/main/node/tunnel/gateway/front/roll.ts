/**
 * A set whose members come and go with each request. `Set` would do, were it not for the collector: each time that it makes itself a new table
 * the old one goes on pointing to it, so that one old table that has been moved to the old generation keeps all requests since alive until
 * the next full collection (measured: a quarter of the gateway's CPU). Here a member knows its place, and the last one takes it over.
 */
export class Roll<T extends object> implements Iterable<T> {
  readonly #members: T[] = [];
  /** Under which a member has its place in this roll; it may be in others. */
  readonly #place = Symbol('place');

  get size(): number {
    return this.#members.length;
  }

  add(member: T): void {
    const placed = member as Placed;
    if ((placed[this.#place] ?? -1) >= 0) return;
    placed[this.#place] = this.#members.length;
    this.#members.push(member);
  }

  /** @returns whether it was there */
  delete(member: T): boolean {
    const place = (member as Placed)[this.#place] ?? -1;
    if (place < 0) return false;
    (member as Placed)[this.#place] = -1;
    const last = this.#members.pop() as T;
    if (last !== member) {
      this.#members[place] = last;
      (last as Placed)[this.#place] = place;
    }
    return true;
  }

  /** Those that are there now, in no order; they may be deleted meanwhile. */
  [Symbol.iterator](): Iterator<T> {
    return this.#members.slice().values();
  }
}

interface Placed {
  [place: symbol]: number;
}
