import { type ReactNode, useState } from 'react';
import type { Action } from '../../../app/actions/registry.ts';
import { ContextMenu } from '../../../design/controls/context-menu.tsx';
import { DataGrid, type DataGridColumn } from '../../../design/data/data-grid.tsx';
import { useRowHeight } from '../../../design/data/row-height.ts';
import { useTranslation } from '../../../i18n/index.ts';
import { menuEntries } from '../../shared/menu-entries.ts';

export interface ChosenColumn<Row> extends DataGridColumn {
  readonly cell: (row: Row) => ReactNode;
  /** What rows are ordered by. */
  readonly by: (row: Row) => string | number;
}

interface ChosenTableProps<Row> {
  readonly label: string;
  readonly columns: readonly ChosenColumn<Row>[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string;
  readonly nameOf: (row: Row) => string;
  readonly actionsOf: (row: Row) => readonly Action[];
  /** What can be done without a row. */
  readonly acts?: ReactNode;
}

const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

/** A table of some dozens of rows: ordered by its heads, one row chosen, with what can be done with it at the foot and in its menu. */
export function ChosenTable<Row>({ label, columns, rows, keyOf, nameOf, actionsOf, acts }: ChosenTableProps<Row>) {
  const { t } = useTranslation('tunnels');
  const rowHeight = useRowHeight('--sb-row');
  const [sort, setSort] = useState({ column: columns[0]?.id ?? '', descending: false });
  const [chosenKey, setChosenKey] = useState<string>();
  const [menuAt, setMenuAt] = useState<{ readonly x: number; readonly y: number }>();
  const by = columns.find(({ id }) => id === sort.column)?.by ?? keyOf;
  const sorted = rows.toSorted((a, b) => (sort.descending ? -1 : 1) * compared(by(a), by(b)) || collator.compare(keyOf(a), keyOf(b)));
  const found = sorted.findIndex((row) => keyOf(row) === chosenKey);
  const index = found === -1 ? undefined : found;
  const chosen = sorted[found];
  const actions = chosen === undefined ? [] : actionsOf(chosen);
  const choose = (at: number) => {
    const row = sorted[at];
    setChosenKey(row === undefined ? undefined : keyOf(row));
  };
  return (
    <>
      <DataGrid
        label={label}
        columns={columns}
        sort={sort}
        onSort={(column) => setSort({ column, descending: sort.column === column && !sort.descending })}
        count={sorted.length}
        rowHeight={rowHeight}
        keyOf={(at) => {
          const row = sorted[at];
          return row === undefined ? String(at) : keyOf(row);
        }}
        renderRow={(at) => {
          const row = sorted[at];
          return row === undefined
            ? null
            : columns.map((column) => (
                // biome-ignore lint/a11y/useSemanticElements: the grid is made of plain elements
                // biome-ignore lint/a11y/useFocusableInteractive: the grid has the focus
                <span key={column.id} role="gridcell" className={column.right === true ? 'sb-r' : undefined}>
                  {column.cell(row)}
                </span>
              ));
        }}
        cursor={index}
        onCursor={choose}
        selected={index}
        onToggle={choose}
        onOpen={choose}
        onMenu={(at, place) => {
          choose(at);
          setMenuAt(place);
        }}
      />
      <section className="tu-foot" aria-label={t('selection')}>
        {chosen === undefined ? (
          <span className="sb-3">{t('chooseRow')}</span>
        ) : (
          <>
            <span className="sb-2 sb-clip">{nameOf(chosen)}</span>
            <span className="sb-sep" />
            {actions.map((action) => (
              <button
                key={action.id}
                type="button"
                className={action.danger === 3 ? 'sb-link tu-danger' : 'sb-link'}
                disabled={action.enabled === false}
                onClick={action.run}
              >
                {action.title}
              </button>
            ))}
          </>
        )}
        <span className="sb-grow" />
        {acts}
      </section>
      {menuAt !== undefined && chosen !== undefined && (
        <ContextMenu
          at={menuAt}
          label={t('menuOf', { name: nameOf(chosen) })}
          entries={menuEntries(actions)}
          onClose={() => setMenuAt(undefined)}
        />
      )}
    </>
  );
}

function compared(a: string | number, b: string | number): number {
  return typeof a === 'number' && typeof b === 'number' ? a - b : collator.compare(String(a), String(b));
}
