import { limits } from '../../../../common/limits.ts';
import { IconEye, IconEyeOff, IconX } from '../../../design/icons/index.ts';
import { useTranslation } from '../../../i18n/index.ts';
import { feed } from '../../../state/feed-store.ts';
import type { FeedSubscription } from '../../../state/feed-subscriptions.ts';
import { formatRate } from '../../../state/format.ts';
import { removeSubscription, toggleHidden } from '../acts.ts';
import { useEvents } from '../events-state.ts';
import { useFeedVersion } from '../use-events-screen.ts';

const mebibyte = 1_048_576;

/** The subscriptions with colour and rate, and how much of the node's memory they use. */
export function SubscriptionList() {
  const { t } = useTranslation('events');
  useFeedVersion();
  const subscriptions = useEvents((state) => state.subscriptions);
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
            perSecond={counters.byTopic.get(subscription.topic)?.perSecond ?? 0}
          />
        ))}
      </ul>
    </section>
  );
}

function SubscriptionLine({ subscription, perSecond }: { readonly subscription: FeedSubscription; readonly perSecond: number }) {
  const { t } = useTranslation('events');
  const { topic, color, hidden } = subscription;
  const rate = t('perSecond', { rate: formatRate(perSecond) });
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
        {topic}
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
    </li>
  );
}
