import type { ClusterTopic } from '../../../../common/contract/cluster.ts';
import { goTo } from '../../../app/routes.ts';
import { Button } from '../../../design/controls/index.ts';
import { KeyValues } from '../../../design/layout/bars.tsx';
import { useTranslation } from '../../../i18n/index.ts';
import { useCluster } from '../../../state/cluster.ts';
import { formatCount, formatRate, formatTime } from '../../../state/format.ts';
import { Inspector } from './inspector.tsx';
import { noValue } from './model/numbers.ts';
import { Dropped } from './topic-columns.tsx';

/** One topic of one node, and the way to its events. */
export function TopicInspector({ topic, onClose }: { readonly topic: ClusterTopic; readonly onClose: () => void }) {
  const { t } = useTranslation('cluster');
  const own = useCluster(({ nodes }) => nodes.find(({ self }) => self)?.nodeId);
  return (
    <Inspector
      title={topic.topic}
      isCode
      place={topic.name}
      onClose={onClose}
      foot={
        <Button
          variant="default"
          onClick={() => goTo('events', { topic: topic.nodeId === own ? topic.topic : `${topic.nodeId}${topic.topic}` })}
        >
          {t('watch')}
        </Button>
      }
    >
      <div className="sb-sec">
        <KeyValues
          items={[
            [t('node'), topic.name],
            [t('col_eventsPerSecond'), formatRate(topic.perSecond)],
            [t('col_published'), formatCount(topic.published)],
            [t('col_subscribers'), formatCount(topic.subscribers)],
            [t('col_dropped'), <Dropped key="dropped" count={topic.dropped} />],
            [t('lastEvent'), topic.lastAt === null ? noValue : formatTime(topic.lastAt, { milliseconds: true })],
          ]}
        />
        <p className="sb-3 ac-note">{t('subscribersNote')}</p>
      </div>
      <div className="sb-sec">
        <h3 className="sb-h">{t('lastValue')}</h3>
        <p className="sb-mono sb-select ac-preview">{topic.lastPreview ?? noValue}</p>
        <p className="sb-3 ac-note">{t('previewNote')}</p>
      </div>
    </Inspector>
  );
}
