/** The nodes of the cluster as the console's own node sees them. */
import { create } from 'zustand';
import type { NodeClient } from '../../common/client/node-client.ts';
import type { NodeInfo } from '../../common/contract/nodes.ts';
import { recordChanges } from './cluster-history.ts';

interface ClusterState {
  /** The own node first; empty until the node has told. Kept while it is away. A node that did not change keeps its object. */
  readonly nodes: readonly NodeInfo[];
  readonly atMs: number | undefined;
}

export const useCluster = create<ClusterState>(() => ({ nodes: [], atMs: undefined }));

/** Follows `/cluster/nodes`, whose last value comes at once, as long as it is not stopped. */
export function followCluster(client: NodeClient): () => void {
  // Each event is the whole list: of those that wait only the newest is of use.
  const events = client.subscribe('/cluster/nodes', { maxQueuedEvents: 1 });
  void read(events);
  return () => events.dispose();
}

async function read(events: AsyncIterable<{ readonly data: unknown }>): Promise<void> {
  try {
    for await (const { data } of events) takeNodes((data as { readonly nodes: readonly NodeInfo[] }).nodes);
  } catch {
    // The connection's own state tells the person; the nodes stay as last seen.
  }
}

function takeNodes(nodes: readonly NodeInfo[]): void {
  const atMs = Date.now();
  recordChanges(useCluster.getState().nodes, nodes, atMs);
  useCluster.setState((before) => ({ nodes: keepUnchanged(before.nodes, nodes), atMs }));
}

/** The new list, with the old objects of those nodes that are as they were, so that their rows are not drawn again. */
export function keepUnchanged(before: readonly NodeInfo[], now: readonly NodeInfo[]): readonly NodeInfo[] {
  const known = new Map(before.map((node) => [node.nodeId, node]));
  return now.map((node) => {
    const old = known.get(node.nodeId);
    return old !== undefined && JSON.stringify(old) === JSON.stringify(node) ? old : node;
  });
}

/** A node by id. */
export function useClusterNode(nodeId: string | undefined): NodeInfo | undefined {
  return useCluster(({ nodes }) => nodes.find((node) => node.nodeId === nodeId));
}
