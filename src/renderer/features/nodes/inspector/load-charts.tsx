import { useMemo } from 'react';
import { Chart, type ChartSeries } from '../../../design/data/chart.tsx';
import { StateLabel } from '../../../design/icons/index.ts';
import { useTranslation } from '../../../i18n/index.ts';
import { useClusterMetrics } from '../../../state/cluster-metrics.ts';
import { formatClock, formatRate } from '../../../state/format.ts';
import { type Columns, emptySeries, extent, joinLive, type MetricColumn, toColumns } from '../../../state/metric-series.ts';
import { answerOf, type InspectedProps, useAsk } from './use-ask.ts';

const windowMs = 300_000;
const noPoints = [] as const;
const whole = (value: number): string => String(Math.round(value));

/** Processor and calls of the last minutes: read once, then live. */
export function LoadCharts(props: InspectedProps) {
  const { t } = useTranslation('nodes');
  const { state, retry } = useAsk(props, 'system.history', { windowMs, maxPoints: windowMs / 1_000 });
  const live = useClusterMetrics(({ byNode }) => byNode.get(props.node.nodeId)?.points ?? noPoints);
  const history = answerOf(state)?.data ?? emptySeries;
  const columns = useMemo(() => toColumns(joinLive(history, live, windowMs)), [history, live]);
  const newestMs = columns.timesMs.at(-1);
  const rangeMs = useMemo(() => (newestMs === undefined ? undefined : ([newestMs - windowMs, newestMs] as const)), [newestMs]);
  if (rangeMs === undefined && !props.reachable) return null;
  return (
    <section className="nd-charts" aria-labelledby="nd-load">
      <div className="sb-flex nd-charts-head">
        <h3 id="nd-load" className="sb-h">
          {t('load')}
        </h3>
        {state.kind === 'error' && props.reachable && (
          <>
            <StateLabel kind="failed">{t('historyFailed', { code: state.error.code })}</StateLabel>
            <button type="button" className="sb-link" onClick={retry}>
              {t('askAgain')}
            </button>
          </>
        )}
        <span className="sb-grow" />
        {rangeMs !== undefined && (
          <span className="sb-3 sb-num">
            {formatClock(rangeMs[0])} – {formatClock(rangeMs[1])}
          </span>
        )}
      </div>
      <OneChart title={t('chartCpu')} column="cpuPercent" color="s1" format={whole} max={100} columns={columns} rangeMs={rangeMs} />
      <OneChart title={t('chartCalls')} column="rpcPerSecond" color="s3" format={formatRate} columns={columns} rangeMs={rangeMs} />
    </section>
  );
}

function OneChart(props: {
  readonly title: string;
  readonly column: MetricColumn;
  readonly color: ChartSeries['color'];
  readonly format: (value: number) => string;
  readonly max?: number;
  readonly columns: Columns;
  readonly rangeMs: readonly [number, number] | undefined;
}) {
  const { t } = useTranslation('nodes');
  const { title, column, color, format, max, columns, rangeMs } = props;
  const series = useMemo(
    (): readonly ChartSeries[] => [{ label: title, color, values: columns.column(column) }],
    [title, color, column, columns],
  );
  const known = extent(series[0]?.values ?? []);
  return (
    <Chart
      title={title}
      current={known === null ? '–' : format(known.latest)}
      summary={
        known === null
          ? t('chartNone')
          : t('chartSummary', { latest: format(known.latest), low: format(known.low), high: format(known.high) })
      }
      timesMs={columns.timesMs}
      series={series}
      format={format}
      syncKey="nodes.inspector"
      {...(rangeMs !== undefined && { rangeMs })}
      {...(max !== undefined && { max })}
    />
  );
}
