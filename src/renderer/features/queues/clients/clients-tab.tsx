import type { ReactNode } from 'react';
import { Loading } from '../../../design/feedback/states.tsx';
import { useTranslation } from '../../../i18n/index.ts';
import { formatAge, formatCount } from '../../../state/format.ts';
import { useCall } from '../../../state/use-call.ts';
import { CallFailure } from '../../shared/call-failure.tsx';
import { useRights } from '../../shared/rights.ts';
import { ChosenTable } from '../../shared/table/chosen-table.tsx';
import type { QueueTabProps } from '../detail/queue-tab-props.ts';
import { type ClientColumnId, clientTable, type Position } from '../model/client-table.ts';
import { clientActions } from '../queue-actions.ts';

const everyMs = 2_000;

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
  return (
    <>
      <ChosenTable<Position, ClientColumnId>
        id="queues-clients"
        label={t('clientList')}
        columns={clientTable.columns.map((column) => ({
          ...column,
          title: t(`col_${column.id}`),
          hint: t(`hint_${column.id}`),
          cell: cells[column.id],
        }))}
        rows={positions}
        keyOf={clientTable.keyOf}
        nameOf={clientTable.nameOf}
        actionsOf={({ clientId }) => clientActions(t, queueId, clientId, rights)}
      />
      {!complete && <p className="qu-note sb-3">{t('notAllClients', { count: positions.length })}</p>}
    </>
  );
}

const cells: Record<ClientColumnId, (row: Position) => ReactNode> = {
  client: ({ clientId }) => (
    <b className="qu-strong" title={clientId}>
      {clientId}
    </b>
  ),
  position: ({ position }) => formatCount(position),
  clientLag: ({ lag }) => <span className={lag > 0 ? undefined : 'sb-3'}>{formatCount(lag)}</span>,
  moved: ({ updatedAt }) => <span className="sb-3">{formatAge(Date.now() - updatedAt)}</span>,
};
