import { useMemo } from 'react';
import { useTranslation } from '../../../i18n/index.ts';
import { useRights } from '../../shared/rights.ts';
import { NothingMatches } from '../../shared/table/nothing-matches.tsx';
import { RowTable } from '../../shared/table/row-table.tsx';
import { filterRows, orderRows } from '../../shared/table/table-model.ts';
import { findQueue, queueTable, queueWords, sharedNames } from '../model/queue-table.ts';
import { queueActions } from '../queue-actions.ts';
import { showQueue, useQueuesRoute } from '../queues-route.ts';
import { listId, useListFilter, useListOrder } from '../queues-store.ts';
import type { QueuesData } from '../use-queues-data.ts';
import { QueueRow } from './queue-row.tsx';

/** The queues, one a row, as many columns as there is room for. */
export function QueueList({ data, asked }: { readonly data: QueuesData; readonly asked: string | undefined }) {
  const { t } = useTranslation('queues');
  const filter = useListFilter(({ text }) => text);
  const order = useListOrder(({ sort }) => sort);
  const rights = useRights();
  const { tab } = useQueuesRoute();
  const rows = useMemo(() => orderRows(queueTable, filterRows(data.queues, filter, queueWords), order), [data.queues, filter, order]);
  const shared = useMemo(() => sharedNames(data.queues), [data.queues]);
  const chosen = findQueue(data.queues, asked)?.queueId;
  return (
    <>
      <RowTable
        id={listId}
        label={t('title')}
        columns={queueTable.columns}
        headOf={({ id }) => ({ title: t(`col_${id}`), hint: t(`hint_${id}`) })}
        rows={rows}
        keyOf={queueTable.keyOf}
        order={order}
        onOrder={(sort) => useListOrder.setState({ sort })}
        renderRow={(queue, columns) => (
          <QueueRow queue={queue} columns={columns} health={data.healthOf(queue)} withGroup={shared.has(queue.name)} />
        )}
        selected={chosen}
        onOpen={({ queueId }) => queueId !== chosen && showQueue(queueId, tab)}
        menuOf={(queue) => ({ name: queue.name, actions: queueActions(t, queue, rights) })}
        empty={<NothingFound text={filter} />}
      />
      {!data.complete && <p className="qu-note sb-3">{t('notAll', { count: data.queues.length })}</p>}
    </>
  );
}

function NothingFound({ text }: { readonly text: string }) {
  const { t } = useTranslation('queues');
  if (text.trim() === '') return <p className="qu-note sb-3">{t('noQueueYet')}</p>;
  return <NothingMatches title={t('noneMatches', { text })} onClear={() => useListFilter.setState({ text: '' })} />;
}
