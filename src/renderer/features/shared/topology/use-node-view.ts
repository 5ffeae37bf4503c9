import type { NodeInfo } from '../../../../common/contract/nodes.ts';
import { useTranslation } from '../../../i18n/index.ts';
import { useClusterNode } from '../../../state/cluster.ts';
import { freshPoint, useClusterMetrics } from '../../../state/cluster-metrics.ts';
import { formatClock, formatDuration, formatRate } from '../../../state/format.ts';
import { useNode } from '../../../state/node.ts';
import { useClusterProblems } from '../cluster-problems.ts';
import { type Condition, conditionOf, silentForMs } from './model/node-view.ts';

export interface NodeView {
  readonly node: NodeInfo;
  readonly condition: Condition;
  /** `412`; undefined when nothing was measured lately. */
  readonly rate: string | undefined;
  /** `1.1 ms`; undefined for this node and until it was measured. */
  readonly roundTrip: string | undefined;
  /** Why it cannot be counted on: `offline since 11:52`. Stands in the place of the numbers. */
  readonly reason: string | undefined;
  /** What it calls its problems, the worst first; it works all the same. */
  readonly problems: readonly string[];
}

/**
 * A node as the topology shows it; undefined once it is forgotten. Renders again only when a word of it changes, however often
 * measures come.
 */
export function useNodeView(nodeId: string): NodeView | undefined {
  const node = useClusterNode(nodeId);
  const rate = useClusterMetrics(({ byNode }) => {
    const point = freshPoint(byNode.get(nodeId), Date.now());
    return point === undefined ? undefined : formatRate(point.rpcPerSecond);
  });
  const silent = useSilence(nodeId);
  const problems = useClusterProblems(({ byNode }) => byNode.get(nodeId));
  const reasonOf = useReason();
  if (node === undefined) return undefined;
  const condition = conditionOf(node, silent);
  return {
    node,
    condition,
    rate: node.status === 'online' ? rate : undefined,
    roundTrip: node.self || node.rttMs === null || node.status !== 'online' ? undefined : formatDuration(node.rttMs),
    reason: reasonOf(node, condition),
    problems: node.status === 'online' ? (problems ?? []).map(({ title }) => title) : [],
  };
}

/** Whether the node has stopped to send its measures. While the own node is away nobody can tell. */
export function useSilence(nodeId: string): boolean {
  const connected = useNode(({ connection }) => connection.kind === 'connected');
  return useClusterMetrics(({ byNode, followedSinceMs }) => connected && silentForMs(byNode.get(nodeId), followedSinceMs, Date.now()) > 0);
}

function useReason() {
  const { t } = useTranslation('topology');
  return (node: NodeInfo, condition: Condition): string | undefined => {
    switch (condition) {
      case 'offline':
        return node.lastSeenAt === null ? t('reasonOffline') : t('reasonOfflineSince', { time: formatClock(node.lastSeenAt) });
      case 'unknown':
        return t('reasonUnknown');
      case 'silent':
        return t('reasonSilent');
      case 'degraded':
      case 'failing':
      case 'online':
        return undefined;
    }
  };
}
