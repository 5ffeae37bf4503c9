import { create } from 'zustand';
import { persist } from 'zustand/middleware';
import type { TableOrder } from './table-model.ts';

/**
 * The order of a table as a person has set it, kept on this machine.
 *
 * @param name of what is kept: `signalbox.queues.list`
 */
export function keptOrder<Id extends string>(name: string, column: NoInfer<Id>) {
  const first: TableOrder<Id> = { column, descending: false };
  return create<{ readonly sort: TableOrder<Id> }>()(persist(() => ({ sort: first }), { name, version: 1 }));
}

/** Gives a table the focus. @param tableId of the element around it */
export function focusTable(tableId: string): void {
  document.querySelector<HTMLElement>(`#${tableId} :is([role="grid"], [role="listbox"])`)?.focus();
}
