import { useEffect, useMemo, useState } from 'react';
import type { QueueInfo } from '../../../../common/contract/queues.ts';
import { ContextMenu } from '../../../design/controls/context-menu.tsx';
import { Button, useElementSize } from '../../../design/controls/index.ts';
import { DataGrid } from '../../../design/data/data-grid.tsx';
import { useRowHeight } from '../../../design/data/row-height.ts';
import { useTranslation } from '../../../i18n/index.ts';
import { menuEntries } from '../../shared/menu-entries.ts';
import { useRights } from '../../shared/rights.ts';
import { useFittingColumns } from '../../shared/use-fitting-columns.ts';
import { filterQueues, findQueue, fittingColumns, sharedNames, sortQueues, toggledSort } from '../model/queue-table.ts';
import { queueActions } from '../queue-actions.ts';
import { showQueue, useQueuesRoute } from '../queues-route.ts';
import { focusList, listId, useListFilter, useListOrder } from '../queues-store.ts';
import type { QueuesData } from '../use-queues-data.ts';
import { QueueRow } from './queue-row.tsx';

/** The queues, one a row, as many columns as there is room for. */
export function QueueList({ data, asked }: { readonly data: QueuesData; readonly asked: string | undefined }) {
  const { t } = useTranslation('queues');
  const { ref, width } = useElementSize<HTMLDivElement>();
  const filter = useListFilter(({ text }) => text);
  const sort = useListOrder((state) => state.sort);
  const rights = useRights();
  const rowHeight = useRowHeight('--sb-row');
  const { tab } = useQueuesRoute();
  const rows = useMemo(() => sortQueues(filterQueues(data.queues, filter), sort), [data.queues, filter, sort]);
  const shared = useMemo(() => sharedNames(data.queues), [data.queues]);
  const shown = useFittingColumns(fittingColumns, width);
  const heads = useMemo(
    () => shown.map((column) => ({ ...column, title: t(`col_${column.id}`), hint: t(`hint_${column.id}`) })),
    [shown, t],
  );
  const chosen = findQueue(data.queues, asked)?.queueId;
  const [cursorId, setCursorId] = useState(chosen);
  const [menu, setMenu] = useState<{ readonly queue: QueueInfo; readonly at: { readonly x: number; readonly y: number } }>();
  useEffect(() => setCursorId(chosen), [chosen]);
  const indexOf = (id: string | undefined) => {
    const index = rows.findIndex(({ queueId }) => queueId === id);
    return index === -1 ? undefined : index;
  };
  const open = (index: number) => {
    const id = rows[index]?.queueId;
    if (id !== undefined && id !== chosen) showQueue(id, tab);
  };
  return (
    <div ref={ref} id={listId} className="sb-col sb-grow">
      {rows.length === 0 ? (
        <NothingFound text={filter} />
      ) : (
        <DataGrid
          label={t('title')}
          columns={heads}
          sort={sort}
          onSort={(column) => useListOrder.setState({ sort: toggledSort(sort, column) })}
          count={rows.length}
          rowHeight={rowHeight}
          keyOf={(index) => rows[index]?.queueId ?? String(index)}
          renderRow={(index) => {
            const queue = rows[index];
            return queue === undefined ? null : (
              <QueueRow queue={queue} columns={shown} health={data.healthOf(queue)} withGroup={shared.has(queue.name)} />
            );
          }}
          cursor={indexOf(cursorId)}
          onCursor={(index) => setCursorId(rows[index]?.queueId)}
          selected={indexOf(chosen)}
          onToggle={open}
          onOpen={open}
          onMenu={(index, at) => {
            const queue = rows[index];
            if (queue === undefined) return;
            open(index);
            setMenu({ queue, at });
          }}
        />
      )}
      {!data.complete && <p className="qu-note sb-3">{t('notAll', { count: data.queues.length })}</p>}
      {menu !== undefined && (
        <ContextMenu
          at={menu.at}
          label={t('menuOf', { name: menu.queue.name })}
          entries={menuEntries(queueActions(t, menu.queue, rights))}
          onClose={() => {
            setMenu(undefined);
            focusList();
          }}
        />
      )}
    </div>
  );
}

function NothingFound({ text }: { readonly text: string }) {
  const { t } = useTranslation('queues');
  const { t: common } = useTranslation('common');
  if (text.trim() === '') return <p className="qu-note sb-3">{t('noQueueYet')}</p>;
  return (
    <div className="sb-empty qu-empty" role="status">
      <h2 className="qu-anywhere">{t('noneMatches', { text })}</h2>
      <Button variant="default" onClick={() => useListFilter.setState({ text: '' })}>
        {common('clearFilter')}
      </Button>
    </div>
  );
}
