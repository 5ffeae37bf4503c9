/** How a person has set the Ledger screen up, as long as the console is open. */
import { create } from 'zustand';

export const useLive = create<{ readonly paused: boolean }>(() => ({ paused: false }));

export const filterFieldId = 'ledger-filter-act';
export const entryListId = 'ledger-entries';
export const chainTableId = 'ledger-chains';

export function focusFilter(): void {
  document.getElementById(filterFieldId)?.focus();
}
