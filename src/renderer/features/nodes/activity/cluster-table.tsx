import { type ReactNode, useState } from 'react';
import { useMediaQuery } from '../../../design/controls/index.ts';
import { DataGrid, type DataGridColumn } from '../../../design/data/data-grid.tsx';
import { useRowHeight } from '../../../design/data/row-height.ts';
import { nextSort, type Sort } from './model/table.ts';

export interface TableColumn<Row, Id extends string> extends DataGridColumn<Id> {
  readonly cell: (row: Row) => ReactNode;
  /** Sorted from A first, where numbers begin with the greatest. */
  readonly text?: boolean;
  /** Leaves first when the window is narrow (look.md section 4). */
  readonly optional?: boolean;
  readonly className?: string;
}

export interface ClusterTableProps<Row, Id extends string> {
  readonly label: string;
  readonly columns: readonly TableColumn<Row, Id>[];
  /** In the order in which they are shown. */
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string;
  readonly sort: Sort<Id>;
  readonly onSort: (sort: Sort<Id>) => void;
  readonly selected: string | undefined;
  /** A click, Enter or Space. */
  readonly onOpen: (row: Row) => void;
}

/** A table of what nodes told, sorted by its heads; a row that moves keeps its cursor and selection. */
export function ClusterTable<Row, Id extends string>(props: ClusterTableProps<Row, Id>) {
  const rowHeight = useRowHeight('--sb-row');
  const narrow = useMediaQuery('(max-width: 1099px)') === true;
  const [cursorKey, setCursorKey] = useState<string>();
  const columns = narrow ? props.columns.filter(({ optional }) => optional !== true) : props.columns;
  const { rows, keyOf } = props;
  const indexOf = (key: string | undefined) => {
    const index = key === undefined ? -1 : rows.findIndex((row) => keyOf(row) === key);
    return index === -1 ? undefined : index;
  };
  const keyAt = (index: number) => {
    const row = rows[index];
    return row === undefined ? String(index) : keyOf(row);
  };
  const open = (index: number) => {
    const row = rows[index];
    if (row !== undefined) props.onOpen(row);
  };
  return (
    <DataGrid
      label={props.label}
      columns={columns}
      sort={props.sort}
      onSort={(column) => props.onSort(nextSort(props.sort, column, columns.find(({ id }) => id === column)?.text === true) as Sort<Id>)}
      count={rows.length}
      rowHeight={rowHeight}
      keyOf={keyAt}
      cursor={indexOf(cursorKey)}
      onCursor={(index) => setCursorKey(keyAt(index))}
      selected={indexOf(props.selected)}
      onToggle={open}
      onOpen={open}
      renderRow={(index) => {
        const row = rows[index];
        if (row === undefined) return null;
        return columns.map(({ id, right, className, cell }) => (
          // biome-ignore lint/a11y/useSemanticElements: as the grid
          // biome-ignore lint/a11y/useFocusableInteractive: the grid has the focus and names its row
          <span key={id} role="gridcell" className={[right === true ? 'sb-r' : '', className ?? ''].join(' ').trim() || undefined}>
            {cell(row)}
          </span>
        ));
      }}
    />
  );
}
