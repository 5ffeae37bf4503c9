import { useShallow } from 'zustand/react/shallow';
import type { NodeStatus } from '../../../common/contract/node.ts';
import type { NodeInfo } from '../../../common/contract/nodes.ts';
import type { MetricPoint } from '../../../common/contract/system.ts';
import { Figure } from '../../design/data/figure.tsx';
import { Meter, Sparkline } from '../../design/data/small.tsx';
import { type StateKind, StateShape } from '../../design/icons/index.ts';
import { useTranslation } from '../../i18n/index.ts';
import { useCluster } from '../../state/cluster.ts';
import { formatCount, formatDuration, formatRate } from '../../state/format.ts';
import { errorPercent, lastValues, type MetricSeries } from '../../state/metric-series.ts';

interface StripProps {
  readonly status: NodeStatus;
  readonly uptimeMs: number;
  readonly metrics: MetricPoint | undefined;
  readonly series: MetricSeries;
  /** The node does not answer: what is shown is what was last known. */
  readonly stale: boolean;
  /** The node is shown with its cluster, which has more nodes. */
  readonly inCluster: boolean;
}

const sparkPoints = 60;
const shapes: Record<NodeStatus['state'], StateKind> = { ok: 'online', warn: 'warn', crit: 'failed' };

/** The figures of now, health first. Widths are fixed, so that nothing moves when a value changes. */
export function FigureStrip({ status, uptimeMs, metrics, series, stale, inCluster }: StripProps) {
  const { t } = useTranslation('overview');
  const errors = errorPercent(series);
  const duration = (ms: number | null) => (ms === null ? t('noValue') : formatDuration(ms));
  const { clients } = status;
  const problems = status.problems.length;
  return (
    <section className={inCluster ? 'ov-figures with-nodes' : 'ov-figures'} aria-label={t('figures')}>
      <Figure
        label={stale ? t('healthWas') : t('health')}
        shape={<StateShape kind={stale ? 'unknown' : shapes[status.state]} />}
        value={problems === 0 ? t('healthOk') : t('healthProblems', { count: problems })}
        sub={t('healthSub', { uptime: formatDuration(uptimeMs) })}
      />
      {inCluster && <NodesFigure />}
      <Figure
        label={t('rpc')}
        value={formatRate(metrics?.rpcPerSecond ?? status.rpc.perSecond)}
        unit={t('perSecond')}
        spark={<Sparkline values={lastValues(series, 'rpcPerSecond', sparkPoints)} />}
        sub={t('rpcSub', {
          p50: duration(status.rpc.p50Ms),
          p95: duration(status.rpc.p95Ms),
          errors: errors === null ? t('noValue') : t('percent', { value: errors === 0 ? '0' : errors.toFixed(1) }),
        })}
      />
      <Figure
        label={t('events')}
        value={formatRate(metrics?.eventsPerSecond ?? status.events.perSecond)}
        unit={t('perSecond')}
        spark={<Sparkline values={lastValues(series, 'eventsPerSecond', sparkPoints)} color="var(--sb-s3)" />}
        sub={t('eventsSub', { count: status.events.topics, dropped: formatCount(status.events.dropped) })}
      />
      <Figure
        label={t('clients')}
        value={formatCount(clients.ipc + clients.ws + clients.cli)}
        spark={<Sparkline values={lastValues(series, 'clients', sparkPoints)} color="var(--sb-s4)" />}
        sub={t('clientsSub', { windows: clients.ipc, browsers: clients.ws, cli: clients.cli })}
      />
      <Machine
        parts={[
          [t('cpu'), metrics?.cpuPercent],
          [t('memory'), metrics?.memoryPercent],
          [t('disk'), metrics?.diskPercent],
        ]}
      />
    </section>
  );
}

/** `11 of 13 online` */
export function NodesFigure() {
  const { t } = useTranslation('overview');
  const { all, online, offline, unknown, unwell } = useCluster(useShallow(({ nodes }) => countNodes(nodes)));
  const parts = [
    offline > 0 && t('nodesOffline', { count: offline }),
    unknown > 0 && t('nodesUnknown', { count: unknown }),
    unwell > 0 && t('nodesUnwell', { count: unwell }),
  ].filter((part) => part !== false);
  return (
    <Figure
      label={t('nodes')}
      value={formatCount(online)}
      unit={t('nodesOf', { count: all })}
      sub={parts.length === 0 ? t('nodesWell') : parts.join(' · ')}
    />
  );
}

function countNodes(nodes: readonly NodeInfo[]) {
  const count = (wanted: NodeInfo['status']) => nodes.filter(({ status }) => status === wanted).length;
  const unwell = nodes.filter(({ status, health }) => status === 'online' && health !== 'ok').length;
  return { all: nodes.length, online: count('online'), offline: count('offline'), unknown: count('unknown'), unwell };
}

/** From this share on a person should know, as the node's own problems do. */
const warnPercent = 90;

/** Shares of the machine, each with its bar. */
export function Machine({ parts }: { readonly parts: readonly (readonly [label: string, percent: number | null | undefined])[] }) {
  const { t } = useTranslation('overview');
  return (
    <div className="sb-figure ov-machine">
      {parts.map(([label, percent]) => (
        <div key={label} className="ov-machine-part">
          <div className="sb-cap sb-clip" title={label}>
            {label}
          </div>
          <div className="sb-figure-line">
            <span className="sb-figure-value">{percent == null ? t('noValue') : Math.round(percent)}</span>
            {percent != null && <span className="sb-2">%</span>}
          </div>
          <Meter percent={percent ?? null} {...(percent != null && percent >= warnPercent && { tone: 'warn' as const })} />
        </div>
      ))}
    </div>
  );
}
