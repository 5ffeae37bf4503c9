import { useMemo } from 'react';
import { Button } from '../../design/controls/index.ts';
import { Chart, type ChartSeries } from '../../design/data/chart.tsx';
import { StateLabel } from '../../design/icons/index.ts';
import { ScrollArea } from '../../design/layout/scroll-area.tsx';
import { useTranslation } from '../../i18n/index.ts';
import { formatBytes, formatRate } from '../../state/format.ts';
import { type Columns, extent, type MetricColumn, toColumns } from '../../state/metric-series.ts';
import { type Range, ranges } from './model/ranges.ts';
import type { LiveSeries } from './use-metric-series.ts';

interface Line {
  readonly column: MetricColumn;
  readonly label: string;
  readonly color: ChartSeries['color'];
}

interface ChartSpec {
  readonly id: string;
  readonly title: string;
  readonly lines: readonly Line[];
  readonly format: (value: number) => string;
  readonly max?: number;
  readonly binary?: boolean;
}

const oneDecimal = (value: number): string => (value >= 10 || value === 0 ? String(Math.round(value)) : value.toFixed(1));
const whole = (value: number): string => String(Math.round(value));
const syncKey = 'overview';

/** @param worst the times and shares are those of the worst of several nodes */
function useSpecs(worst: boolean): readonly ChartSpec[] {
  const { t } = useTranslation('overview');
  return useMemo(
    () => [
      {
        id: 'rpc',
        title: t('chartRpc'),
        format: formatRate,
        lines: [
          { column: 'rpcPerSecond', label: t('chartRpcCalls'), color: 's1' },
          { column: 'rpcErrorsPerSecond', label: t('chartRpcErrors'), color: 's5' },
        ],
      },
      {
        id: 'latency',
        title: t(worst ? 'chartLatencyWorst' : 'chartLatency'),
        format: oneDecimal,
        lines: [
          { column: 'rpcP50Ms', label: t('p50'), color: 's1' },
          { column: 'rpcP95Ms', label: t('p95'), color: 's2' },
        ],
      },
      {
        id: 'events',
        title: t('chartEvents'),
        format: formatRate,
        lines: [
          { column: 'eventsPerSecond', label: t('chartEventsSent'), color: 's3' },
          { column: 'eventsDroppedPerSecond', label: t('chartEventsDropped'), color: 's2' },
        ],
      },
      {
        id: 'load',
        title: t(worst ? 'chartLoadWorst' : 'chartLoad'),
        format: whole,
        max: 100,
        lines: [
          { column: 'cpuPercent', label: t('chartCpu'), color: 's1' },
          { column: 'memoryPercent', label: t('chartMemory'), color: 's4' },
        ],
      },
      {
        id: 'network',
        title: t('chartNetwork'),
        format: formatBytes,
        binary: true,
        lines: [
          { column: 'networkReceivedBytesPerSecond', label: t('chartReceived'), color: 's3' },
          { column: 'networkSentBytesPerSecond', label: t('chartSent'), color: 's4' },
        ],
      },
      {
        id: 'loop',
        title: t(worst ? 'chartLoopWorst' : 'chartLoop'),
        format: oneDecimal,
        lines: [{ column: 'eventLoopDelayP99Ms', label: t('chartLoop'), color: 's2' }],
      },
    ],
    [t, worst],
  );
}

/** The charts of the range; their cursors move together. */
export function ChartPanel({ live, range, worst }: { readonly live: LiveSeries; readonly range: Range; readonly worst: boolean }) {
  const { t } = useTranslation('overview');
  const { t: common } = useTranslation('common');
  const specs = useSpecs(worst);
  const columns = useMemo(() => toColumns(live.series), [live.series]);
  const newestMs = live.series.points.at(-1)?.timestamp ?? 0;
  const windowMs = ranges[range];
  const rangeMs = useMemo(() => [newestMs - windowMs, newestMs] as const, [newestMs, windowMs]);
  return (
    <ScrollArea label={t('charts')} className="ov-charts">
      {live.failure !== undefined && (
        <div className="sb-sec sb-flex" role="alert">
          <StateLabel kind="failed">{t('chartsFailed')}</StateLabel>
          <span className="sb-3 sb-clip sb-grow">{t('chartsFailedMeaning')}</span>
          <Button variant="default" size="xs" onClick={live.retry}>
            {common('tryAgain')}
          </Button>
        </div>
      )}
      <div className="ov-chart-grid">
        {specs.map((spec) => (
          <OneChart key={spec.id} spec={spec} columns={columns} rangeMs={rangeMs} />
        ))}
      </div>
    </ScrollArea>
  );
}

function OneChart(props: { readonly spec: ChartSpec; readonly columns: Columns; readonly rangeMs: readonly [number, number] }) {
  const { spec, columns } = props;
  const { t } = useTranslation('overview');
  const series = useMemo(
    () => spec.lines.map(({ column, label, color }): ChartSeries => ({ label, color, values: columns.column(column) })),
    [spec, columns],
  );
  const extents = series.map(({ values }) => extent(values));
  const [first] = extents;
  const summary =
    first == null
      ? t('chartNone')
      : t('chartSummary', { latest: spec.format(first.latest), low: spec.format(first.low), high: spec.format(first.high) });
  return (
    <Chart
      title={spec.title}
      current={extents.map((known) => (known === null ? t('noValue') : spec.format(known.latest))).join(' · ')}
      summary={summary}
      timesMs={columns.timesMs}
      series={series}
      format={spec.format}
      rangeMs={props.rangeMs}
      syncKey={syncKey}
      binary={spec.binary === true}
      {...(spec.max !== undefined && { max: spec.max })}
    />
  );
}
