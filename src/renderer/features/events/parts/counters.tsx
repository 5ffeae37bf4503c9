import { useTranslation } from '../../../i18n/index.ts';
import { feed } from '../../../state/feed-store.ts';
import { formatBytes, formatCount } from '../../../state/format.ts';
import { useFeedVersion } from '../use-events-screen.ts';

/** What was received, kept, pushed out and never shown: always there, never hidden (architecture.md 6). */
export function Counters() {
  const { t } = useTranslation('events');
  useFeedVersion();
  const { counters, view } = feed;
  return (
    <dl className="sb-events-counters" aria-label={t('counters')}>
      <Counter label={t('countReceived')} value={formatCount(counters.received)} />
      <Counter label={t('countKept')} value={`${formatCount(counters.kept)} · ${formatBytes(counters.keptBytes)}`} />
      <Counter label={t('countEvicted')} value={formatCount(counters.evicted)} help={t('countEvictedHelp')} />
      <Counter label={t('countSkipped')} value={formatCount(counters.skipped)} help={t('countSkippedHelp')} />
      <Counter label={t('countShown')} value={formatCount(view.count)} />
    </dl>
  );
}

function Counter(props: { readonly label: string; readonly value: string; readonly help?: string }) {
  return (
    <div title={props.help}>
      <dt>{props.label}</dt>
      <dd className="sb-num">{props.value}</dd>
    </div>
  );
}
