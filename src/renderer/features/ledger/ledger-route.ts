/** What the address says of the Ledger screen: `#/ledger/NODE?entry=12&act=queues.&result=failed`, `#/ledger?tab=chains`. */
import { useMemo } from 'react';
import { goTo, type Route, routeNow, useRoute } from '../../app/routes.ts';
import { filterOf, type LedgerFilter, queryOf } from './model/ledger-filter.ts';

export const ledgerTabs = ['entries', 'chains'] as const;
export type LedgerTab = (typeof ledgerTabs)[number];

export const entryTabs = ['entry', 'proof', 'confirmations'] as const;
export type EntryTab = (typeof entryTabs)[number];

/** Where an entry stands. */
export interface EntryPlace {
  /** Node whose chain it is, by id or name; undefined: that of the console's own node. */
  readonly chain: string | undefined;
  readonly number: number;
}

export interface LedgerRoute {
  readonly tab: LedgerTab;
  /** Node whose chain is listed, by id or name; undefined: all chains. */
  readonly chain: string | undefined;
  readonly filter: LedgerFilter;
  /** Id of the node whose chain is chosen in the table of chains. */
  readonly chosen: string | undefined;
  /** The entry that is looked at. */
  readonly entry: EntryPlace | undefined;
  readonly entryTab: EntryTab;
}

/** The address as this screen reads it. */
export function ledgerRouteOf({ object, query }: Pick<Route, 'object' | 'query'>): LedgerRoute {
  const number = Number(query.get('entry'));
  return {
    tab: ledgerTabs.find((tab) => tab === query.get('tab')) ?? 'entries',
    chain: object,
    filter: filterOf(query),
    chosen: query.get('chosen') ?? undefined,
    entry: Number.isSafeInteger(number) && number >= 1 ? { chain: query.get('of') ?? object, number } : undefined,
    entryTab: entryTabs.find((tab) => tab === query.get('show')) ?? 'entry',
  };
}

export function useLedgerRoute(): LedgerRoute {
  const route = useRoute();
  return useMemo(() => ledgerRouteOf(route), [route]);
}

/** The rest of the address after a change of some of it. */
export function ledgerQuery({ tab, chain, filter, chosen, entry, entryTab }: LedgerRoute): Record<string, string> {
  return {
    ...(tab !== 'entries' && { tab }),
    ...queryOf(filter),
    ...(chosen !== undefined && { chosen }),
    ...(entry !== undefined && { entry: String(entry.number) }),
    ...(entry?.chain !== undefined && entry.chain !== chain && { of: entry.chain }),
    ...(entry !== undefined && entryTab !== 'entry' && { show: entryTab }),
  };
}

/** Changes what is listed or looked at, and keeps the rest of the address. */
export function showLedger(change: Partial<LedgerRoute>): void {
  const now = { ...ledgerRouteOf(routeNow()), ...change };
  goTo('ledger', ledgerQuery(now), { object: now.chain, replace: true });
}
