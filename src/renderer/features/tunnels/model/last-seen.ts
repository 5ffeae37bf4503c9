/** What nodes said of their tunnels: those that are silent now keep what they said last, marked as old. */
import type { TunnelInfo } from '../../../../common/contract/tunnels.ts';
import type { Gathered } from '../../shared/tunnels/gathered.ts';

export interface NodeTunnels {
  readonly tunnels: readonly TunnelInfo[];
  /** True: from an earlier answer. */
  readonly stale: boolean;
}

/**
 * Takes a new answer of all nodes in.
 *
 * @param known ids of the nodes of the cluster: what is remembered of a node that has left goes with it
 */
export function keepLastSeen(
  before: ReadonlyMap<string, NodeTunnels>,
  { answers }: Gathered<{ readonly tunnels: readonly TunnelInfo[] }>,
  known: ReadonlySet<string>,
): ReadonlyMap<string, NodeTunnels> {
  const now = new Map<string, NodeTunnels>();
  for (const [nodeId, { tunnels }] of before) if (known.has(nodeId) && tunnels.length > 0) now.set(nodeId, { tunnels, stale: true });
  for (const [nodeId, { tunnels }] of answers) now.set(nodeId, { tunnels, stale: false });
  return now;
}
