import { type ReactNode, useEffect, useMemo, useState } from 'react';
import { useElementSize } from '../../../design/controls/index.ts';
import { DataGrid } from '../../../design/data/data-grid.tsx';
import { useRowHeight } from '../../../design/data/row-height.ts';
import { trackOf } from './fitting-columns.ts';
import { type RowMenu, useRowMenu } from './row-menu.tsx';
import { type TableColumn, type TableOrder, toggledOrder } from './table-model.ts';
import { useFittingColumns } from './use-fitting-columns.ts';

export interface RowTableProps<Row, Column extends TableColumn<Row, Id, never>, Id extends string> {
  /** Id of the element around the table, by which it is given the focus. */
  readonly id: string;
  readonly label: string;
  readonly columns: readonly Column[];
  /** What the head of a column says, and what that stands for. */
  readonly headOf: (column: Column) => { readonly title: string; readonly hint?: string };
  /** In the order in which they are shown. */
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string;
  readonly order: TableOrder<Id>;
  readonly onOrder: (order: TableOrder<Id>) => void;
  /** The cells of a row, one `GridCells` for the columns that fit. */
  readonly renderRow: (row: Row, columns: readonly Column[]) => ReactNode;
  /** Key of the selected row, whether or not it is listed now. */
  readonly selected: string | undefined;
  /** Enter, and a click. */
  readonly onOpen: (row: Row) => void;
  /** Space, and the menu of the row. Absent: the same as opening. */
  readonly onSelect?: (row: Row) => void;
  /** Space on the selected row. Absent: it stays selected. */
  readonly onDeselect?: () => void;
  /** The selection goes with the keys that move the cursor. */
  readonly follows?: boolean;
  readonly menuOf?: (row: Row) => RowMenu;
  /** Stands in place of a table without rows. */
  readonly empty?: ReactNode;
  /** What is shown is what was last seen. */
  readonly stale?: boolean;
}

/**
 * A table of many rows, the same on every screen: sorted by its heads, as many columns as there is room for, only the rows in
 * sight drawn. Cursor and selection stay with their rows when those change places.
 */
export function RowTable<Row, Column extends TableColumn<Row, Id, never>, Id extends string>(props: RowTableProps<Row, Column, Id>) {
  const { rows, keyOf, order, selected, onOpen, onSelect = onOpen, menuOf } = props;
  const { ref, width } = useElementSize<HTMLDivElement>();
  const rowHeight = useRowHeight('--sb-row');
  const columns = useFittingColumns<Column>(props.columns, width);
  const [cursor, setCursor] = useState(selected);
  useEffect(() => {
    // Where nothing is selected any more the keys go on from where they were.
    if (selected !== undefined) setCursor(selected);
  }, [selected]);
  const places = useMemo(() => new Map(rows.map((row, index) => [keyOf(row), index])), [rows, keyOf]);
  const placeOf = (key: string | undefined) => (key === undefined ? undefined : places.get(key));
  const rowOf = (key: string) => rows[places.get(key) ?? -1];
  const menu = useRowMenu(props.id, rowOf, menuOf);
  /** Does something with the row at a place, when there is one. */
  const at = (index: number, run: (row: Row, key: string) => void) => {
    const row = rows[index];
    if (row !== undefined) run(row, keyOf(row));
  };
  return (
    <div ref={ref} id={props.id} className="sb-col sb-grow" {...(props.stale === true && { 'data-stale': true })}>
      {rows.length === 0 && props.empty !== undefined ? (
        props.empty
      ) : (
        <DataGrid
          label={props.label}
          columns={columns.map((column) => ({ ...props.headOf(column), ...headShape(column) }))}
          sort={order}
          onSort={(column) => props.onOrder(toggledOrder(props.columns, order, column))}
          count={rows.length}
          rowHeight={rowHeight}
          keyOf={(index) => {
            const row = rows[index];
            return row === undefined ? String(index) : keyOf(row);
          }}
          renderRow={(index) => {
            const row = rows[index];
            return row === undefined ? null : props.renderRow(row, columns);
          }}
          cursor={placeOf(cursor)}
          onCursor={(index) =>
            at(index, (row, key) => {
              setCursor(key);
              if (props.follows === true) onSelect(row);
            })
          }
          selected={placeOf(selected)}
          onToggle={(index) =>
            at(index, (row, key) => (key === selected && props.onDeselect !== undefined ? props.onDeselect() : onSelect(row)))
          }
          onOpen={(index) => at(index, onOpen)}
          {...(menuOf !== undefined && {
            onMenu: (index, place) =>
              at(index, (row, key) => {
                onSelect(row);
                menu.open(key, row, place);
              }),
          })}
        />
      )}
      {menu.shown}
    </div>
  );
}

function headShape<Row, Id extends string>(column: TableColumn<Row, Id, never>) {
  return { id: column.id, width: trackOf(column), right: column.right === true };
}
