/**
 * Operations that were signed apart, for example on both sides of a cut network, put together (security.md 2.7). The result depends on
 * the set of operations alone, never on the order in which they came:
 *
 * - They count in the order of serial, then digest.
 * - A removal wins over what was signed beside it, by or about the one removed: operations that do not follow the removal, and that it does
 *   not follow. What somebody did as an admin does not count either when what made it one does not.
 * - That holds for removals too, so that a stolen machine cannot remove others by pretending that it acted earlier. Only when two removals
 *   strike each other both count: otherwise the machine could undo its own removal by striking whoever signed it.
 * - The recovery key is struck by nobody: it makes an admin again when none is left.
 */
import { toHex } from '../digest.ts';
import type { Operation } from './operation.ts';
import { type Authority, applyOperation, isRemoval, type MembershipState } from './state.ts';

/** An operation with what was settled when it was taken in. */
export interface Entry {
  readonly operation: Operation;
  /** Ids of the operations it follows; none for a first one. */
  readonly parents: readonly string[];
  /** By what right its issuer acted. */
  readonly authority: Authority;
}

/** The order in which operations count. */
export function inOrder(a: Operation, b: Operation): number {
  return a.serial - b.serial || compareText(a.id, b.id);
}

/** Longest an admin first. */
function bySeniority(a: Entry, b: Entry): number {
  return a.authority.serial - b.authority.serial || compareText(a.authority.id, b.authority.id) || inOrder(a.operation, b.operation);
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** @param entries a set that holds what each of its entries follows, in the order of {@link inOrder} */
export function mergeEntries(entries: readonly Entry[], founding: MembershipState): MembershipState {
  const strikes = new Strikes(entries);
  const counted = countedRemovals(
    entries.filter(({ operation }) => isRemoval(operation)),
    strikes,
  );
  let state = founding;
  for (const entry of entries) {
    const counts = isRemoval(entry.operation) ? counted.has(entry) : !strikes.on(entry).some((removal) => counted.has(removal));
    if (counts) state = applyOperation(state, entry.operation);
  }
  return state;
}

/** Which removals strike which operations. */
class Strikes {
  readonly #entries: readonly Entry[];
  readonly #byId: ReadonlyMap<string, Entry>;
  readonly #removalsOf = new Map<string, Entry[]>();
  readonly #related = new Map<Entry, ReadonlySet<string>>();

  constructor(entries: readonly Entry[]) {
    this.#entries = entries;
    this.#byId = new Map(entries.map((entry) => [entry.operation.id, entry]));
    for (const entry of entries) {
      if (!isRemoval(entry.operation)) continue;
      const subject = toHex(entry.operation.subject);
      this.#removalsOf.set(subject, [...(this.#removalsOf.get(subject) ?? []), entry]);
    }
  }

  /**
   * The removals beside an operation that concern its issuer, its subject, or the making of one of the admins it rests on. A removal is
   * not struck by another of the same subject: they agree.
   */
  on(entry: Entry): readonly Entry[] {
    const { issuer, subject } = entry.operation;
    const struck = this.#beside(entry, isRemoval(entry.operation) ? [issuer] : [issuer, subject]);
    for (let grant = this.#grantOf(entry); grant !== undefined; grant = this.#grantOf(grant))
      struck.push(...this.#beside(grant, [grant.operation.issuer, grant.operation.subject]));
    return struck;
  }

  #grantOf({ authority }: Entry): Entry | undefined {
    return this.#byId.get(authority.id);
  }

  #beside({ operation }: Entry, keys: readonly Uint8Array[]): Entry[] {
    return keys.flatMap((key) => this.#removalsOf.get(toHex(key)) ?? []).filter((removal) => !this.#relatedTo(removal).has(operation.id));
  }

  /** What a removal follows, what follows it, and itself: everything else is beside it. */
  #relatedTo(removal: Entry): ReadonlySet<string> {
    const known = this.#related.get(removal);
    if (known !== undefined) return known;
    const related = ancestorsOf([removal.operation.id], (id) => this.#byId.get(id)?.parents ?? []);
    const following = new Set([removal.operation.id]);
    for (const { operation, parents } of this.#entries) {
      if (!parents.some((parent) => following.has(parent))) continue;
      following.add(operation.id);
      related.add(operation.id);
    }
    this.#related.set(removal, related);
    return related;
  }
}

/**
 * The removals that count. One that is struck by a counting one does not; one that nothing open strikes does; of those that strike each
 * other in a ring of three or more the most senior does. Those that strike each other in pairs do not hinder each other.
 */
function countedRemovals(removals: readonly Entry[], strikes: Strikes): ReadonlySet<Entry> {
  const strikers = new Map(removals.map((removal) => [removal, new Set(strikes.on(removal))]));
  const hinders = (removal: Entry): readonly Entry[] =>
    [...(strikers.get(removal) ?? [])].filter((striker) => !strikers.get(striker)?.has(removal));
  const counted = new Set<Entry>();
  const open = new Map([...removals].sort(bySeniority).map((removal) => [removal, hinders(removal)]));
  while (open.size > 0) {
    const before = open.size;
    for (const [removal, hindering] of open) {
      const isStruck = hindering.some((striker) => counted.has(striker));
      if (!isStruck && hindering.some((striker) => open.has(striker))) continue;
      open.delete(removal);
      if (!isStruck) counted.add(removal);
    }
    const [senior] = open.keys();
    if (open.size < before || senior === undefined) continue;
    open.delete(senior);
    counted.add(senior);
  }
  return counted;
}

/** The given operations and everything that they follow. */
export function ancestorsOf(ids: readonly string[], parentsOf: (id: string) => readonly string[]): Set<string> {
  const found = new Set<string>();
  const open = [...ids];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (found.has(id)) continue;
    found.add(id);
    open.push(...parentsOf(id));
  }
  return found;
}
