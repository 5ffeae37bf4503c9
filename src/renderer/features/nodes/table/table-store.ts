/** How a person has set the table of nodes up. */
import { create } from 'zustand';
import { keptOrder } from '../../shared/table/table-order.ts';
import type { NodeColumnId } from '../model/node-table.ts';

export const useTableOrder = keptOrder<NodeColumnId>('signalbox.nodes.table', 'name');

/** Kept while the console is open. */
export const useTableFilter = create<{ readonly text: string }>(() => ({ text: '' }));

export const filterFieldId = 'nodes-filter';

export function focusFilter(): void {
  document.getElementById(filterFieldId)?.focus();
}

export const tableId = 'nodes-table';
