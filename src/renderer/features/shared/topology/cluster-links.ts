/** What the console's own node is told of the links between others, and who is cut off from it. */
import { useEffect } from 'react';
import { create } from 'zustand';
import type { ResultOf } from '../../../../common/contract/index.ts';
import { dataOf, useCall } from '../../../state/use-call.ts';

const everyMs = 5_000;

type Topology = ResultOf<'peers.topology'>;

interface ClusterLinks {
  readonly edges: Topology['edges'];
  /** Of the nodes on the other side of a cluster in parts: since when, in milliseconds since the epoch. */
  readonly apartSince: ReadonlyMap<string, number>;
}

export const useClusterLinks = create<ClusterLinks>(() => ({ edges: [], apartSince: new Map() }));

/** The node that the pointer or the focus is on: its links are drawn stronger. */
export const useLookedAt = create<{ readonly nodeId: string | undefined }>(() => ({ nodeId: undefined }));

/** Keeps {@link useClusterLinks} fresh as long as the calling view is shown. What did not change keeps its object. */
export function useFollowClusterLinks(): void {
  const topology = dataOf(useCall('peers.topology', {}, { pollMs: everyMs }).state);
  const edges = JSON.stringify(topology?.edges ?? []);
  useEffect(() => useClusterLinks.setState({ edges: JSON.parse(edges) }), [edges]);
  const apart = JSON.stringify(topology?.partition == null ? [] : apartOf(topology.partition));
  useEffect(() => useClusterLinks.setState({ apartSince: new Map(JSON.parse(apart)) }), [apart]);
}

function apartOf({ since, missing }: NonNullable<Topology['partition']>): readonly (readonly [string, number])[] {
  return missing.map(({ nodeId }) => [nodeId, since] as const);
}
