/** What the nodes of the cluster meet at: an MQTT broker, which may be one of them. */
import { useEffect } from 'react';
import { create } from 'zustand';
import type { MqttStatus } from '../../../../common/contract/mqtt.ts';
import type { GatheredResults } from '../../../../common/wire/messages.ts';
import { useCluster } from '../../../state/cluster.ts';
import { useCall, useGatheredCall } from '../../../state/use-call.ts';

const everyMs = 5_000;

interface BrokerState {
  /** As this node is told to find it; undefined until known or while federation is off. */
  readonly address: string | undefined;
  /** The node that runs it. Kept while that node is away. */
  readonly hubId: string | undefined;
  /** Whether this node is connected to it. */
  readonly linked: boolean;
}

export const useBroker = create<BrokerState>(() => ({ address: undefined, hubId: undefined, linked: true }));

/** Keeps {@link useBroker} fresh as long as the calling view is shown. */
export function useFollowBroker(): void {
  const ownId = useCluster(({ nodes }) => nodes.find(({ self }) => self)?.nodeId);
  const { state } = useCall('mqtt.status', {}, { pollMs: everyMs });
  const own = state.kind === 'ready' || state.kind === 'stale' ? state.data : undefined;
  const address = own?.broker ?? undefined;
  const mode = own?.mode;
  const linked = own === undefined || own.link.state === 'connected' || own.link.state === 'off';
  useEffect(() => {
    if (mode === undefined) return;
    useBroker.setState((before) => ({
      address,
      linked,
      hubId: mode === 'hub' ? ownId : before.address === address ? before.hubId : undefined,
    }));
  }, [mode, address, linked, ownId]);
  useFindHub(mode === 'external' && linked);
}

/** Asks the other nodes which of them runs the broker, until one says so, again when a node comes. */
function useFindHub(wanted: boolean): void {
  const hubId = useBroker((broker) => broker.hubId);
  const present = useCluster(({ nodes }) =>
    nodes
      .filter(({ status }) => status === 'online')
      .map(({ nodeId }) => nodeId)
      .join(),
  );
  const enabled = wanted && hubId === undefined;
  const { state, retry } = useGatheredCall('mqtt.status', {}, { enabled });
  // biome-ignore lint/correctness/useExhaustiveDependencies: whoever is present is the reason to ask again
  useEffect(() => {
    if (enabled) retry();
  }, [enabled, present, retry]);
  const found = state.kind === 'ready' || state.kind === 'stale' ? hubOf(state.data) : undefined;
  useEffect(() => {
    if (enabled && found !== undefined) useBroker.setState({ hubId: found });
  }, [enabled, found]);
}

/** The node that runs the broker: a hub joins no broker but its own, so whichever hub answers runs the one it was reached over. */
export function hubOf({ results }: GatheredResults): string | undefined {
  return results.find(({ status, data }) => status === 'success' && (data as MqttStatus).mode === 'hub')?.node;
}

/** `127.0.0.1:7421` of a broker's address. */
export function hostOf(address: string): string {
  return URL.canParse(address) ? new URL(address).host : address;
}
