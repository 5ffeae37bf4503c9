/** How a person has set the Tunnels screen up. */
import { create } from 'zustand';
import { keptOrder } from '../shared/table/table-order.ts';
import type { TunnelColumnId } from './model/tunnel-table.ts';

export const useTableOrder = keptOrder<TunnelColumnId>('signalbox.tunnels.table', 'address');

/** Kept while the console is open. `about`: in a narrow window, the facts of the tunnel lie over the list. */
export const useLive = create<{ readonly paused: boolean; readonly about: boolean }>(() => ({ paused: false, about: false }));

export const tableId = 'tunnels-table';
export const requestFilterId = 'tunnels-request-filter';
export const requestListId = 'tunnels-requests';

export function focusRequestFilter(): void {
  document.getElementById(requestFilterId)?.focus();
}
