import { useMemo } from 'react';
import type { NodeInfo } from '../../common/contract/nodes.ts';
import { shortNodeId } from '../../common/ids.ts';
import { useCluster } from './cluster.ts';

/** What people call the nodes, by id; of an id that nobody knows, its beginning. */
export function useNodeNames(): (nodeId: string) => string {
  const nodes = useCluster((state) => state.nodes);
  return useMemo(() => namesOf(nodes), [nodes]);
}

/** The same outside of React. A name that several nodes have gets the beginning of the id. */
export function namesOf(nodes: readonly NodeInfo[]): (nodeId: string) => string {
  const uses = new Map<string, number>();
  for (const { name } of nodes) uses.set(name, (uses.get(name) ?? 0) + 1);
  const names = new Map(nodes.map(({ nodeId, name }) => [nodeId, (uses.get(name) ?? 0) > 1 ? `${name} (${shortNodeId(nodeId)})` : name]));
  return (nodeId) => names.get(nodeId) ?? shortNodeId(nodeId);
}
