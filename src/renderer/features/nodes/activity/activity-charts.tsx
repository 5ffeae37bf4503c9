import { useMemo } from 'react';
import { Chart, type ChartSeries } from '../../../design/data/chart.tsx';
import { useTranslation } from '../../../i18n/index.ts';
import { formatCount, formatRate } from '../../../state/format.ts';
import { type ActivityPoint, historyMs, useActivityHistory } from './model/history.ts';
import { formatMs } from './model/numbers.ts';

type Figure = Exclude<keyof ActivityPoint, 'timeMs'>;

interface Line {
  readonly figure: Figure;
  readonly label: string;
  readonly color: ChartSeries['color'];
}

const syncKey = 'nodes.activity';
/** The axis has round numbers, which need no decimals. */
const rate = (value: number) => (Number.isInteger(value) ? formatCount(value) : formatRate(value));
const milliseconds = (value: number) => (Number.isInteger(value) ? formatCount(value) : formatMs(value));

/** Rate and latency of the last minutes; the cursors move together. */
export function ActivityCharts() {
  const { t } = useTranslation('cluster');
  const calls = useMemo(
    (): readonly Line[] => [
      { figure: 'perSecond', label: t('chartCallsAll'), color: 's1' },
      { figure: 'errorsPerSecond', label: t('chartCallsErrors'), color: 's5' },
    ],
    [t],
  );
  const latency = useMemo(
    (): readonly Line[] => [
      { figure: 'p50Ms', label: t('chartP50'), color: 's1' },
      { figure: 'p95Ms', label: t('chartP95'), color: 's2' },
    ],
    [t],
  );
  return (
    <div className="ac-charts">
      <LiveChart title={t('chartCalls')} lines={calls} format={rate} />
      <LiveChart title={t('chartLatency')} lines={latency} format={milliseconds} />
    </div>
  );
}

function LiveChart(props: { readonly title: string; readonly lines: readonly Line[]; readonly format: (value: number) => string }) {
  const { t } = useTranslation('cluster');
  const points = useActivityHistory((state) => state.points);
  const { lines, format } = props;
  const timesMs = useMemo(() => points.map(({ timeMs }) => timeMs), [points]);
  const series = useMemo(
    () => lines.map(({ figure, label, color }): ChartSeries => ({ label, color, values: points.map((point) => point[figure]) })),
    [lines, points],
  );
  const newestMs = timesMs.at(-1) ?? 0;
  const rangeMs = useMemo(() => [newestMs - historyMs, newestMs] as const, [newestMs]);
  const latest = lines.map(({ figure }) => points.at(-1)?.[figure] ?? null);
  const current = latest.map((value) => (value === null ? t('noValue') : format(value))).join(' · ');
  return (
    <Chart
      title={props.title}
      current={current}
      summary={points.length === 0 ? t('chartNone') : t('chartSummary', { latest: current })}
      timesMs={timesMs}
      series={series}
      format={format}
      rangeMs={rangeMs}
      syncKey={syncKey}
    />
  );
}
