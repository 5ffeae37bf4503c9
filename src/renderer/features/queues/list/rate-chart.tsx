import { useMemo } from 'react';
import { Chart } from '../../../design/data/chart.tsx';
import { useTranslation } from '../../../i18n/index.ts';
import { formatRate } from '../../../state/format.ts';
import { dataOf, useCall } from '../../../state/use-call.ts';
import { findQueue } from '../model/queue-table.ts';
import type { QueuesData } from '../use-queues-data.ts';

const everyMs = 5_000;
const minutes = 15;

/** Messages per second of the chosen queue, in and out, over the last minutes. */
export function RateChart({ data, asked }: { readonly data: QueuesData; readonly asked: string }) {
  const queue = findQueue(data.queues, asked);
  if (queue === undefined) return null;
  return <Rates key={queue.queueId} queueId={queue.queueId} name={queue.name} in={queue.inPerSecond} out={queue.outPerSecond} />;
}

function Rates(props: { readonly queueId: string; readonly name: string; readonly in: number; readonly out: number }) {
  const { t } = useTranslation('queues');
  const { state } = useCall('queues.series', { queue: props.queueId, minutes }, { pollMs: everyMs });
  const series = dataOf(state);
  const lines = useMemo(
    () => [
      { label: t('rateIn'), color: 's1' as const, values: series?.inPerSecond ?? [] },
      { label: t('rateOut'), color: 's2' as const, values: series?.outPerSecond ?? [] },
    ],
    [series, t],
  );
  const words = { name: props.name, in: formatRate(props.in), out: formatRate(props.out) };
  const at = series?.at ?? none;
  const newest = at.at(-1);
  if (series?.at.length === 0) return <p className="qu-chart qu-chart-none sb-3">{t('rateNone', words)}</p>;
  return (
    <div className="qu-chart">
      <Chart
        title={t('rateTitle', words)}
        current={t('rateNow', words)}
        summary={t('rateSummary', words)}
        timesMs={at}
        series={lines}
        format={formatRate}
        {...(newest !== undefined && { rangeMs: [newest - minutes * 60_000, newest] as const })}
        heightPx={96}
      />
    </div>
  );
}

const none: readonly number[] = [];
