import type { ReactNode } from 'react';

interface GridCellsProps<Column> {
  readonly columns: readonly Column[];
  readonly cell: (column: Column) => ReactNode;
  /** What the cell says in full, or why it says so. */
  readonly titleOf?: (column: Column) => string | undefined;
  /** What is shown is what was last seen. */
  readonly stale?: boolean;
}

/** The cells of a row of a `DataGrid`, one for each column. */
export function GridCells<Column extends { readonly id: string; readonly right?: boolean; readonly className?: string }>({
  columns,
  cell,
  titleOf,
  stale,
}: GridCellsProps<Column>) {
  return columns.map((column) => (
    // biome-ignore lint/a11y/useSemanticElements: the grid is made of plain elements
    // biome-ignore lint/a11y/useFocusableInteractive: the grid has the focus and names its row
    <span
      key={column.id}
      role="gridcell"
      className={[column.right === true ? 'sb-r' : '', column.className ?? ''].join(' ').trim() || undefined}
      title={titleOf?.(column)}
      data-stale={stale === true || undefined}
    >
      {cell(column)}
    </span>
  ));
}
