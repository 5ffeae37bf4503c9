import type { CSSProperties, ReactNode } from 'react';

export interface GridColumn {
  readonly id: string;
  readonly title: string;
  /** A CSS grid track: `minmax(0, 1fr)`, `96px`. */
  readonly width: string;
  /** Numbers stand at the right. */
  readonly right?: boolean;
}

export interface GridRow {
  readonly id: string;
  /** One cell for each column. */
  readonly cells: readonly ReactNode[];
}

/** A small table that is read and not chosen from. Long or chosen-from lists are a `VirtualList`. */
export function GridTable(props: { readonly label: string; readonly columns: readonly GridColumn[]; readonly rows: readonly GridRow[] }) {
  const columns = props.columns.map((column) => column.width).join(' ');
  return (
    <table aria-label={props.label} className="sb-grid-table" style={{ '--sb-columns': columns } as CSSProperties}>
      <thead>
        <tr className="sb-head">
          {props.columns.map((column) => (
            <th key={column.id} scope="col" className={column.right === true ? 'sb-r' : undefined}>
              {column.title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {props.rows.map((row) => (
          <tr key={row.id} className="sb-row">
            {row.cells.map((cell, index) => (
              <td key={props.columns[index]?.id} className={props.columns[index]?.right === true ? 'sb-r' : undefined}>
                {cell}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
