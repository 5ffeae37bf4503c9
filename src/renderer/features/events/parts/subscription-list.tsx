import { limits } from '../../../../common/limits.ts';
import { IconEye, IconEyeOff, IconX, StateShape } from '../../../design/icons/index.ts';
import { useTranslation } from '../../../i18n/index.ts';
import { useCluster } from '../../../state/cluster.ts';
import { feed } from '../../../state/feed-store.ts';
import type { FeedSubscription } from '../../../state/feed-subscriptions.ts';
import type { TopicCounters } from '../../../state/feed-tally.ts';
import { formatBytes, formatCount, formatRate } from '../../../state/format.ts';
import { useNodeNames } from '../../../state/node-names.ts';
import { removeSubscription, toggleHidden } from '../acts.ts';
import { useEvents } from '../events-state.ts';
import { type SubscriptionTrouble, troubleOf } from '../model/subscription-trouble.ts';
import { partsOf } from '../model/topic-words.ts';
import { useFeedVersion } from '../use-events-screen.ts';

const mebibyte = 1_048_576;

/** The subscriptions with colour, rate and what is kept of each, and how much of the node's memory they use. */
export function SubscriptionList() {
  const { t } = useTranslation('events');
  useFeedVersion();
  const subscriptions = useEvents((state) => state.subscriptions);
  const nodes = useCluster((state) => state.nodes);
  const { counters } = feed;
  return (
    <section className="sb-events-subscriptions" aria-labelledby="events-subscriptions">
      <div className="sb-events-section">
        <h2 id="events-subscriptions" className="sb-cap">
          {t('subscriptions')}
        </h2>
        <span className="sb-cap sb-num" title={t('keptOfHelp')}>
          {t('keptOf', { kept: (counters.keptBytes / mebibyte).toFixed(1), limit: limits.feedBytes / mebibyte })}
        </span>
      </div>
      <ul>
        {subscriptions.map((subscription) => (
          <SubscriptionLine
            key={subscription.topic}
            subscription={subscription}
            counters={counters.byTopic.get(subscription.topic)}
            trouble={troubleOf(subscription.topic, feed.waitingOf(subscription.topic), nodes)}
          />
        ))}
      </ul>
    </section>
  );
}

function SubscriptionLine(props: {
  readonly subscription: FeedSubscription;
  readonly counters: TopicCounters | undefined;
  readonly trouble: SubscriptionTrouble | undefined;
}) {
  const { t } = useTranslation('events');
  const { topic, color, hidden } = props.subscription;
  const rate = t('perSecond', { rate: formatRate(props.counters?.perSecond ?? 0) });
  return (
    <li data-hidden={hidden || undefined}>
      <button
        type="button"
        className="sb-plain"
        aria-pressed={hidden}
        aria-label={hidden ? t('show', { topic }) : t('hide', { topic })}
        onClick={() => toggleHidden(topic)}
      >
        {hidden ? <IconEyeOff size={14} stroke={1.6} /> : <IconEye size={14} stroke={1.6} />}
      </button>
      <i className="sb-swatch" style={{ background: `var(--sb-${color})` }} />
      <span className="sb-mono sb-clip sb-grow" title={topic}>
        <FilterText topic={topic} />
      </span>
      <span className="sb-num sb-3" title={rate}>
        {hidden ? t('hidden') : rate}
      </span>
      <button
        type="button"
        className="sb-plain sb-events-remove"
        aria-label={t('removeTopic', { topic })}
        onClick={() => removeSubscription(topic)}
      >
        <IconX size={14} stroke={1.6} />
      </button>
      <Detail {...props} />
    </li>
  );
}

/** A filter with its node by name. */
function FilterText({ topic }: { readonly topic: string }) {
  const nameOf = useNodeNames();
  const known = useCluster((state) => state.nodes);
  const { identity, path } = partsOf(topic);
  if (identity === undefined || identity === '+') return topic;
  const name = known.some((node) => node.nodeId === identity) ? nameOf(identity) : identity;
  return (
    <>
      <span className="sb-events-node">{name}</span>
      {path}
    </>
  );
}

/** What is kept of a subscription, or why nothing comes. */
function Detail({
  counters,
  trouble,
}: {
  readonly counters: TopicCounters | undefined;
  readonly trouble: SubscriptionTrouble | undefined;
}) {
  const { t } = useTranslation('events');
  const { t: common } = useTranslation('common');
  if (trouble !== undefined) {
    const text = trouble.kind === 'refused' ? trouble.message : t(`trouble_${trouble.kind}`, { node: trouble.node });
    return (
      <span className="sb-events-detail sb-flex" role="status">
        <StateShape kind={trouble.kind === 'refused' ? 'failed' : trouble.kind === 'asking' ? 'running' : 'unknown'} />
        <span className="sb-clip sb-grow" title={trouble.message ?? text}>
          {text}
        </span>
        {trouble.retry && (
          <button type="button" className="sb-link" onClick={() => feed.retryWaiting()}>
            {common('tryAgain')}
          </button>
        )}
      </span>
    );
  }
  const { kept = 0, keptBytes = 0, dropped = 0 } = counters ?? {};
  return (
    <span className="sb-events-detail sb-num">
      {t('detailKept', { kept: formatCount(kept), size: formatBytes(keptBytes) })}
      {' · '}
      <span className={dropped > 0 ? 'sb-warn' : undefined} title={t('detailDroppedHelp')}>
        {t('detailDropped', { dropped: formatCount(dropped) })}
      </span>
    </span>
  );
}
