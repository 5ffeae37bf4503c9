import { useMemo, useState } from 'react';
import { Select } from '../../../design/controls/index.ts';
import { useRowHeight } from '../../../design/data/row-height.ts';
import { VirtualList } from '../../../design/data/virtual-list.tsx';
import { useTranslation } from '../../../i18n/index.ts';
import { type ResultTable, type Row, type Sorting, sortRows } from '../model/result-table.ts';
import { shownCell } from './shown-cell.ts';

/** Arrays of objects as tables, one at a time; a click on a head sorts. */
export function ResultTables({ tables }: { readonly tables: readonly ResultTable[] }) {
  const { t } = useTranslation('rpc');
  const [pointer, setPointer] = useState<string>();
  const table = tables.find((known) => known.pointer === pointer) ?? tables[0];
  if (table === undefined) return null;
  return (
    <>
      {(tables.length > 1 || table.hiddenColumns > 0) && (
        <div className="sb-subbar">
          {tables.length > 1 && (
            <Select
              size="xs"
              aria-label={t('tablePart')}
              value={table.pointer}
              data={tables.map((known) => ({ value: known.pointer, label: known.pointer === '' ? t('tableWhole') : known.pointer }))}
              onChange={(value) => setPointer(value ?? undefined)}
            />
          )}
          {table.hiddenColumns > 0 && <span className="sb-3">{t('hiddenColumns', { count: table.hiddenColumns })}</span>}
        </div>
      )}
      <DataTable key={table.pointer} table={table} />
    </>
  );
}

function DataTable({ table }: { readonly table: ResultTable }) {
  const { t } = useTranslation('rpc');
  const [sorting, setSorting] = useState<Sorting>();
  const [selected, setSelected] = useState<number>();
  const rowHeight = useRowHeight('--sb-row');
  const rows = useMemo(() => sortRows(table.rows, sorting), [table, sorting]);
  const numeric = useMemo(() => numericColumns(table), [table]);
  const columns = useMemo(() => columnWidths(table), [table]);
  const head = (
    <div className="sb-head" style={{ gridTemplateColumns: columns }}>
      {table.columns.map((column) => (
        <button
          key={column}
          type="button"
          className={`sb-rpc-sort${numeric.has(column) ? ' sb-r' : ''}`}
          onClick={() => setSorting({ column, descending: sorting?.column === column && !sorting.descending })}
        >
          {column}
          {sorting?.column === column && (sorting.descending ? ' ↓' : ' ↑')}
        </button>
      ))}
    </div>
  );
  return (
    <>
      <div className="sb-rpc-table-head">{head}</div>
      <VirtualList
        label={t('result_table')}
        count={rows.length}
        rowHeight={rowHeight}
        columns={columns}
        keyOf={(index) => index}
        selectedIndex={selected}
        onSelect={setSelected}
        renderRow={(index) => <TableRow row={rows[index] ?? {}} columns={table.columns} numeric={numeric} />}
      />
    </>
  );
}

function TableRow(props: { readonly row: Row; readonly columns: readonly string[]; readonly numeric: ReadonlySet<string> }) {
  return props.columns.map((column, index) => {
    const value = props.row[column];
    const shown = shownCell(column, value);
    const isNested = typeof value === 'object' && value !== null;
    return (
      <span
        key={column}
        title={shown}
        className={`${props.numeric.has(column) ? 'sb-r' : ''}${isNested ? ' sb-mono sb-2' : ''}${index === 0 ? ' sb-rpc-first' : ''}`}
      >
        {shown}
      </span>
    );
  });
}

const sampledRows = 50;

/** Room by what is usually written in a column. */
function columnWidths(table: ResultTable): string {
  return table.columns
    .map((column) => {
      const lengths = table.rows.slice(0, sampledRows).map((row) => shownCell(column, row[column]).length);
      const usual = lengths.reduce((sum, length) => sum + length, 0) / Math.max(1, lengths.length);
      return `minmax(64px, ${Math.round(Math.max(column.length, 8, Math.min(48, usual)))}fr)`;
    })
    .join(' ');
}

function numericColumns(table: ResultTable): ReadonlySet<string> {
  const sample = table.rows.slice(0, sampledRows);
  return new Set(
    table.columns.filter((column) => {
      const values = sample.map((row) => row[column]).filter((value) => value !== null && value !== undefined);
      return values.length > 0 && values.every((value) => typeof value === 'number');
    }),
  );
}
