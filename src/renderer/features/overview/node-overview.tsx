import { memo } from 'react';
import type { NodeInfo } from '../../../common/contract/nodes.ts';
import { Loading } from '../../design/feedback/states.tsx';
import { StateShape } from '../../design/icons/index.ts';
import { Strip, ViewBar } from '../../design/layout/bars.tsx';
import { onDemand } from '../../design/on-demand.tsx';
import { useTranslation } from '../../i18n/index.ts';
import { useCluster } from '../../state/cluster.ts';
import { useFollowClusterMetrics } from '../../state/cluster-metrics.ts';
import { formatAge, formatDuration, formatTime } from '../../state/format.ts';
import { useNodeNames } from '../../state/node-names.ts';
import { useCall } from '../../state/use-call.ts';
import { CallFailure } from '../shared/call-failure.tsx';
import { useFollowClusterProblems } from '../shared/cluster-problems.ts';
import { ActivityList } from './activity-list.tsx';
import { Attention } from './attention.tsx';
import { FigureStrip } from './figure-strip.tsx';
import type { Range } from './model/ranges.ts';
import { Listeners, NodeFacts, Processes } from './node-facts.tsx';
import { TunnelsLine } from './tunnels-line.tsx';
import { useClusterConcerns } from './use-cluster-concerns.ts';
import { type Instance, useInstance } from './use-instance.ts';
import { useMetricSeries } from './use-metric-series.ts';
import { ChartsColumn, ViewActs } from './view-acts.tsx';

const TopologyPanel = onDemand(() => import('./topology-panel.tsx').then((module) => module.TopologyPanel));

/**
 * How one node is: health first, what needs a person, then figures and charts that live. On the own node also what it sees of
 * the cluster.
 *
 * @param props.nodeId undefined for the own node
 */
export function NodeOverview({ nodeId, range }: { readonly nodeId: string | undefined; readonly range: Range }) {
  const { t } = useTranslation('overview');
  const instance = useInstance(nodeId);
  const inCluster = useCluster(({ nodes }) => nodeId === undefined && nodes.length > 1);
  const nameOf = useNodeNames();
  const { status, metrics } = instance;
  const name = status?.name ?? (nodeId === undefined ? undefined : nameOf(nodeId));
  const live = useMetricSeries(range, instance);
  // The status is read every few seconds, the measures come every second.
  const nowMs = Math.max(metrics?.timestamp ?? 0, status === undefined ? 0 : status.startedAt + status.uptimeMs);
  const uptimeMs = status === undefined ? 0 : nowMs - status.startedAt;
  return (
    <>
      <ViewBar title={t('title')} detail={<Detail instance={instance} name={name} uptimeMs={uptimeMs} />}>
        <ViewActs range={range} ready={status !== undefined} />
      </ViewBar>
      {nodeId !== undefined && <FollowMetrics />}
      <AwayStrip instance={instance} name={name ?? ''} />
      {status === undefined ? (
        <Waiting instance={instance} name={name} />
      ) : (
        <div className="ov sb-col" {...(instance.stale && { 'data-stale': true })}>
          <FigureStrip
            status={status}
            uptimeMs={uptimeMs}
            metrics={metrics}
            series={live.series}
            stale={instance.stale}
            inCluster={inCluster}
          />
          <div className="sb-split">
            <div className="ov-left sb-col sb-grow">
              {inCluster ? (
                <OwnPlace status={status} nowMs={nowMs} />
              ) : (
                <Attention problems={status.problems} nodeId={nodeId} concerns={[]} calmDetail={t('calmDetail')} nowMs={nowMs} />
              )}
              {nodeId === undefined && <TunnelsLine />}
              <NodeFacts status={status} nodeId={nodeId} />
              <Listeners status={status} stale={instance.stale} />
              <ProcessesLive nodeId={nodeId} />
              <ActivityList nodeId={nodeId} />
            </div>
            <ChartsColumn range={range} live={live} />
          </div>
        </div>
      )}
    </>
  );
}

/** The measures of another node come with those of all. */
function FollowMetrics() {
  useFollowClusterMetrics();
  return null;
}

const isOther = (node: NodeInfo): boolean => !node.self;

/** What needs a person anywhere in the cluster, and how the nodes hang together. */
function OwnPlace({ status, nowMs }: { readonly status: NonNullable<Instance['status']>; readonly nowMs: number }) {
  const { t } = useTranslation('overview');
  useFollowClusterMetrics();
  useFollowClusterProblems();
  const concerns = useClusterConcerns(isOther);
  return (
    <>
      <Attention problems={status.problems} concerns={concerns} calmDetail={t('calmDetailCluster')} nowMs={nowMs} />
      <TopologyPanel waiting={<div className="ov-topology-place" />} />
    </>
  );
}

/** `headless node · up 3 min`; another node is named, with the time of what is shown. */
function Detail(props: { readonly instance: Instance; readonly name: string | undefined; readonly uptimeMs: number }) {
  const { t } = useTranslation('overview');
  const { status, statusAtMs, nodeId } = props.instance;
  if (status === undefined) return props.name;
  const words = t('upFor', { mode: t(`mode_${status.mode}`), uptime: formatDuration(props.uptimeMs) });
  return nodeId === undefined ? words : [props.name, words, t('asOf', { time: formatTime(statusAtMs ?? 0) })].join(' · ');
}

/** Another node does not answer: what is shown is old. The own one has a strip of the frame. */
function AwayStrip({ instance, name }: { readonly instance: Instance; readonly name: string }) {
  const { t: common } = useTranslation('common');
  const { nodeId, statusAtMs, error, retry } = instance;
  if (nodeId === undefined || statusAtMs === undefined || error === undefined) return null;
  return (
    <Strip
      tone="warn"
      icon={<StateShape kind="unknown" />}
      fact={common('stale', { node: name, age: formatAge(Date.now() - statusAtMs) })}
      act={
        <button type="button" className="sb-link" onClick={retry}>
          {common('tryAgain')}
        </button>
      }
    >
      {error.message}
    </Strip>
  );
}

const processesEveryMs = 2_000;

const ProcessesLive = memo(function ProcessesLive({ nodeId }: Pick<Instance, 'nodeId'>) {
  const { state } = useCall('system.processes', {}, { nodeId, pollMs: processesEveryMs });
  return <Processes state={state} />;
});

function Waiting({ instance, name }: { readonly instance: Instance; readonly name: string | undefined }) {
  const { t } = useTranslation('overview');
  const { t: common } = useTranslation('common');
  const node = name ?? common('thisNode');
  const { error, retry, cancel, nodeId } = instance;
  if (error !== undefined)
    return <CallFailure title={t('nodeFailed', { node })} error={error} call="node.status" node={node} onRetry={retry} />;
  return (
    <Loading
      rows={10}
      asking={(seconds) => t('asking', { node, seconds })}
      cancelLabel={common('cancel')}
      {...(nodeId !== undefined && { onCancel: cancel })}
    />
  );
}
