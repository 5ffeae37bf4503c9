/** The tunnels of the cluster in numbers, for the rail and the Overview: known wherever one is in the console. */
import { useEffect, useMemo } from 'react';
import { create } from 'zustand';
import type { ResultOf } from '../../../../common/contract/index.ts';
import { useCluster } from '../../../state/cluster.ts';
import { useGatheredCall } from '../../../state/use-call.ts';
import { gatheredOf } from './gathered.ts';
import { sumTunnels, type TunnelSums } from './tunnel-health.ts';

const everyMs = 10_000;
const none: TunnelSums = { wanted: 0, up: 0, needPerson: 0, requestsPerSecond: 0 };

export const useTunnelSums = create<TunnelSums>(() => none);

/** Asks every node for its tunnels now and then. Once in the console: the rail does. */
export function useFollowTunnels(): void {
  // Before the own node has told of the cluster there is nobody to ask.
  const enabled = useCluster(({ nodes }) => nodes.length > 0);
  const { state } = useGatheredCall('tunnels.list', {}, { pollMs: everyMs, enabled });
  const answer = state.kind === 'ready' || state.kind === 'stale' ? state.data : undefined;
  const sums = useMemo(() => {
    if (answer === undefined) return none;
    return sumTunnels([...gatheredOf<ResultOf<'tunnels.list'>>(answer).answers.values()].flatMap(({ tunnels }) => tunnels));
  }, [answer]);
  useEffect(() => useTunnelSums.setState(sums), [sums]);
}
