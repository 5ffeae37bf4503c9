/** How a person has set the table of nodes up. */
import { create } from 'zustand';
import { persist } from 'zustand/middleware';
import type { Sort } from '../model/sort-nodes.ts';

/** Kept on this machine. */
export const useTableOrder = create<{ readonly sort: Sort }>()(
  persist(() => ({ sort: { column: 'name', descending: false } as Sort }), { name: 'signalbox.nodes.table', version: 1 }),
);

/** Kept while the console is open. */
export const useTableFilter = create<{ readonly text: string }>(() => ({ text: '' }));

export const filterFieldId = 'nodes-filter';

export function focusFilter(): void {
  document.getElementById(filterFieldId)?.focus();
}

/** Id of the element around the table, which takes the focus back from menu and inspector. */
export const tableId = 'nodes-table';

export function focusTable(): void {
  document.querySelector<HTMLElement>(`#${tableId} [role="grid"]`)?.focus();
}
