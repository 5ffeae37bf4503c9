/** Ids seen lately, to know a repeat; bounded by letting half of them go at a time. */
export class RecentIds {
  readonly #most: number;
  #young = new Set<string>();
  #old = new Set<string>();

  /** @param most at least half of that many of the latest ids are remembered */
  constructor(most: number) {
    this.#most = most;
  }

  /** True when the id is new; it is remembered. */
  add(id: string): boolean {
    if (this.#young.has(id) || this.#old.has(id)) return false;
    if (this.#young.size >= this.#most / 2) {
      this.#old = this.#young;
      this.#young = new Set();
    }
    this.#young.add(id);
    return true;
  }
}
