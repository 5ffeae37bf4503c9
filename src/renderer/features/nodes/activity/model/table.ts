/** Sorting and filtering of the tables. */

export interface Sort<Id extends string = string> {
  readonly column: Id;
  readonly descending: boolean;
}

export type SortValue = string | number | null;

/** The order after a click on a head: the other way round, or for a new column numbers from the top and words from A. */
export function nextSort(before: Sort, column: string, isText: boolean): Sort {
  return before.column === column ? { column, descending: !before.descending } : { column, descending: !isText };
}

/** Sorted by one value; what is unknown comes last either way, what is equal keeps its order. */
export function sortRows<R>(rows: readonly R[], value: (row: R) => SortValue, descending: boolean): readonly R[] {
  return [...rows].sort((a, b) => {
    const [left, right] = [value(a), value(b)];
    if (left === null || right === null) return Number(left === null) - Number(right === null);
    const order = typeof left === 'string' || typeof right === 'string' ? String(left).localeCompare(String(right), 'en') : left - right;
    return descending ? -order : order;
  });
}

/** The rows of which some text contains every word of the filter, whatever the case. */
export function filterRows<R>(
  rows: readonly R[],
  filter: string,
  textsOf: (row: R) => readonly (string | null | undefined)[],
): readonly R[] {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return rows;
  return rows.filter((row) => {
    const text = textsOf(row).join('\n').toLowerCase();
    return words.every((word) => text.includes(word));
  });
}
