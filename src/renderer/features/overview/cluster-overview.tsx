import type { MetricPoint } from '../../../common/contract/system.ts';
import { Figure } from '../../design/data/figure.tsx';
import { Sparkline } from '../../design/data/small.tsx';
import { StateShape } from '../../design/icons/index.ts';
import { Strip, ViewBar } from '../../design/layout/bars.tsx';
import { useTranslation } from '../../i18n/index.ts';
import { useCluster } from '../../state/cluster.ts';
import { useFollowClusterMetrics } from '../../state/cluster-metrics.ts';
import { formatCount, formatDuration, formatRate } from '../../state/format.ts';
import { errorPercent, lastValues, type MetricColumn, type MetricSeries } from '../../state/metric-series.ts';
import { useNode } from '../../state/node.ts';
import { useFollowClusterProblems } from '../shared/cluster-problems.ts';
import { ClusterActivityList } from './activity-list.tsx';
import { Attention } from './attention.tsx';
import { Machine, NodesFigure } from './figure-strip.tsx';
import { worstNode } from './model/cluster-sums.ts';
import type { Range } from './model/ranges.ts';
import { TopologyPanel } from './topology-panel.tsx';
import { TunnelsLine } from './tunnels-line.tsx';
import { useClusterConcerns } from './use-cluster-concerns.ts';
import { type ClusterNow, useClusterNow, useClusterSeries } from './use-cluster-series.ts';
import { ChartsColumn, ViewActs } from './view-acts.tsx';

const sparkPoints = 60;
const namesInStrip = 3;
const everyNode = () => true;

/** How all nodes together are: rates added up, times and shares of the worst node, which is named. */
export function ClusterOverview({ range }: { readonly range: Range }) {
  const { t } = useTranslation('overview');
  const count = useCluster(({ nodes }) => nodes.length);
  const online = useCluster(({ nodes }) => nodes.filter(({ status }) => status === 'online').length);
  const away = useNode(({ connection }) => connection.kind !== 'connected');
  useFollowClusterMetrics();
  useFollowClusterProblems();
  const now = useClusterNow();
  const live = useClusterSeries(range, now.sum);
  const concerns = useClusterConcerns(everyNode);
  return (
    <>
      <ViewBar title={t('title')} detail={[t('allTitle'), t('allDetail', { online, count })].join(' · ')}>
        <ViewActs range={range} ready={count > 0} />
      </ViewBar>
      <PartialStrip now={now} />
      <div className="ov sb-col" {...(away && { 'data-stale': true })}>
        <section className="ov-figures all" aria-label={t('figures')}>
          <NodesFigure />
          <RateFigures now={now} series={live.series} />
        </section>
        <div className="sb-split">
          <div className="ov-left sb-col sb-grow">
            <Attention problems={[]} concerns={concerns} calmDetail={t('calmDetailAll')} nowMs={now.sum?.timestamp ?? Date.now()} />
            <TunnelsLine />
            <TopologyPanel />
            <ClusterActivityList />
          </div>
          <ChartsColumn range={range} live={live} worst />
        </div>
      </div>
    </>
  );
}

/** Some nodes are on line and have sent nothing lately: the sums are without them. */
function PartialStrip({ now: { points, missing } }: { readonly now: ClusterNow }) {
  const { t } = useTranslation('overview');
  // Before the first measures nobody is missing yet.
  if (missing.length === 0 || points.length === 0) return null;
  const named = missing.slice(0, namesInStrip).map(({ name }) => name);
  const names =
    missing.length > namesInStrip ? t('namesAndMore', { names: named.join(', '), count: missing.length - namesInStrip }) : named.join(', ');
  return (
    <Strip
      tone="warn"
      icon={<StateShape kind="warn" />}
      fact={t('partialFact', { answered: points.length, count: points.length + missing.length })}
    >
      {t('partialDetail', { names })}
    </Strip>
  );
}

function RateFigures({ now: { points, sum }, series }: { readonly now: ClusterNow; readonly series: MetricSeries }) {
  const { t } = useTranslation('overview');
  const errors = errorPercent(series);
  const words = { errors: errors === null ? t('noValue') : t('percent', { value: errors === 0 ? '0' : errors.toFixed(1) }) };
  const slowest = worstNode(points, 'rpcP95Ms');
  const rate = (column: 'rpcPerSecond' | 'eventsPerSecond' | 'eventsDroppedPerSecond') =>
    sum === undefined ? t('noValue') : formatRate(sum[column]);
  const spark = (column: MetricColumn, color?: string) => (
    <Sparkline values={lastValues(series, column, sparkPoints)} {...(color !== undefined && { color })} />
  );
  const worst = (label: string, column: keyof MetricPoint & `${string}Percent`) => {
    const node = worstNode(points, column);
    return [node === undefined ? label : t('worstOn', { label, name: node.name }), node?.value] as const;
  };
  return (
    <>
      <Figure
        label={t('rpc')}
        value={rate('rpcPerSecond')}
        unit={t('perSecond')}
        spark={spark('rpcPerSecond')}
        sub={
          slowest === undefined
            ? t('rpcAllNone', words)
            : t('rpcAllSub', { ...words, p95: formatDuration(slowest.value), name: slowest.name })
        }
      />
      <Figure
        label={t('events')}
        value={rate('eventsPerSecond')}
        unit={t('perSecond')}
        spark={spark('eventsPerSecond', 'var(--sb-s3)')}
        sub={t('eventsAllSub', { dropped: rate('eventsDroppedPerSecond') })}
      />
      <Figure
        label={t('clients')}
        value={sum === undefined ? t('noValue') : formatCount(sum.clients)}
        spark={spark('clients', 'var(--sb-s4)')}
        sub={t('clientsAllSub', { count: points.length })}
      />
      <Machine parts={[worst(t('cpu'), 'cpuPercent'), worst(t('memory'), 'memoryPercent'), worst(t('disk'), 'diskPercent')]} />
    </>
  );
}
