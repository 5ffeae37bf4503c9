import './nodes.css';
import './texts.ts';
import { type ComponentType, useId } from 'react';
import { goTo, useRoute } from '../../app/routes.ts';
import { TabBar, ViewBar } from '../../design/layout/bars.tsx';
import { onDemand } from '../../design/on-demand.tsx';
import { useTranslation } from '../../i18n/index.ts';
import { useCluster } from '../../state/cluster.ts';
import { FilterField } from '../shared/table/filter-field.tsx';
import { focusTable } from '../shared/table/table-order.ts';
import { filterFieldId, tableId, useTableFilter } from './table/table-store.ts';

/** What the screen shows of the cluster; each is loaded when it is asked for. */
const tabs = {
  table: onDemand(() => import('./table/table-tab.tsx').then((module) => module.TableTab)),
  peers: onDemand(() => import('./peers/peers-tab.tsx').then((module) => module.PeersTab)),
  topology: onDemand(() => import('./topology/topology-tab.tsx').then((module) => module.TopologyTab)),
  activity: onDemand(() => import('./activity/activity-tab.tsx').then((module) => module.ActivityTab)),
  topics: onDemand(() => import('./activity/topics-tab.tsx').then((module) => module.TopicsTab)),
  store: onDemand(() => import('./store/store-tab.tsx').then((module) => module.StoreTab)),
} satisfies Record<string, ComponentType>;
type Tab = keyof typeof tabs;
const tabNames = Object.keys(tabs) as Tab[];

/** The Nodes screen: who is in the cluster, how they hang together, what passes between them (ui.md 4.2). */
export function Nodes() {
  const { t } = useTranslation('nodes');
  const { query } = useRoute();
  const asked = query.get('tab');
  const node = query.get('node');
  const tab = tabNames.find((name) => name === asked) ?? 'table';
  const several = useCluster(({ nodes }) => nodes.length > 1);
  const panelId = useId();
  const Content = tabs[tab];
  return (
    <>
      <ViewBar title={t('title')} detail={<Count />}>
        {tab === 'table' && several && <Filter />}
      </ViewBar>
      <TabBar
        label={t('tabs')}
        items={tabNames.map((id) => ({ id, label: t(`tab_${id}`) }))}
        current={tab}
        // The selected node is the same in every tab.
        onChange={(next) => goTo('nodes', { tab: next, ...(node !== null && { node }) })}
        panelId={panelId}
      />
      <div id={panelId} role="tabpanel" aria-label={t(`tab_${tab}`)} className="sb-col sb-grow">
        <Content />
      </div>
    </>
  );
}

/** `13 known · 11 online · 1 offline · 1 unknown` */
function Count() {
  const { t } = useTranslation('nodes');
  const nodes = useCluster((state) => state.nodes);
  const count = (status: string) => nodes.filter((node) => node.status === status).length;
  const parts = [t('known', { count: nodes.length }), t('online', { count: count('online') })];
  if (count('offline') > 0) parts.push(t('offline', { count: count('offline') }));
  if (count('unknown') > 0) parts.push(t('unknown', { count: count('unknown') }));
  return parts.join(' · ');
}

function Filter() {
  const { t } = useTranslation('nodes');
  const text = useTableFilter((state) => state.text);
  return (
    <FilterField
      id={filterFieldId}
      label={t('filter')}
      text={text}
      onText={(next) => useTableFilter.setState({ text: next })}
      onLeave={() => focusTable(tableId)}
    />
  );
}
