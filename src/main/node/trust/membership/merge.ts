/**
 * Operations that were signed apart, for example on both sides of a cut network, put together (security.md 2.7). The result depends on
 * the set of operations alone, never on the order in which they came:
 *
 * - They count in the order of serial, then digest.
 * - A removal wins: operations by or about the one removed that do not follow the removal, and that it does not follow, do not count.
 * - Of admins who remove each other, the removal of the one who has been admin longer counts; the recovery key outranks all. So a stolen
 *   machine cannot undo its removal by pretending that it acted earlier, unless it was the senior one: then the recovery words decide.
 * - What an admin did whose own making does not count, does not count either.
 */
import { toHex } from '../digest.ts';
import type { Operation } from './operation.ts';
import { type Authority, applyOperation, isRemoval, type MembershipState, removesLastAdmin } from './state.ts';

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
  return a.serial - b.serial || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}

function bySeniority(a: Entry, b: Entry): number {
  return a.authority.serial - b.authority.serial || compareText(a.authority.id, b.authority.id) || inOrder(a.operation, b.operation);
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** A removal that counts, and all that it must know of the others. */
interface Counted {
  readonly subject: string;
  /** Ids of what it follows and of what follows it, itself included: with everything else it is concurrent. */
  readonly related: ReadonlySet<string>;
}

/**
 * @param entries a set that holds what each of its entries follows, in the order of {@link inOrder}
 * @param founding the state before any of them
 */
export function mergeEntries(entries: readonly Entry[], founding: MembershipState, recoveryKey: Uint8Array): MembershipState {
  const byId = new Map(entries.map((entry) => [entry.operation.id, entry]));
  const counted: Counted[] = [];
  const isVoid = (entry: Entry): boolean => {
    const { operation, authority } = entry;
    const issuer = toHex(operation.issuer);
    const subject = toHex(operation.subject);
    const isOverruled = counted.some(
      (removal) =>
        !removal.related.has(operation.id) && (removal.subject === issuer || (!isRemoval(operation) && removal.subject === subject)),
    );
    const grant = byId.get(authority.id);
    return isOverruled || (grant !== undefined && isVoid(grant));
  };
  const countedIds = new Set<string>();
  for (const entry of entries.filter(({ operation }) => isRemoval(operation)).sort(bySeniority)) {
    if (isVoid(entry)) continue;
    counted.push({ subject: toHex(entry.operation.subject), related: relatedTo(entry, entries, byId) });
    countedIds.add(entry.operation.id);
  }
  let state = founding;
  for (const entry of entries) {
    const { operation } = entry;
    const counts = isRemoval(operation) ? countedIds.has(operation.id) && !removesLastAdmin(state, operation, recoveryKey) : !isVoid(entry);
    if (counts) state = applyOperation(state, operation);
  }
  return state;
}

function relatedTo(removal: Entry, entries: readonly Entry[], byId: ReadonlyMap<string, Entry>): ReadonlySet<string> {
  const related = ancestorsOf([removal.operation.id], (id) => byId.get(id)?.parents ?? []);
  const following = new Set([removal.operation.id]);
  for (const { operation, parents } of entries) {
    if (!parents.some((parent) => following.has(parent))) continue;
    following.add(operation.id);
    related.add(operation.id);
  }
  return related;
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
