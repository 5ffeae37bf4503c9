import './activity.css';
import './texts.ts';
import { useState } from 'react';
import type { ResultOf } from '../../../../common/contract/index.ts';
import { goTo } from '../../../app/routes.ts';
import { Button, Switch } from '../../../design/controls/index.ts';
import { Figure, FigureStrip } from '../../../design/data/figure.tsx';
import { Empty } from '../../../design/feedback/states.tsx';
import { IconBroadcast } from '../../../design/icons/index.ts';
import { useTranslation } from '../../../i18n/index.ts';
import { formatCount, formatRate } from '../../../state/format.ts';
import { useCall } from '../../../state/use-call.ts';
import { AnsweredFigure } from './answered-figure.tsx';
import { ClusterAnswer } from './cluster-answer.tsx';
import { ClusterBar } from './cluster-bar.tsx';
import { useAskedNode } from './model/asked-node.ts';
import { tabId } from './model/focus.ts';
import { TopicsTable } from './topics-table.tsx';

const everyMs = 2_000;
const mostTopics = 1_000;

/** What is published on the nodes: which topics, how often, who listens, what was lost. */
export function TopicsTab() {
  const { t } = useTranslation('cluster');
  const [nodeId, askNode] = useAskedNode('topics');
  const [grouped, setGrouped] = useState(false);
  const [filter, setFilter] = useState('');
  const call = useCall('cluster.topics', { limit: mostTopics, ...(nodeId !== undefined && { node: nodeId }) }, { pollMs: everyMs });
  return (
    <div id={tabId} className="ac sb-col sb-grow">
      <ClusterBar nodeId={nodeId} onNode={askNode} filter={filter} onFilter={setFilter} filterLabel={t('filterTopics')}>
        <Switch label={t('grouped')} checked={grouped} onChange={(event) => setGrouped(event.currentTarget.checked)} />
      </ClusterBar>
      <ClusterAnswer call={call} method="cluster.topics" failedTitle={t('topicsFailed')}>
        {(answer) =>
          answer.topics.length === 0 && answer.answered === answer.asked ? (
            <NoTopics answered={answer.answered} />
          ) : (
            <>
              <TopicFigures answer={answer} />
              <TopicsTable answer={answer} grouped={grouped} filter={filter} onClearFilter={() => setFilter('')} />
            </>
          )
        }
      </ClusterAnswer>
    </div>
  );
}

function TopicFigures({ answer }: { readonly answer: ResultOf<'cluster.topics'> }) {
  const { t } = useTranslation('cluster');
  const { totals, asked, answered } = answer;
  return (
    <FigureStrip label={t('figures')}>
      <Figure
        label={t('events')}
        value={formatRate(totals.perSecond)}
        unit={t('perSecond')}
        sub={t('eventsSub', { published: formatCount(totals.published) })}
      />
      <Figure label={t('delivered')} value={formatCount(totals.delivered)} sub={t('deliveredSub')} />
      <Figure
        label={t('dropped')}
        value={formatCount(totals.dropped)}
        {...(totals.dropped > 0 && { tone: 'warn' as const })}
        sub={t('droppedSub')}
      />
      <Figure label={t('topics')} value={formatCount(totals.topics)} sub={t('topicsSub', { count: totals.subscriptions })} />
      <AnsweredFigure asked={asked} answered={answered} />
    </FigureStrip>
  );
}

function NoTopics({ answered }: { readonly answered: number }) {
  const { t } = useTranslation('cluster');
  return (
    <Empty
      icon={<IconBroadcast size={24} stroke={1.5} />}
      title={t('emptyTopics')}
      act={<Button onClick={() => goTo('events')}>{t('openEvents')}</Button>}
      terminal={{ label: t('terminal'), command: 'signalbox nodes --topics' }}
    >
      {t('emptyTopicsText')} {t('proof', { count: answered })}
    </Empty>
  );
}
