import { useMemo } from 'react';
import type { NodeInfo } from '../../../common/contract/nodes.ts';
import type { MetricPoint } from '../../../common/contract/system.ts';
import type { GatheredResults } from '../../../common/wire/messages.ts';
import { useCluster } from '../../state/cluster.ts';
import { freshPoint, useClusterMetrics } from '../../state/cluster-metrics.ts';
import { emptySeries, joinLive, type MetricSeries } from '../../state/metric-series.ts';
import { useGatheredCall } from '../../state/use-call.ts';
import { type NodeHistory, type NodePoint, pointsForEach, sumHistories, sumPoints } from './model/cluster-sums.ts';
import { type Range, ranges } from './model/ranges.ts';
import { type LiveSeries, useLivePoints } from './use-metric-series.ts';

const rereadMs = 60_000;
const secondMs = 1_000;

export interface ClusterNow {
  /** The nodes that have sent measures lately. */
  readonly points: readonly NodePoint[];
  /** All of them together; undefined before the first. */
  readonly sum: MetricPoint | undefined;
  /** Nodes that are on line and not in the sum. */
  readonly missing: readonly NodeInfo[];
}

/** The newest second of every node, and their sum. */
export function useClusterNow(): ClusterNow {
  const nodes = useCluster((state) => state.nodes);
  const byNode = useClusterMetrics((state) => state.byNode);
  return useMemo(() => {
    const nowMs = Date.now();
    const points: NodePoint[] = [];
    const missing: NodeInfo[] = [];
    for (const node of nodes) {
      if (node.status !== 'online') continue;
      const point = freshPoint(byNode.get(node.nodeId), nowMs);
      if (point === undefined) missing.push(node);
      else points.push({ name: node.name, point });
    }
    // One second, one sum, however often measures come within it.
    const second = Math.floor(nowMs / secondMs) * secondMs;
    const sum =
      points.length === 0
        ? undefined
        : sumPoints(
            points.map(({ point }) => point),
            second,
          );
    return { points, sum, missing };
  }, [nodes, byNode]);
}

/** The measures of the whole cluster in a range, live at the newest end. */
export function useClusterSeries(range: Range, sum: MetricPoint | undefined): LiveSeries {
  const windowMs = ranges[range];
  const nodes = useCluster((state) => state.nodes);
  const { state, retry } = useGatheredCall('system.history', { windowMs, maxPoints: pointsForEach(nodes.length) }, { pollMs: rereadMs });
  const answer = state.kind === 'ready' || state.kind === 'stale' ? state.data : undefined;
  const live = useLivePoints(sum);
  // Offsets hardly change, and the next reading takes them in: the sum is made once an answer.
  // biome-ignore lint/correctness/useExhaustiveDependencies: not for every status of a node
  const history = useMemo(() => (answer === undefined ? emptySeries : sumHistories(historiesOf(answer, nodes))), [answer]);
  const series = useMemo(() => joinLive(history, live, windowMs), [history, live, windowMs]);
  return { series, kind: state.kind, failure: state.kind === 'error' ? state.error : undefined, retry };
}

function historiesOf({ results }: GatheredResults, nodes: readonly NodeInfo[]): readonly NodeHistory[] {
  const offsets = new Map(nodes.map(({ nodeId, clockOffsetMs }) => [nodeId, clockOffsetMs ?? 0]));
  return results
    .filter(({ status }) => status === 'success')
    .map(({ node, data }) => ({ ...(data as MetricSeries), clockOffsetMs: offsets.get(node) ?? 0 }));
}
