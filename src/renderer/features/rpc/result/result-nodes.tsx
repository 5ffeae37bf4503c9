import { useMemo, useState } from 'react';
import { useElementSize } from '../../../design/controls/index.ts';
import { useRowHeight } from '../../../design/data/row-height.ts';
import { VirtualList } from '../../../design/data/virtual-list.tsx';
import { TopRow } from '../../../design/layout/row-split.tsx';
import { useTranslation } from '../../../i18n/index.ts';
import { formatCount } from '../../../state/format.ts';
import { useNodeNames } from '../../../state/node-names.ts';
import { columnsThatFit, gridColumns, type NodeGrid, type NodeRow, sortNodeRows, wholeAnswer } from '../model/node-grid.ts';
import type { Sorting } from '../model/result-table.ts';
import type { Run } from '../state/run.ts';
import { whyEmpty } from './error-words.ts';
import { NodeDetail } from './node-detail.tsx';
import { NodeRowState } from './node-row-state.tsx';
import { shownCell } from './shown-cell.ts';

const fixedTracks = 'minmax(110px, 1.4fr) 120px 64px';
/** Width in px that name, state and time take with their gaps, and that each further column takes at least. */
const fixedWidth = 342;
const columnWidth = 96;

/** One row for each node as its part comes; what differs from most is marked; the chosen node's answer below. */
export function ResultNodes({ run, grid }: { readonly run: Run; readonly grid: NodeGrid }) {
  const { t } = useTranslation('rpc');
  const nameOf = useNodeNames();
  const [sorting, setSorting] = useState<Sorting>();
  const [chosen, setChosen] = useState<string>();
  const rowHeight = useRowHeight('--sb-row');
  const rows = useMemo(() => sortNodeRows(grid.rows, sorting, nameOf), [grid, sorting, nameOf]);
  const { ref, width } = useElementSize();
  const columns = useMemo(() => columnsThatFit(grid, Math.max(1, Math.floor((width - fixedWidth) / columnWidth))), [grid, width]);
  const tracks = `${fixedTracks}${' minmax(72px, 1fr)'.repeat(Math.max(1, columns.length))}`;
  const numeric = useMemo(() => numericColumns(grid), [grid]);
  const index = Math.max(
    0,
    rows.findIndex((row) => row.nodeId === chosen),
  );
  const row = rows[index];
  return (
    <>
      <TopRow
        name="rpc.nodes"
        initialHeight={Math.min(260, 30 + rowHeight * grid.rows.length)}
        minHeight={56}
        minHeightBelow={140}
        label={t('resizeNodes')}
        className="sb-col"
      >
        <div ref={ref} />
        <GridHead columns={columns} tracks={tracks} numeric={numeric} sorting={sorting} onSort={setSorting} />
        <VirtualList
          label={t('result_nodes')}
          count={rows.length}
          rowHeight={rowHeight}
          columns={tracks}
          keyOf={(at) => rows[at]?.nodeId ?? at}
          selectedIndex={index}
          onSelect={(at) => setChosen(rows[at]?.nodeId)}
          renderRow={(at) => {
            const shown = rows[at];
            return shown === undefined ? null : (
              <GridRow row={shown} name={nameOf(shown.nodeId)} run={run} columns={columns} numeric={numeric} />
            );
          }}
        />
      </TopRow>
      {row !== undefined && (
        <NodeDetail key={row.nodeId} row={row} run={run} grid={grid} hiddenColumns={grid.columns.length - columns.length} nameOf={nameOf} />
      )}
    </>
  );
}

function GridHead(props: {
  readonly columns: readonly string[];
  readonly tracks: string;
  readonly numeric: ReadonlySet<string>;
  readonly sorting: Sorting | undefined;
  readonly onSort: (sorting: Sorting) => void;
}) {
  const { t } = useTranslation('rpc');
  const { sorting, numeric } = props;
  const titles = [
    { column: gridColumns.node, title: t('column_node') },
    { column: gridColumns.result, title: t('column_result') },
    { column: gridColumns.time, title: t('column_timeMs') },
    ...props.columns.map((column) => ({ column, title: column === wholeAnswer ? t('result') : column })),
  ];
  return (
    <div className="sb-rpc-table-head">
      <div className="sb-head" style={{ gridTemplateColumns: props.tracks }}>
        {titles.map(({ column, title }) => (
          <button
            key={column}
            type="button"
            className={`sb-rpc-sort sb-clip${numeric.has(column) ? ' sb-r' : ''}`}
            title={title}
            onClick={() => props.onSort({ column, descending: sorting?.column === column && !sorting.descending })}
          >
            {title}
            {sorting?.column === column && (sorting.descending ? ' ↓' : ' ↑')}
          </button>
        ))}
      </div>
    </div>
  );
}

function GridRow(props: {
  readonly row: NodeRow;
  readonly name: string;
  readonly run: Run;
  readonly columns: readonly string[];
  readonly numeric: ReadonlySet<string>;
}) {
  const { t } = useTranslation('rpc');
  const { row, numeric } = props;
  const why = whyEmpty(t, row, props.run, props.name);
  return (
    <>
      <span className="sb-rpc-first" title={row.nodeId}>
        {props.name}
      </span>
      <NodeRowState row={row} />
      <span className="sb-r">{row.afterMs === undefined ? '–' : formatCount(row.afterMs)}</span>
      {why !== undefined ? (
        <span className="sb-2 sb-rpc-why" title={why}>
          {why}
        </span>
      ) : (
        row.cells
          .filter((cell) => props.columns.includes(cell.column))
          .map((cell) => {
            const text = shownCell(cell.column, cell.value);
            return (
              <span
                key={cell.column}
                title={cell.differs ? t('differsCell', { value: text }) : text}
                className={`${numeric.has(cell.column) ? 'sb-r' : ''}${cell.differs ? ' sb-rpc-differs' : ''}`}
              >
                {text}
                {cell.differs && ' ≠'}
              </span>
            );
          })
      )}
    </>
  );
}

function numericColumns({ columns, rows }: NodeGrid): ReadonlySet<string> {
  const numeric = columns.filter((column) => {
    const values = rows.flatMap((row) => row.cells.filter((cell) => cell.column === column && cell.value != null));
    return values.length > 0 && values.every((cell) => typeof cell.value === 'number');
  });
  return new Set([gridColumns.time, ...numeric]);
}
