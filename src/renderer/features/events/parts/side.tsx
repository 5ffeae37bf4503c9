import { IconButton } from '../../../design/controls/icon-button.tsx';
import { IconPlus } from '../../../design/icons/index.ts';
import { useTranslation } from '../../../i18n/index.ts';
import { useEvents } from '../events-state.ts';
import { AddSubscription } from './add-subscription.tsx';
import { SubscriptionList } from './subscription-list.tsx';
import { TopicTreePanel } from './topic-tree-panel.tsx';
import { useClusterTopics } from './use-cluster-topics.ts';

/** The left column: what is subscribed, and which topics there are. */
export function Side() {
  const { t } = useTranslation('events');
  const adding = useEvents((state) => state.adding);
  const state = useClusterTopics();
  return (
    <>
      <header className="sb-viewbar">
        <h1>{t('title')}</h1>
        <span className="sb-grow" />
        <IconButton label={t('addSubscription')} pressed={adding} onClick={() => useEvents.setState({ adding: !adding })}>
          <IconPlus size={16} stroke={1.5} />
        </IconButton>
      </header>
      {adding && <AddSubscription own={state.names} topicsOf={(nodeId) => state.topics.pathsOf(nodeId)} />}
      <SubscriptionList />
      <TopicTreePanel state={state} />
    </>
  );
}
