import { useMemo } from 'react';
import type { NodeInfo } from '../../../common/contract/nodes.ts';
import { useCluster } from '../../state/cluster.ts';
import { useNode } from '../../state/node.ts';

/**
 * The nodes of the cluster. The list comes when something changes in it; how the own node does is known sooner, from its
 * status. A node that did not change keeps its object.
 */
export function useKnownNodes(): readonly NodeInfo[] {
  const nodes = useCluster((state) => state.nodes);
  const health = useNode(({ status }) => status?.state);
  const load = useNode(({ status }) => status?.rpc.inFlight);
  const self = useMemo(() => {
    const listed = nodes.find((node) => node.self);
    return listed === undefined || health === undefined || load === undefined ? listed : { ...listed, health, load };
  }, [nodes, health, load]);
  return useMemo(() => nodes.map((node) => (node.self && self !== undefined ? self : node)), [nodes, self]);
}

/** True while the console has lost its own node: all that is shown is what was last seen. */
export function useStale(): boolean {
  return useNode(({ connection }) => connection.kind !== 'connected');
}
