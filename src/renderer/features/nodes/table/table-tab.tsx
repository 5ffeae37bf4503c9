import { useCluster } from '../../../state/cluster.ts';

/** The nodes of the cluster, one a row. */
export function TableTab() {
  const nodes = useCluster((state) => state.nodes);
  return (
    <ul>
      {nodes.map((node) => (
        <li key={node.nodeId}>{node.name}</li>
      ))}
    </ul>
  );
}
