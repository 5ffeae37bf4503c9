import { useId } from 'react';
import { MenuEntries } from '../../../design/controls/context-menu.tsx';
import { IconButton } from '../../../design/controls/icon-button.tsx';
import { MenuButton } from '../../../design/controls/menu-button.tsx';
import { IconDots, IconPlus } from '../../../design/icons/index.ts';
import { TabBar } from '../../../design/layout/bars.tsx';
import { useTranslation } from '../../../i18n/index.ts';
import { menuEntries } from '../../shared/menu-entries.ts';
import { useRights } from '../../shared/rights.ts';
import { FilterField } from '../../shared/table/filter-field.tsx';
import { focusTable } from '../../shared/table/table-order.ts';
import { screenActions } from '../queue-actions.ts';
import { openQueueDialog } from '../queues-dialogs.ts';
import { type QueuesRoute, showGroup, showQueues } from '../queues-route.ts';
import { listFilterId, listId, useListFilter } from '../queues-store.ts';
import type { QueuesData } from '../use-queues-data.ts';
import { GroupList } from './group-list.tsx';
import { QueueList } from './queue-list.tsx';
import { RateChart } from './rate-chart.tsx';

/** What the menu beside the plus holds. */
const inMenu = new Set(['queues.createGroup', 'queues.rebalance', 'queues.restore']);

/** The left side: queues or groups, and the rates of the chosen queue. */
export function ListSide({ route, data }: { readonly route: QueuesRoute; readonly data: QueuesData }) {
  const { t } = useTranslation('queues');
  const { t: common } = useTranslation('common');
  const rights = useRights();
  const panelId = useId();
  const byGroup = route.group !== undefined;
  const create = screenActions(t, route, rights).find(({ id }) => id === 'queues.create');
  const more = screenActions(t, route, rights).filter(({ id }) => inMenu.has(id));
  return (
    <>
      <header className="sb-viewbar">
        <h1>{t('title')}</h1>
        <span className="sb-grow" />
        {!byGroup && <Filter />}
        <IconButton label={t('act_create')} disabled={create?.enabled === false} onClick={() => openQueueDialog({ kind: 'create' })}>
          <IconPlus size={16} stroke={1.5} />
        </IconButton>
        <MenuButton label={common('more')} icon={<IconDots size={16} stroke={1.6} />}>
          <MenuEntries entries={menuEntries(more)} />
        </MenuButton>
      </header>
      <TabBar
        label={t('listOf')}
        items={[
          { id: 'queues', label: t('tab_queues'), count: data.queues.length },
          { id: 'groups', label: t('tab_groups'), count: data.groups.size },
        ]}
        current={byGroup ? 'groups' : 'queues'}
        onChange={(tab) => (tab === 'groups' ? showGroup() : showQueues())}
        panelId={panelId}
      />
      <div id={panelId} role="tabpanel" aria-label={byGroup ? t('tab_groups') : t('tab_queues')} className="sb-col sb-grow">
        {byGroup ? <GroupList data={data} chosen={route.group ?? ''} /> : <QueueList data={data} asked={route.queue} />}
      </div>
      {!byGroup && route.queue !== undefined && <RateChart data={data} asked={route.queue} />}
    </>
  );
}

function Filter() {
  const { t } = useTranslation('queues');
  const text = useListFilter((state) => state.text);
  return (
    <FilterField
      id={listFilterId}
      label={t('filter')}
      text={text}
      onText={(next) => useListFilter.setState({ text: next })}
      onLeave={() => focusTable(listId)}
    />
  );
}
