import { type ReactNode, useMemo, useState } from 'react';
import { ContextMenu } from '../../../design/controls/context-menu.tsx';
import { DataGrid } from '../../../design/data/data-grid.tsx';
import { useRowHeight } from '../../../design/data/row-height.ts';
import { Loading } from '../../../design/feedback/states.tsx';
import { useTranslation } from '../../../i18n/index.ts';
import { formatAge, formatCount } from '../../../state/format.ts';
import { useCall } from '../../../state/use-call.ts';
import { CallFailure } from '../../shared/call-failure.tsx';
import { menuEntries } from '../../shared/menu-entries.ts';
import { useRights } from '../../shared/rights.ts';
import type { QueueTabProps } from '../detail/queue-tab-props.ts';
import { type ClientColumn, type ClientSort, type Position, sortPositions } from '../model/client-table.ts';
import { clientActions } from '../queue-actions.ts';

const everyMs = 2_000;

const columns = [
  { id: 'client', width: 'minmax(120px, 1fr)' },
  { id: 'position', width: '96px', right: true },
  { id: 'clientLag', width: '88px', right: true },
  { id: 'moved', width: '112px', right: true },
] as const;

/** Who reads the queue and how far each has come. */
export function ClientsTab({ queue }: QueueTabProps) {
  const { t } = useTranslation('queues');
  const { t: common } = useTranslation('common');
  const { state, retry, cancel } = useCall('queues.positions', { queue: queue.queueId }, { pollMs: everyMs });
  if (state.kind === 'loading')
    return <Loading rows={4} asking={(seconds) => t('asking', { seconds })} cancelLabel={common('cancel')} onCancel={cancel} />;
  if (state.kind === 'error') return <CallFailure title={t('clientsFailed')} error={state.error} call="queues.positions" onRetry={retry} />;
  const { positions, complete } = state.data;
  if (positions.length === 0) {
    return (
      <div className="sb-empty" role="status">
        <h2>{t('noClients')}</h2>
        <p>{t('noClientsDetail')}</p>
        <p>
          {t('terminal')}
          <br />
          <code className="sb-mono sb-select">{`signalbox queue read ${queue.name} --client C-ABC12`}</code>
        </p>
      </div>
    );
  }
  return <ClientTable queueId={queue.queueId} positions={positions} complete={complete} />;
}

interface ClientTableProps {
  readonly queueId: string;
  readonly positions: readonly Position[];
  readonly complete: boolean;
}

function ClientTable({ queueId, positions, complete }: ClientTableProps) {
  const { t } = useTranslation('queues');
  const rights = useRights();
  const rowHeight = useRowHeight('--sb-row');
  const [sort, setSort] = useState<ClientSort>({ column: 'client', descending: false });
  const [chosen, setChosen] = useState<string>();
  const [menuAt, setMenuAt] = useState<{ readonly x: number; readonly y: number }>();
  const rows = useMemo(() => sortPositions(positions, sort), [positions, sort]);
  const heads = useMemo(() => columns.map((column) => ({ ...column, title: t(`col_${column.id}`), hint: t(`hint_${column.id}`) })), [t]);
  const found = rows.findIndex(({ clientId }) => clientId === chosen);
  const index = found === -1 ? undefined : found;
  const actions = index === undefined || chosen === undefined ? [] : clientActions(t, queueId, chosen, rights);
  const choose = (at: number) => setChosen(rows[at]?.clientId);
  const order = (column: ClientColumn) =>
    setSort(sort.column === column ? { column, descending: !sort.descending } : { column, descending: column !== 'client' });
  return (
    <>
      <DataGrid
        label={t('clientList')}
        columns={heads}
        sort={sort}
        onSort={order}
        count={rows.length}
        rowHeight={rowHeight}
        keyOf={(at) => rows[at]?.clientId ?? String(at)}
        renderRow={(at) => clientCells(rows[at])}
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
      {!complete && <p className="qu-note sb-3">{t('notAllClients', { count: rows.length })}</p>}
      {chosen !== undefined && index !== undefined && (
        <section className="qu-foot" aria-label={t('selection')}>
          <span className="sb-2 sb-clip">{t('selected', { name: chosen })}</span>
          <span className="sb-sep" />
          {actions.map((action) => (
            <button
              key={action.id}
              type="button"
              className={action.danger === 3 ? 'sb-link qu-danger' : 'sb-link'}
              disabled={action.enabled === false}
              onClick={action.run}
            >
              {action.title}
            </button>
          ))}
        </section>
      )}
      {menuAt !== undefined && chosen !== undefined && (
        <ContextMenu
          at={menuAt}
          label={t('menuOf', { name: chosen })}
          entries={menuEntries(clientActions(t, queueId, chosen, rights))}
          onClose={() => setMenuAt(undefined)}
        />
      )}
    </>
  );
}

function clientCells(row: Position | undefined): ReactNode {
  if (row === undefined) return null;
  const cells: readonly ReactNode[] = [
    <b key="client" className="qu-strong" title={row.clientId}>
      {row.clientId}
    </b>,
    formatCount(row.position),
    <span key="lag" className={row.lag > 0 ? undefined : 'sb-3'}>
      {formatCount(row.lag)}
    </span>,
    <span key="moved" className="sb-3">
      {formatAge(Date.now() - row.updatedAt)}
    </span>,
  ];
  return cells.map((cell, at) => (
    // biome-ignore lint/a11y/useSemanticElements: the grid is made of plain elements
    // biome-ignore lint/a11y/useFocusableInteractive: the grid has the focus
    <span key={columns[at]?.id} role="gridcell" className={at === 0 ? undefined : 'sb-r'}>
      {cell}
    </span>
  ));
}
