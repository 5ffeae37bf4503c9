/** How a person has set the Tunnels screen up. */
import { create } from 'zustand';
import { persist } from 'zustand/middleware';
import type { Sort } from './model/tunnel-table.ts';

/** Kept on this machine. */
export const useTableOrder = create<{ readonly sort: Sort }>()(
  persist(() => ({ sort: { column: 'address', descending: false } as Sort }), { name: 'signalbox.tunnels.table', version: 1 }),
);

/** Kept while the console is open. `about`: in a narrow window, the facts of the tunnel lie over the list. */
export const useLive = create<{ readonly paused: boolean; readonly about: boolean }>(() => ({ paused: false, about: false }));

export const tableId = 'tunnels-table';
export const requestFilterId = 'tunnels-request-filter';
export const requestListId = 'tunnels-requests';

export function focusTable(): void {
  document.querySelector<HTMLElement>(`#${tableId} [role="grid"]`)?.focus();
}

export function focusRequestFilter(): void {
  document.getElementById(requestFilterId)?.focus();
}

export function focusRequests(): void {
  document.querySelector<HTMLElement>(`#${requestListId} [role="listbox"]`)?.focus();
}
