import { entriesOf, pointerTo } from '../../shared/payload/json-lines.ts';

/** One difference between two values. */
export interface Difference {
  readonly pointer: string;
  readonly kind: 'added' | 'removed' | 'changed';
  readonly before: unknown;
  readonly after: unknown;
}

/** Differences named at most: beyond, two values have little in common and a list helps nobody. */
export const maxDifferences = 500;

/** What changed from `before` to `after`, member by member, in the order of `after`; at most {@link maxDifferences}. */
export function diffValues(before: unknown, after: unknown): readonly Difference[] {
  const found: Difference[] = [];
  compare(before, after, '', found);
  return found;
}

function compare(before: unknown, after: unknown, pointer: string, found: Difference[]): void {
  if (found.length >= maxDifferences) return;
  const old = entriesOf(before);
  const now = entriesOf(after);
  if (old === undefined || now === undefined || Array.isArray(before) !== Array.isArray(after)) {
    const same = old === undefined && now === undefined && Object.is(before, after);
    if (!same) found.push({ pointer, kind: 'changed', before, after });
    return;
  }
  const oldByKey = new Map(old);
  const nowKeys = new Set(now.map(([key]) => key));
  for (const [key, value] of now) {
    const child = pointerTo(pointer, key);
    if (oldByKey.has(key)) compare(oldByKey.get(key), value, child, found);
    else if (found.length < maxDifferences) found.push({ pointer: child, kind: 'added', before: undefined, after: value });
  }
  for (const [key, value] of old) {
    if (nowKeys.has(key) || found.length >= maxDifferences) continue;
    found.push({ pointer: pointerTo(pointer, key), kind: 'removed', before: value, after: undefined });
  }
}
