/** The entries that a list shows: the newest pages, one after the other as they were asked for. */
import type { ResultOf } from '../../../../common/contract/index.ts';
import type { LedgerEntry } from '../../../../common/contract/ledger.ts';

/** Entries that a list keeps; further back a person narrows it by time. */
export const mostEntries = 10_000;

export interface EntryPages {
  /** Newest first. */
  readonly entries: readonly LedgerEntry[];
  /** Cursor of the page after the last one; null: there are no more. */
  readonly next: string | null;
  /** Entries that match, listed or not. */
  readonly total: number;
}

type Page = ResultOf<'ledger.list'>;

/** Names an entry among those of all chains. */
export function keyOf({ chainId, number }: Pick<LedgerEntry, 'chainId' | 'number'>): string {
  return `${chainId} ${number}`;
}

/** The list with the newest page only. Rows that are the same keep their object, so that they are not drawn again. */
export function beginWith(page: Page, before: EntryPages | undefined): EntryPages {
  const known = new Map(before?.entries.map((entry) => [keyOf(entry), entry]));
  const entries = page.entries.map((entry) => {
    const old = known.get(keyOf(entry));
    return old !== undefined && old.digest === entry.digest && old.signature === entry.signature ? old : entry;
  });
  return { entries, next: page.next, total: page.total };
}

/** The list with a further page. What an earlier page had is not listed twice. */
export function goOnWith(pages: EntryPages, page: Page): EntryPages {
  const known = new Set(pages.entries.map(keyOf));
  return { entries: [...pages.entries, ...page.entries.filter((entry) => !known.has(keyOf(entry)))], next: page.next, total: page.total };
}

/** Whether the list can be gone on with. */
export function canGoOn({ entries, next }: EntryPages): boolean {
  return next !== null && entries.length < mostEntries;
}

/** Entries that have come since a list was read; those that a filter of time has let go do not count. */
export function newer(pages: EntryPages, totalNow: number): number {
  return Math.max(0, totalNow - pages.total);
}
