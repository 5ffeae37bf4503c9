import { useMemo, useState } from 'react';
import { SegmentedControl } from '../../../design/controls/index.ts';
import { Chart } from '../../../design/data/chart.tsx';
import { Loading } from '../../../design/feedback/states.tsx';
import { ScrollArea } from '../../../design/layout/scroll-area.tsx';
import { useTranslation } from '../../../i18n/index.ts';
import { formatCount, formatRate } from '../../../state/format.ts';
import { dataOf, useCall } from '../../../state/use-call.ts';
import { CallFailure } from '../../shared/call-failure.tsx';
import { shortCount } from '../model/amounts.ts';
import type { QueueTabProps } from './queue-tab-props.ts';

const everyMs = 5_000;
const ranges = ['15', '60'] as const;

/** How many messages there were and how fast they came and went, as the leader saw it. */
export function HistoryTab({ queue }: QueueTabProps) {
  const { t } = useTranslation('queues');
  const { t: common } = useTranslation('common');
  const [range, setRange] = useState<(typeof ranges)[number]>('15');
  const minutes = Number(range);
  const { state, retry, cancel } = useCall('queues.series', { queue: queue.queueId, minutes }, { pollMs: everyMs });
  const series = dataOf(state);
  const depth = useMemo(() => [{ label: t('depth'), color: 's3' as const, values: series?.messages ?? [] }], [series, t]);
  const rates = useMemo(
    () => [
      { label: t('rateIn'), color: 's1' as const, values: series?.inPerSecond ?? [] },
      { label: t('rateOut'), color: 's2' as const, values: series?.outPerSecond ?? [] },
    ],
    [series, t],
  );
  if (state.kind === 'loading')
    return <Loading rows={4} asking={(seconds) => t('asking', { seconds })} cancelLabel={common('cancel')} onCancel={cancel} />;
  if (state.kind === 'error') return <CallFailure title={t('historyFailed')} error={state.error} call="queues.series" onRetry={retry} />;
  const at = series?.at ?? [];
  const newest = at.at(-1);
  const span = newest === undefined ? {} : { rangeMs: [newest - minutes * 60_000, newest] as const };
  const words = { name: queue.name, in: formatRate(queue.inPerSecond), out: formatRate(queue.outPerSecond) };
  const amount = formatCount(queue.messages);
  return (
    <ScrollArea label={t('tab_history')}>
      <div className="qu-history-bar">
        <span className="sb-3">{t('historyNote')}</span>
        <span className="sb-grow" />
        <SegmentedControl
          aria-label={t('range')}
          size="xs"
          value={range}
          data={ranges.map((value) => ({ value, label: t(`range_${value}`) }))}
          onChange={(value) => setRange(value as (typeof ranges)[number])}
        />
      </div>
      <Chart
        title={t('depthTitle')}
        current={amount}
        summary={t('depthSummary', { name: queue.name, amount })}
        timesMs={at}
        series={depth}
        format={shortCount}
        syncKey="queues.history"
        heightPx={112}
        {...span}
      />
      <Chart
        title={t('ratesTitle')}
        current={t('rateNow', words)}
        summary={t('rateSummary', words)}
        timesMs={at}
        series={rates}
        format={formatRate}
        syncKey="queues.history"
        heightPx={112}
        {...span}
      />
    </ScrollArea>
  );
}
