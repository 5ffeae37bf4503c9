import { useEffect, useMemo, useState } from 'react';
import type { NodeInfo } from '../../../../common/contract/nodes.ts';
import { freshPoint, useClusterMetrics } from '../../../state/cluster-metrics.ts';
import { liveColumns, type Sort, sortNodes } from '../model/sort-nodes.ts';

/** Rows that are sorted by live values change places so often, so that they can still be read. */
const reorderEveryMs = 2_000;

/** The nodes in the order that a person chose. Values are only looked at where the order hangs on them. */
export function useSortedNodes(nodes: readonly NodeInfo[], sort: Sort): readonly NodeInfo[] {
  const isLive = liveColumns.has(sort.column);
  const [byNode, setByNode] = useState(() => useClusterMetrics.getState().byNode);
  useEffect(() => {
    if (!isLive) return;
    const take = () => setByNode(useClusterMetrics.getState().byNode);
    take();
    const timer = setInterval(take, reorderEveryMs);
    return () => clearInterval(timer);
  }, [isLive]);
  const values = isLive ? byNode : undefined;
  return useMemo(() => {
    const nowMs = Date.now();
    return sortNodes(nodes, sort, (nodeId) => freshPoint(values?.get(nodeId), nowMs));
  }, [nodes, sort, values]);
}
