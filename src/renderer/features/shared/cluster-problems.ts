/** What the nodes of the cluster call their problems, while some view shows them. */
import { useEffect, useMemo } from 'react';
import { create } from 'zustand';
import type { Problem } from '../../../common/contract/node.ts';
import { useCluster } from '../../state/cluster.ts';
import { useGatheredCall } from '../../state/use-call.ts';
import { problemsByNode } from './model/problems.ts';

const everyMs = 10_000;

/** By node id, the worst first; only nodes that report any. */
export const useClusterProblems = create<{ readonly byNode: ReadonlyMap<string, readonly Problem[]> }>(() => ({ byNode: new Map() }));

/** Asks the nodes what is wrong with them, while any of them says that something is. */
export function useFollowClusterProblems(): void {
  // Health comes with the presence of a node; only the words have to be asked for.
  const unwell = useCluster(({ nodes }) =>
    nodes
      .filter(({ status, health }) => status === 'online' && health !== 'ok')
      .map(({ nodeId, health }) => `${nodeId} ${health}`)
      .join(),
  );
  const { state, retry } = useGatheredCall('node.status', {}, { pollMs: everyMs, enabled: unwell !== '' });
  useEffect(() => {
    if (unwell !== '') retry();
  }, [unwell, retry]);
  const answer = state.kind === 'ready' || state.kind === 'stale' ? state.data : undefined;
  const byNode = useMemo(() => (unwell === '' || answer === undefined ? new Map() : problemsByNode(answer)), [unwell, answer]);
  useEffect(() => useClusterProblems.setState({ byNode }), [byNode]);
}
