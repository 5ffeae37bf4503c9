import { memo, type ReactNode } from 'react';
import type { NodeInfo } from '../../../../common/contract/nodes.ts';
import type { MetricPoint } from '../../../../common/contract/system.ts';
import { useNow } from '../../../app/frame/connection-label.tsx';
import { GridCells } from '../../../design/data/grid-cells.tsx';
import { Meter } from '../../../design/data/small.tsx';
import { StateLabel } from '../../../design/icons/index.ts';
import { useTranslation } from '../../../i18n/index.ts';
import { freshPoint, type NodeMetrics, useClusterMetrics } from '../../../state/cluster-metrics.ts';
import { formatAge, formatRate } from '../../../state/format.ts';
import { useClusterProblems } from '../../shared/cluster-problems.ts';
import { formatOffset, isSkewed } from '../model/clock-offset.ts';
import { stateOf } from '../model/node-state.ts';
import type { NodeColumn, NodeColumnId } from '../model/node-table.ts';
import { versionSkew } from '../model/versions.ts';
import { bareMs, formatSince, stateWords } from '../node-words.ts';

interface NodeRowProps {
  readonly node: NodeInfo;
  readonly columns: readonly NodeColumn[];
  /** The version that most nodes run. */
  readonly common: string | undefined;
  /** The console has lost its own node. */
  readonly stale: boolean;
}

/** The cells of one node. Its live values come by selector: a beat draws again only those rows whose values changed. */
export const NodeRow = memo(function NodeRow({ node, columns, common, stale }: NodeRowProps) {
  // Out of sight is not gone: what was last seen stays, greyed, with its age. Of a node that has left it says nothing of now.
  const unseen = stale || node.status === 'unknown';
  const metrics = useClusterMetrics(({ byNode }) => {
    const known = byNode.get(node.nodeId);
    if (node.status === 'offline') return undefined;
    return unseen ? known?.points.at(-1) : freshPoint(known, Date.now());
  });
  return <GridCells columns={columns} stale={node.status === 'unknown'} cell={({ id }) => cell(id, { node, metrics, common, stale })} />;
});

interface CellProps {
  readonly node: NodeInfo;
  readonly metrics: MetricPoint | undefined;
  readonly common: string | undefined;
  readonly stale: boolean;
}

function cell(id: NodeColumnId, { node, metrics, common, stale }: CellProps): ReactNode {
  switch (id) {
    case 'name':
      return <Name node={node} />;
    case 'state':
      return <State node={node} stale={stale} />;
    case 'via':
      return <Way node={node} />;
    case 'capabilities':
      return (
        <span className="sb-2" title={node.capabilities.join(', ')}>
          {node.capabilities.join(', ')}
        </span>
      );
    case 'version':
      return <Version version={node.version} common={common} />;
    case 'rtt':
      return bareMs(node.status === 'online' ? node.rttMs : null);
    case 'calls':
      return metrics === undefined ? '–' : formatRate(metrics.rpcPerSecond);
    case 'p95':
      return bareMs(metrics?.rpcP95Ms);
    case 'events':
      return metrics === undefined ? '–' : formatRate(metrics.eventsPerSecond);
    case 'running':
      return node.status === 'online' ? node.load : '–';
    case 'cpu':
      return <Load percent={metrics?.cpuPercent} />;
    case 'seen':
      return <LastSeen node={node} stale={stale} />;
  }
}

function Name({ node }: { readonly node: NodeInfo }) {
  const { t } = useTranslation('common');
  return (
    <>
      <b className="nd-name" title={node.name}>
        {node.name}
      </b>
      {node.self && <span className="sb-tag nd-tag">{t('thisNode')}</span>}
    </>
  );
}

function State({ node, stale }: { readonly node: NodeInfo; readonly stale: boolean }) {
  const { t } = useTranslation('nodes');
  const problems = useClusterProblems(({ byNode }) => byNode.get(node.nodeId));
  return (
    <span title={node.status === 'online' ? problems?.map(({ title }) => title).join('\n') : undefined}>
      <StateLabel kind={stateOf(node, stale).kind}>{stateWords(t, node, stale)}</StateLabel>
      {node.status === 'online' && isSkewed(node.clockOffsetMs) && (
        <span className="sb-tag warn nd-tag" title={t('clockBadgeHint')}>
          {t('clockBadge', { offset: formatOffset(node.clockOffsetMs) })}
        </span>
      )}
    </span>
  );
}

/** How this node reaches it now, with a shield when nobody in between can read or change what passes. */
export function Way({ node }: { readonly node: NodeInfo }) {
  const { t } = useTranslation('nodes');
  if (node.self || node.via === null || node.status !== 'online') return <span className="sb-3">–</span>;
  return (
    <span title={t(`viaHint_${node.via}`)}>
      {node.secure ? (
        <StateLabel kind="valid">{t(`via_${node.via}`)}</StateLabel>
      ) : (
        <>
          {t(`via_${node.via}`)}
          <span className="sb-tag nd-tag" title={t('unsignedHint')}>
            {t('unsigned')}
          </span>
        </>
      )}
    </span>
  );
}

/** A version, marked when it is not the one that most nodes run. */
export function Version({ version, common }: { readonly version: string; readonly common: string | undefined }) {
  const { t } = useTranslation('nodes');
  const skew = versionSkew(version, common);
  return (
    <>
      {version}
      {skew !== undefined && (
        <span className={`sb-tag nd-tag${skew === 'older' ? ' warn' : ''}`} title={t('versionBadgeHint', { version: common })}>
          {t(`version_${skew}`)}
        </span>
      )}
    </>
  );
}

/** From this share of the processor on a person should know. */
const busyPercent = 90;

function Load({ percent }: { readonly percent: number | null | undefined }) {
  const { t } = useTranslation('nodes');
  if (percent == null) return <span className="sb-3">{t('noData')}</span>;
  return (
    <span className="nd-load">
      <Meter percent={percent} {...(percent >= busyPercent && { tone: 'warn' })} />
      <span className={percent >= busyPercent ? 'sb-warn' : undefined}>{t('percent', { value: Math.round(percent) })}</span>
    </span>
  );
}

function LastSeen({ node, stale }: { readonly node: NodeInfo; readonly stale: boolean }) {
  const { t } = useTranslation('nodes');
  const unseen = stale || node.status === 'unknown';
  // The beat of the measures makes the age grow; without the own node there is none.
  useNow(stale);
  // Words, so that a beat that changes none of them draws nothing.
  const age = useClusterMetrics(({ byNode }) => ageOf(node, byNode.get(node.nodeId), unseen));
  if (node.status === 'offline') return <span className="sb-3">{node.lastSeenAt === null ? '–' : formatSince(node.lastSeenAt)}</span>;
  return <span className={unseen ? 'sb-warn' : 'sb-3'}>{age ?? t('seenNow')}</span>;
}

/** How long ago a node was last heard of; undefined when that is now. */
function ageOf(node: NodeInfo, metrics: NodeMetrics | undefined, unseen: boolean): string | undefined {
  const nowMs = Date.now();
  if (!unseen && (node.self || freshPoint(metrics, nowMs) !== undefined)) return undefined;
  return formatAge(nowMs - Math.max(metrics?.atMs ?? 0, node.lastSeenAt ?? 0));
}
