import { useMemo, useState } from 'react';
import { shortNodeId } from '../../../../common/ids.ts';
import type { GatheredResults } from '../../../../common/wire/messages.ts';
import { useRowHeight } from '../../../design/data/row-height.ts';
import { VirtualList } from '../../../design/data/virtual-list.tsx';
import { StateLabel } from '../../../design/icons/index.ts';
import { TopRow } from '../../../design/layout/row-split.tsx';
import { useTranslation } from '../../../i18n/index.ts';
import { useNode } from '../../../state/node.ts';
import { type NodeRow, nodeGrid } from '../model/result-table.ts';
import { ResultJson } from './result-json.tsx';
import { shortOf } from './result-status.tsx';
import { shownCell } from './shown-cell.ts';

/** One row a node; what differs from most is marked; the chosen node's whole answer below. */
export function ResultNodes({ gathered }: { readonly gathered: GatheredResults }) {
  const { t } = useTranslation('rpc');
  const grid = useMemo(() => nodeGrid(gathered), [gathered]);
  const [selected, setSelected] = useState(0);
  const nameOf = useNodeNames();
  const rowHeight = useRowHeight('--sb-row');
  const columns = `minmax(110px, 1.4fr) 120px${' minmax(80px, 1fr)'.repeat(grid.columns.length)}`;
  const row = grid.rows[selected];
  return (
    <>
      <TopRow
        name="rpc.nodes"
        initialHeight={Math.min(260, 28 + rowHeight * grid.rows.length)}
        minHeight={56}
        minHeightBelow={90}
        label={t('resizeNodes')}
        className="sb-col"
      >
        <VirtualList
          label={t('result_nodes')}
          count={grid.rows.length}
          rowHeight={rowHeight}
          columns={columns}
          keyOf={(index) => grid.rows[index]?.node ?? index}
          selectedIndex={selected}
          onSelect={setSelected}
          head={
            <div className="sb-head" role="presentation" style={{ gridTemplateColumns: columns }}>
              <span>{t('column_node')}</span>
              <span>{t('column_result')}</span>
              {grid.columns.map((column) => (
                <span key={column}>{column}</span>
              ))}
            </div>
          }
          renderRow={(index) => {
            const shown = grid.rows[index];
            return shown === undefined ? null : <GridRow row={shown} name={nameOf(shown.node)} />;
          }}
        />
      </TopRow>
      {row !== undefined && (
        <>
          <div className="sb-subbar">
            <b>{nameOf(row.node)}</b>
            <NodeState row={row} />
            <span className="sb-grow" />
            {grid.rows.some((known) => known.cells.some((cell) => cell.differs)) && <span className="sb-3">{t('differs')}</span>}
          </div>
          {row.state === 'ok' && (
            <ResultJson key={row.node} data={row.data} bytes={JSON.stringify(row.data)?.length ?? 0} name={row.node} />
          )}
        </>
      )}
    </>
  );
}

function useNodeNames(): (node: string) => string {
  const status = useNode((state) => state.status);
  return (node) => (node === status?.nodeId ? status.name : shortNodeId(node));
}

function NodeState({ row }: { readonly row: NodeRow }) {
  const { t } = useTranslation('rpc');
  if (row.state === 'ok') return <StateLabel kind="online">{t('outcome_ok')}</StateLabel>;
  if (row.state === 'missing') return <StateLabel kind="failed">{t('errorShort_TIMEOUT')}</StateLabel>;
  return <StateLabel kind="failed">{t(`errorShort_${shortOf(row.problem?.code ?? '')}`)}</StateLabel>;
}

function GridRow({ row, name }: { readonly row: NodeRow; readonly name: string }) {
  const { t } = useTranslation('rpc');
  const why = row.state === 'missing' ? t('nodeMissing') : row.problem?.message;
  return (
    <>
      <span className="sb-rpc-first">{name}</span>
      <NodeState row={row} />
      {why !== undefined ? (
        <span className="sb-2" style={{ gridColumn: '3 / -1' }}>
          {why}
        </span>
      ) : (
        row.cells.map((cell) => (
          <span key={cell.column} className={cell.differs ? 'sb-rpc-differs' : undefined}>
            {shownCell(cell.column, cell.value)}
            {cell.differs && ' ≠'}
          </span>
        ))
      )}
    </>
  );
}
