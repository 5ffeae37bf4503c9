import { type ComponentType, useId } from 'react';
import { StateShape } from '../../../design/icons/index.ts';
import { Strip, TabBar } from '../../../design/layout/bars.tsx';
import { onDemand } from '../../../design/on-demand.tsx';
import { useTranslation } from '../../../i18n/index.ts';
import type { Health } from '../../shared/queues/health.ts';
import { MessagesTab } from '../messages/messages-tab.tsx';
import { findQueue } from '../model/queue-table.ts';
import { type QueuesRoute, type QueueTab, queueTabs, showQueue } from '../queues-route.ts';
import type { QueuesData } from '../use-queues-data.ts';
import { QueueHead } from './queue-head.tsx';
import type { QueueTabProps } from './queue-tab-props.ts';
import { Replicas } from './replicas.tsx';

const contents: Record<QueueTab, ComponentType<QueueTabProps>> = {
  messages: MessagesTab,
  clients: onDemand(() => import('../clients/clients-tab.tsx').then((module) => module.ClientsTab)),
  config: onDemand(() => import('../config/config-tab.tsx').then((module) => module.ConfigTab)),
  history: onDemand(() => import('./history-tab.tsx').then((module) => module.HistoryTab)),
};

/** One queue in detail: its head, the replicas of its group, and what is in it. */
export function QueueDetail({ route, data }: { readonly route: QueuesRoute; readonly data: QueuesData }) {
  const { t } = useTranslation('queues');
  const queue = findQueue(data.queues, route.queue);
  if (queue === undefined) return route.queue === undefined ? null : <NotKnown asked={route.queue} data={data} />;
  return (
    <QueueView
      key={queue.queueId}
      queue={queue}
      group={data.groups.get(queue.groupId)}
      health={data.healthOf(queue)}
      missing={data.groupsState.kind === 'error' ? data.groupsState.error.message : undefined}
      tab={route.tab}
      refresh={data.refresh}
      label={t('queueLabel', { name: queue.name })}
    />
  );
}

interface QueueViewProps extends QueueTabProps {
  readonly health: Health;
  /** Why there are no figures of the group. */
  readonly missing: string | undefined;
  readonly tab: QueueTab;
  readonly label: string;
}

function QueueView({ queue, group, health, missing, tab, refresh, label }: QueueViewProps) {
  const { t } = useTranslation('queues');
  const panelId = useId();
  const Content = contents[tab];
  const items = queueTabs.map((id) => ({ id, label: t(`tab_${id}`), ...(id === 'clients' && { count: queue.clients }) }));
  return (
    <section className="sb-col sb-grow" aria-label={label} data-region="inspector">
      <QueueHead queue={queue} health={health} />
      {group === undefined ? (
        <GroupMissing groupId={queue.groupId} reason={health === 'unseen' ? t('lastSeenFigures') : missing} />
      ) : (
        <Replicas group={group} />
      )}
      <TabBar label={t('queueTabs')} items={items} current={tab} onChange={(next) => showQueue(queue.queueId, next)} panelId={panelId} />
      <div
        id={panelId}
        role="tabpanel"
        aria-label={t(`tab_${tab}`)}
        className="sb-col sb-grow"
        {...(health === 'unseen' && { 'data-stale': true })}
      >
        <Content queue={queue} group={group} refresh={refresh} />
      </div>
    </section>
  );
}

/** The replicas of the group are not known: which group it is, and why. */
function GroupMissing({ groupId, reason }: { readonly groupId: string; readonly reason: string | undefined }) {
  const { t } = useTranslation('queues');
  return (
    <Strip
      tone={reason === undefined ? 'mode' : 'warn'}
      icon={<StateShape kind="unknown" />}
      fact={t('replicasUnknown', { group: groupId })}
    >
      {reason}
    </Strip>
  );
}

/** An address led to a queue that is not there. */
function NotKnown({ asked, data }: { readonly asked: string; readonly data: QueuesData }) {
  const { t } = useTranslation('queues');
  const { queues, complete } = data;
  const isShared = queues.some(({ name }) => name === asked);
  return (
    <div className="sb-empty" role="status">
      <h2 className="qu-anywhere">{t(isShared ? 'sharedName' : 'notKnown', { name: asked })}</h2>
      <p>{isShared ? t('sharedNameDetail') : complete ? t('notKnownDetail') : t('notKnownLong')}</p>
    </div>
  );
}
