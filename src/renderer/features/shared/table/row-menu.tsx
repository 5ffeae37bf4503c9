import { type ReactNode, useState } from 'react';
import type { Action } from '../../../app/actions/registry.ts';
import { ContextMenu, type MenuEntry } from '../../../design/controls/context-menu.tsx';
import type { Place } from '../../../design/data/row-place.ts';
import { useTranslation } from '../../../i18n/index.ts';
import { menuEntries } from '../menu-entries.ts';
import { focusTable } from './table-order.ts';

/** What stands in the menu of a row. */
export interface RowMenu {
  /** What the row is of. */
  readonly name: string;
  readonly actions: readonly Action[];
}

/**
 * The menu of the rows of a list: it stands where the pointer was or below the row, tells what can be done with the row as that
 * is now, and gives the focus back to the list.
 *
 * @param tableId of the element around the list
 * @param rowOf the row of a key as it is now; undefined when it has left
 */
export function useRowMenu<Row>(
  tableId: string,
  rowOf: (key: string) => Row | undefined,
  menuOf: ((row: Row) => RowMenu) | undefined,
): { readonly open: (key: string, row: Row, at: Place) => void; readonly shown: ReactNode } {
  const [menu, setMenu] = useState<{ readonly key: string; readonly row: Row; readonly at: Place }>();
  const { t } = useTranslation('common');
  const open = (key: string, row: Row, at: Place) => setMenu({ key, row, at });
  if (menu === undefined || menuOf === undefined) return { open, shown: undefined };
  // A menu does not go from under the pointer: what is done with a row that has left is answered by the node.
  const { name, actions } = menuOf(rowOf(menu.key) ?? menu.row);
  const entries: readonly MenuEntry[] = menuEntries(actions);
  const close = () => {
    setMenu(undefined);
    focusTable(tableId);
  };
  return { open, shown: <ContextMenu at={menu.at} label={t('menuOf', { name })} entries={entries} onClose={close} /> };
}
