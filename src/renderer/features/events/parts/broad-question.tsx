import type { TopicStats } from '../../../../common/contract/events.ts';
import { allows } from '../../../../common/roles.ts';
import { levelsMatch, parseTopic } from '../../../../common/topics.ts';
import type { GatheredResults } from '../../../../common/wire/messages.ts';
import { Button } from '../../../design/controls/index.ts';
import { Dialog } from '../../../design/feedback/dialog.tsx';
import { useTranslation } from '../../../i18n/index.ts';
import { useCluster } from '../../../state/cluster.ts';
import { formatCount, formatRate } from '../../../state/format.ts';
import { useNode } from '../../../state/node.ts';
import { useNodeNames } from '../../../state/node-names.ts';
import { resolverOf } from '../../../state/node-resolver.ts';
import { type CallState, useCall, useGatheredCall } from '../../../state/use-call.ts';
import { addSubscription } from '../acts.ts';
import { useEvents } from '../events-state.ts';
import { maxRemoteTopics } from '../model/cluster-topics.ts';

/** How often the rate is asked for while the question stands. */
const askEveryMs = 1_000;

/** A topic that takes in everything asks first, with the rate of now (ui.md section 2: the tool must not load the servers). */
export function BroadQuestion() {
  const asking = useEvents((state) => state.asking);
  return asking === undefined ? null : <Question topic={asking} />;
}

function Question({ topic }: { readonly topic: string }) {
  const { t } = useTranslation('events');
  const { t: common } = useTranslation('common');
  const me = useNode((state) => state.me);
  const { identity, levels } = parseTopic(topic);
  const nodes = useCluster((state) => state.nodes);
  const nameOf = useNodeNames();
  const nodeId = identity === undefined || identity === '+' ? undefined : resolverOf(nodes)(identity);
  const asked = { limit: maxRemoteTopics };
  const one = useCall('events.topics', asked, { pollMs: askEveryMs, nodeId, enabled: identity !== '+' });
  const all = useGatheredCall('events.topics', asked, { pollMs: askEveryMs, enabled: identity === '+' });
  const close = () => useEvents.setState({ asking: undefined });
  const matching = [...topicsOf(one.state), ...gatheredTopics(all.state)].filter((known) =>
    levelsMatch(levels, known.topic.slice(1).split('/')),
  );
  const rate = matching.reduce((sum, known) => sum + known.perSecond, 0);
  const own = useNode((state) => state.status?.name) ?? common('thisNode');
  const place = identity === undefined ? own : identity === '+' ? t('everyNode') : nodeId === undefined ? identity : nameOf(nodeId);
  const allowed = me !== undefined && allows(me.roles, 'operator');
  return (
    <Dialog opened title={t('broadTitle')} onClose={close} closeLabel={common('close')}>
      <div className="sb-events-question">
        <p className="sb-2">{t('broadText', { topic, place, rate: formatRate(rate), topics: formatCount(matching.length) })}</p>
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

function topicsOf(state: CallState<{ readonly topics: readonly TopicStats[] }>): readonly TopicStats[] {
  return state.kind === 'ready' || state.kind === 'stale' ? state.data.topics : [];
}

function gatheredTopics(state: CallState<GatheredResults>): readonly TopicStats[] {
  if (state.kind !== 'ready' && state.kind !== 'stale') return [];
  return state.data.results.flatMap((result) =>
    result.status === 'success' ? (result.data as { readonly topics: readonly TopicStats[] }).topics : [],
  );
}
