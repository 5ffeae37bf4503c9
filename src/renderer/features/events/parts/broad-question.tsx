import { allows } from '../../../../common/roles.ts';
import { parseTopic } from '../../../../common/topics.ts';
import { Button } from '../../../design/controls/index.ts';
import { Dialog } from '../../../design/feedback/dialog.tsx';
import { useTranslation } from '../../../i18n/index.ts';
import { topicMatches } from '../../../state/feed-subscriptions.ts';
import { formatCount, formatRate } from '../../../state/format.ts';
import { useNode } from '../../../state/node.ts';
import { useCall } from '../../../state/use-call.ts';
import { addSubscription } from '../acts.ts';
import { useEvents } from '../events-state.ts';
import { maxTreeTopics } from '../model/topic-tree.ts';

/** A topic that takes in everything asks first, with the rate of now (ui.md section 2: the tool must not load the servers). */
export function BroadQuestion() {
  const asking = useEvents((state) => state.asking);
  return asking === undefined ? null : <Question topic={asking} />;
}

function Question({ topic }: { readonly topic: string }) {
  const { t } = useTranslation('events');
  const { t: common } = useTranslation('common');
  const me = useNode((state) => state.me);
  const { state } = useCall('events.topics', { limit: maxTreeTopics }, { pollMs: 1_000 });
  const close = () => useEvents.setState({ asking: undefined });
  const filter = parseTopic(topic);
  const matching =
    state.kind === 'ready' || state.kind === 'stale' ? state.data.topics.filter((known) => topicMatches(filter, known.topic)) : [];
  const rate = matching.reduce((sum, known) => sum + known.perSecond, 0);
  const allowed = me !== undefined && allows(me.roles, 'operator');
  return (
    <Dialog opened title={t('broadTitle')} onClose={close} closeLabel={common('close')}>
      <div className="sb-events-question">
        <p className="sb-2">{t('broadText', { topic, rate: formatRate(rate), topics: formatCount(matching.length) })}</p>
        {!allowed && <p className="sb-warn">{t('broadViewer')}</p>}
        <div className="sb-flex sb-events-end">
          <Button variant="default" data-autofocus onClick={close}>
            {common('cancel')}
          </Button>
          <Button disabled={!allowed} onClick={() => addSubscription(topic, { sure: true })}>
            {t('broadVerb')}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
