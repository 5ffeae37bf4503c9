/** Groups of brokers that need a person, for the rail and the Overview: known wherever one is in the console. */
import { useEffect, useMemo } from 'react';
import { create } from 'zustand';
import { useCluster } from '../../../state/cluster.ts';
import { useCall } from '../../../state/use-call.ts';
import { type GroupTrouble, troubledGroups } from './troubled-groups.ts';

const everyMs = 10_000;
/** What a node says it can when its queue broker is on. */
const capability = 'broker';

/** The worst first; empty while all is well, and while nobody keeps queues. */
export const useQueueTrouble = create<{ readonly groups: readonly GroupTrouble[] }>(() => ({ groups: [] }));

/** Asks for the groups now and then, while any node keeps queues. Once in the console: the rail does. */
export function useFollowQueueTrouble(): void {
  const enabled = useCluster(({ nodes }) => nodes.some(({ capabilities }) => capabilities.includes(capability)));
  const { state } = useCall('brokers.groups', {}, { pollMs: everyMs, enabled });
  const answer = state.kind === 'ready' || state.kind === 'stale' ? state.data : undefined;
  const groups = useMemo(() => (enabled && answer !== undefined ? troubledGroups(answer.groups) : none), [enabled, answer]);
  useEffect(() => useQueueTrouble.setState({ groups }), [groups]);
}

const none: readonly GroupTrouble[] = [];
