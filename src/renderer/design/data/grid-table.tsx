import type { CSSProperties, ReactNode } from 'react';

export interface GridColumn {
  readonly id: string;
  readonly title: string;
  /** A CSS grid track: `minmax(0, 1fr)`, `96px`. */
  readonly width: string;
  /** Numbers stand at the right. */
  readonly right?: boolean;
  /** Leaves first when the window is narrow (look.md section 4). */
  readonly optional?: boolean;
}

export interface GridRow {
  readonly id: string;
  /** One cell for each column. */
  readonly cells: readonly ReactNode[];
}

/** A small table that is read and not chosen from. Long or chosen-from lists are a `VirtualList`. */
export function GridTable(props: { readonly label: string; readonly columns: readonly GridColumn[]; readonly rows: readonly GridRow[] }) {
  const tracks = (columns: readonly GridColumn[]) => columns.map((column) => column.width).join(' ');
  const style = {
    '--sb-columns': tracks(props.columns),
    '--sb-columns-narrow': tracks(props.columns.filter((column) => column.optional !== true)),
  } as CSSProperties;
  return (
    <table aria-label={props.label} className="sb-grid-table" style={style}>
      <thead>
        <tr className="sb-head">
          {props.columns.map((column) => (
            <th key={column.id} scope="col" className={cellClass(column)}>
              {column.title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {props.rows.map((row) => (
          <tr key={row.id} className="sb-row">
            {row.cells.map((cell, index) => (
              <td key={props.columns[index]?.id} className={cellClass(props.columns[index])}>
                {cell}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function cellClass(column: GridColumn | undefined): string | undefined {
  const names = [column?.right === true ? 'sb-r' : '', column?.optional === true ? 'sb-optional' : ''].filter(Boolean);
  return names.length === 0 ? undefined : names.join(' ');
}
