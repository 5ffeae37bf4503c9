import { useShallow } from 'zustand/react/shallow';
import type { CarrierKind } from '../../../../common/contract/nodes.ts';
import { useTranslation } from '../../../i18n/index.ts';
import { useCluster } from '../../../state/cluster.ts';
import { freshPoint, useClusterMetrics } from '../../../state/cluster-metrics.ts';
import { formatClock, formatDuration, formatRate, formatTime } from '../../../state/format.ts';
import { useNode } from '../../../state/node.ts';
import { useClusterProblems } from '../cluster-problems.ts';
import { useClusterLinks } from './cluster-links.ts';
import { type Condition, conditionOf, silentForMs } from './model/node-view.ts';

export interface NodeView {
  readonly nodeId: string;
  readonly name: string;
  readonly isSelf: boolean;
  readonly condition: Condition;
  /** `1.1 ms`; undefined for this node, for one that is away, and until it was measured. */
  readonly roundTrip: string | undefined;
  /** How this node reaches it now; null for this node, and for one that is away. */
  readonly via: CarrierKind | null;
  /** What passes is proven and encrypted. */
  readonly secure: boolean;
  /** It is on the other side of a cluster in parts. */
  readonly isApart: boolean;
  /** Why it cannot be counted on: `offline since 11:52`. Stands in the place of the numbers. */
  readonly reason: string | undefined;
  /** What it calls its problems, the worst first; it works all the same. */
  readonly problems: readonly string[];
}

const noProblems: readonly string[] = [];

/**
 * A node as the topology shows it, but for what changes every second: {@link useRate}. Undefined once it is forgotten. Renders
 * again only when a word of it changes: nodes announce their load, which is not shown, all the time.
 */
export function useNodeView(nodeId: string): NodeView | undefined {
  const node = useCluster(
    useShallow(({ nodes }) => {
      const known = nodes.find((candidate) => candidate.nodeId === nodeId);
      if (known === undefined) return undefined;
      const { name, self, status, health, lastSeenAt, rttMs, via, secure } = known;
      return {
        name,
        isSelf: self,
        status,
        health,
        via: status === 'online' ? via : null,
        secure,
        roundTrip: self || rttMs === null || status !== 'online' ? undefined : formatDuration(rttMs),
        goneAt: status !== 'offline' || lastSeenAt === null ? undefined : formatClock(lastSeenAt),
      };
    }),
  );
  const silent = useSilence(nodeId);
  const problems = useClusterProblems(useShallow(({ byNode }) => byNode.get(nodeId)?.map(({ title }) => title) ?? noProblems));
  const reasonOf = useReason();
  const { t } = useTranslation('topology');
  const apartSince = useClusterLinks((links) => links.apartSince.get(nodeId));
  if (node === undefined) return undefined;
  const { name, isSelf, roundTrip, goneAt, via, secure } = node;
  const condition = conditionOf(node, silent);
  return {
    nodeId,
    name,
    isSelf,
    condition,
    roundTrip,
    via,
    secure,
    isApart: apartSince !== undefined,
    reason: apartSince === undefined ? reasonOf(condition, goneAt) : t('reasonApart', { time: formatClock(apartSince) }),
    problems: node.status === 'online' ? problems : noProblems,
  };
}

/** `412` calls a second; undefined when nothing was measured lately. */
export function useRate(nodeId: string): string | undefined {
  const isThere = useCluster(({ nodes }) => nodes.find((node) => node.nodeId === nodeId)?.status === 'online');
  const rate = useClusterMetrics(({ byNode }) => {
    const point = freshPoint(byNode.get(nodeId), Date.now());
    return point === undefined ? undefined : formatRate(point.rpcPerSecond);
  });
  return isThere ? rate : undefined;
}

/** When the last status of another node came: `12:01:03`. */
export function useLastStatus(nodeId: string): string | undefined {
  return useCluster(({ nodes }) => {
    const node = nodes.find((candidate) => candidate.nodeId === nodeId);
    return node === undefined || node.self || node.lastSeenAt === null ? undefined : formatTime(node.lastSeenAt);
  });
}

/** Whether the node has stopped to send its measures. While the own node is away nobody can tell. */
function useSilence(nodeId: string): boolean {
  const connected = useNode(({ connection }) => connection.kind === 'connected');
  return useClusterMetrics(({ byNode, followedSinceMs }) => connected && silentForMs(byNode.get(nodeId), followedSinceMs, Date.now()) > 0);
}

function useReason() {
  const { t } = useTranslation('topology');
  return (condition: Condition, goneAt: string | undefined): string | undefined => {
    switch (condition) {
      case 'offline':
        return goneAt === undefined ? t('reasonOffline') : t('reasonOfflineSince', { time: goneAt });
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
