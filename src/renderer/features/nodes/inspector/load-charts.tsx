import { useMemo } from 'react';
import { StateLabel } from '../../../design/icons/index.ts';
import { useTranslation } from '../../../i18n/index.ts';
import { useClusterMetrics } from '../../../state/cluster-metrics.ts';
import { formatClock, formatRate } from '../../../state/format.ts';
import { emptySeries, joinLive, toColumns } from '../../../state/metric-series.ts';
import { ValueChart } from '../../shared/value-chart.tsx';
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
  const { timesMs, cpuPercent, callsPerSecond } = useMemo(() => {
    const { timesMs, column } = toColumns(joinLive(history, live, windowMs));
    return { timesMs, cpuPercent: column('cpuPercent'), callsPerSecond: column('rpcPerSecond') };
  }, [history, live]);
  const newestMs = timesMs.at(-1);
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
      <ValueChart
        title={t('chartCpu')}
        color="s1"
        timesMs={timesMs}
        values={cpuPercent}
        format={whole}
        max={100}
        rangeMs={rangeMs}
        syncKey="nodes.inspector"
      />
      <ValueChart
        title={t('chartCalls')}
        color="s3"
        timesMs={timesMs}
        values={callsPerSecond}
        format={formatRate}
        rangeMs={rangeMs}
        syncKey="nodes.inspector"
      />
    </section>
  );
}
