import { useMemo } from 'react';
import type { NodeInfo } from '../../../common/contract/nodes.ts';
import { useCluster } from '../../state/cluster.ts';
import { useClusterMetrics } from '../../state/cluster-metrics.ts';
import { useNode } from '../../state/node.ts';
import { useClusterProblems } from '../shared/cluster-problems.ts';
import { useQueueTrouble } from '../shared/queues/queue-trouble.ts';
import { silentForMs } from '../shared/topology/model/node-view.ts';
import { type ClusterConcern, clusterConcerns } from './model/attention.ts';

/** What needs a person on the nodes that `wanted` picks; drawn anew when it changes, silence once a second. */
export function useClusterConcerns(wanted: (node: NodeInfo) => boolean): readonly ClusterConcern[] {
  const nodes = useCluster((state) => state.nodes);
  const problemsOf = useClusterProblems(({ byNode }) => byNode);
  const connected = useNode(({ connection }) => connection.kind === 'connected');
  const silence = useClusterMetrics(({ byNode, followedSinceMs }) => {
    const nowMs = Date.now();
    return [...byNode]
      .map(([nodeId, metrics]) => [nodeId, Math.floor(silentForMs(metrics, followedSinceMs, nowMs) / 1_000)] as const)
      .filter(([, seconds]) => seconds > 0)
      .map((entry) => entry.join(' '))
      .join();
  });
  const groups = useQueueTrouble((state) => state.groups);
  return useMemo(() => {
    const entries = connected && silence !== '' ? silence.split(',').map((entry) => entry.split(' ')) : [];
    const silentMsOf = new Map(entries.map(([nodeId = '', seconds]) => [nodeId, Number(seconds) * 1_000]));
    return clusterConcerns({ nodes: nodes.filter(wanted), problemsOf, silentMsOf, groups });
  }, [nodes, problemsOf, silence, connected, wanted, groups]);
}
