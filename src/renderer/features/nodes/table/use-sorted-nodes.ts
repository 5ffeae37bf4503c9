import { useEffect, useMemo, useState } from 'react';
import type { NodeInfo } from '../../../../common/contract/nodes.ts';
import { freshPoint, useClusterMetrics } from '../../../state/cluster-metrics.ts';
import { orderRows, type TableOrder } from '../../shared/table/table-model.ts';
import { liveColumns, type NodeColumnId, nodeTable } from '../model/node-table.ts';

/** Rows that are sorted by live values change places so often, so that they can still be read. */
const reorderEveryMs = 2_000;

/** The nodes in the order that a person chose. Values are only looked at where the order hangs on them. */
export function useSortedNodes(nodes: readonly NodeInfo[], order: TableOrder<NodeColumnId>): readonly NodeInfo[] {
  const isLive = liveColumns.has(order.column);
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
    return orderRows(nodeTable, nodes, order, (nodeId) => freshPoint(values?.get(nodeId), nowMs));
  }, [nodes, order, values]);
}
