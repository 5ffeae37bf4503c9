import { parseTopic } from '../../../../common/topics.ts';
import { Button } from '../../../design/controls/index.ts';
import { Empty, ErrorPanel, Loading } from '../../../design/feedback/states.tsx';
import { IconBroadcast, IconEyeOff, IconFilter, IconPlus } from '../../../design/icons/index.ts';
import { useTranslation } from '../../../i18n/index.ts';
import { useCluster } from '../../../state/cluster.ts';
import { previewCharacters } from '../../../state/feed-ring.ts';
import { feed } from '../../../state/feed-store.ts';
import { formatCount, formatTime } from '../../../state/format.ts';
import { useNode } from '../../../state/node.ts';
import { addSubscription, setFilter, setSubscriptions } from '../acts.ts';
import { useEvents } from '../events-state.ts';
import { topicOfFilter } from '../model/filter.ts';
import { isCovered } from '../model/topic-words.ts';
import { useFeedVersion } from '../use-events-screen.ts';
import { EventList } from './event-list.tsx';

const icon = { size: 24, stroke: 1.5 };

/** The list, or why there is none: loading, refused, nothing subscribed, nothing came, nothing matches. */
export function ListArea() {
  const { t } = useTranslation('events');
  const { t: common } = useTranslation('common');
  useFeedVersion();
  const subscriptions = useEvents((state) => state.subscriptions);
  const filterText = useEvents((state) => state.filterText);
  const nodes = useCluster((state) => state.nodes);
  if (feed.view.count > 0) return <EventList />;
  const { state } = feed;
  if (state.kind === 'failed') return <Refused />;
  if (subscriptions.length === 0) return <NothingSubscribed />;
  if (subscriptions.every(({ hidden }) => hidden)) {
    return (
      <Empty
        icon={<IconEyeOff {...icon} />}
        title={t('hiddenTitle')}
        act={<Button onClick={() => setSubscriptions(subscriptions.map((known) => ({ ...known, hidden: false })))}>{t('showAll')}</Button>}
      >
        {t('hiddenText')}
      </Empty>
    );
  }
  const narrowed = topicOfFilter(filterText);
  if (narrowed !== undefined && isTopic(narrowed) && !isCovered(narrowed, subscriptions, nodes)) {
    return (
      <Empty
        icon={<IconFilter {...icon} />}
        title={t('notSubscribed', { topic: narrowed })}
        act={
          <>
            <Button leftSection={<IconPlus size={14} stroke={1.6} />} onClick={() => addSubscription(narrowed)}>
              {t('subscribeHere')}
            </Button>
            <Button variant="default" onClick={() => setFilter('')}>
              {common('clearFilter')}
            </Button>
          </>
        }
        terminal={{ label: t('terminal'), command: `signalbox subscribe ${quoted(narrowed)}` }}
      >
        {t('notSubscribedHelp')}
      </Empty>
    );
  }
  if (filterText.trim() !== '' && feed.ring.count > 0) {
    return (
      <Empty
        icon={<IconFilter {...icon} />}
        title={t('noMatch', { text: filterText.trim() })}
        act={<Button onClick={() => setFilter('')}>{common('clearFilter')}</Button>}
      >
        {t('noMatchHelp', { amount: formatCount(feed.ring.count), characters: previewCharacters })}
      </Empty>
    );
  }
  if (state.kind === 'opening') return <Loading asking={(seconds) => t('asking', { seconds })} cancelLabel={common('cancel')} />;
  return <NothingYet />;
}

/** False while it is half written. */
function isTopic(text: string): boolean {
  try {
    parseTopic(text);
    return true;
  } catch {
    return false;
  }
}

/** A shell reads # as a comment. */
function quoted(topic: string): string {
  return topic.includes('#') ? `'${topic}'` : topic;
}

function NothingYet() {
  const { t } = useTranslation('events');
  const subscriptions = useEvents((state) => state.subscriptions);
  const hasStats = subscriptions.some(({ topic }) => topic === '/stats');
  return (
    <Empty
      icon={<IconBroadcast {...icon} />}
      title={t('emptyTitle')}
      act={!hasStats && <Button onClick={() => addSubscription('/stats')}>{t('emptyAct')}</Button>}
      terminal={{ label: t('terminal'), command: 'signalbox subscribe /stats' }}
    >
      {t('emptyText', { topics: subscriptions.map(({ topic }) => topic).join(', '), time: formatTime(feed.waitingSinceMs) })}
    </Empty>
  );
}

function NothingSubscribed() {
  const { t } = useTranslation('events');
  return (
    <Empty
      icon={<IconBroadcast {...icon} />}
      title={t('unsubscribedTitle')}
      act={
        <>
          <Button leftSection={<IconPlus size={14} stroke={1.6} />} onClick={() => useEvents.setState({ adding: true })}>
            {t('addSubscription')}
          </Button>
          <Button variant="default" onClick={() => addSubscription('/stats')}>
            {t('emptyAct')}
          </Button>
        </>
      }
      terminal={{ label: t('terminal'), command: 'signalbox subscribe /stats' }}
    >
      {t('unsubscribedText')}
    </Empty>
  );
}

function Refused() {
  const { t } = useTranslation('events');
  const { t: common } = useTranslation('common');
  const subscriptions = useEvents((state) => state.subscriptions);
  const name = useNode(({ status }) => status?.name);
  if (feed.state.kind !== 'failed') return null;
  const { error } = feed.state;
  return (
    <ErrorPanel
      title={t('failedTitle')}
      meaning={`${error.message} ${t('failedMeaning')}`}
      facts={[
        [common('error.code'), error.code],
        [common('error.node'), name ?? common('thisNode')],
        [common('error.call'), 'feeds.open'],
        [t('failedTopics'), subscriptions.map(({ topic }) => topic).join(', ')],
      ]}
      acts={<Button onClick={() => feed.retry()}>{common('tryAgain')}</Button>}
    />
  );
}
