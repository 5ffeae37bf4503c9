interface Branch<V> {
  readonly children: Map<string, Branch<V>>;
  readonly values: Set<V>;
}

/**
 * Topic filters by level, so that finding the subscribers of a topic costs its depth and not the number of
 * subscriptions. `+` matches one level, a trailing `#` the rest, its parent included (as MQTT has it).
 */
export class SubscriptionTrie<V> {
  readonly #root: Branch<V> = { children: new Map(), values: new Set() };
  #size = 0;

  /** How many filter and value pairs are held. */
  get size(): number {
    return this.#size;
  }

  /** Adds a value under a filter; false when it was there. */
  add(filter: readonly string[], value: V): boolean {
    let branch = this.#root;
    for (const level of filter) {
      let child = branch.children.get(level);
      if (child === undefined) {
        child = { children: new Map(), values: new Set() };
        branch.children.set(level, child);
      }
      branch = child;
    }
    if (branch.values.has(value)) return false;
    branch.values.add(value);
    this.#size++;
    return true;
  }

  /** Removes a value from a filter, and the branches that held nothing else. */
  remove(filter: readonly string[], value: V): boolean {
    const path = [this.#root];
    let branch = this.#root;
    for (const level of filter) {
      const child = branch.children.get(level);
      if (child === undefined) return false;
      path.push(child);
      branch = child;
    }
    if (!branch.values.delete(value)) return false;
    this.#size--;
    for (let index = filter.length; index > 0; index--) {
      const child = path[index] as Branch<V>;
      if (child.values.size > 0 || child.children.size > 0) break;
      path[index - 1]?.children.delete(filter[index - 1] as string);
    }
    return true;
  }

  /** Every value whose filter matches the topic; once for each such filter. */
  match(topic: readonly string[]): V[] {
    const found: V[] = [];
    collect(this.#root, topic, 0, found);
    return found;
  }
}

function collect<V>(branch: Branch<V>, topic: readonly string[], index: number, found: V[]): void {
  const rest = branch.children.get('#');
  if (rest !== undefined) for (const value of rest.values) found.push(value);
  if (index === topic.length) {
    for (const value of branch.values) found.push(value);
    return;
  }
  const exact = branch.children.get(topic[index] as string);
  if (exact !== undefined) collect(exact, topic, index + 1, found);
  const single = branch.children.get('+');
  if (single !== undefined) collect(single, topic, index + 1, found);
}
