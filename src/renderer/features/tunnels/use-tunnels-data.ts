import { useEffect, useMemo, useState } from 'react';
import type { ResultOf } from '../../../common/contract/index.ts';
import type { TunnelInfo } from '../../../common/contract/tunnels.ts';
import type { GatheredResults } from '../../../common/wire/messages.ts';
import { useCluster } from '../../state/cluster.ts';
import { dataOf, useGatheredCall, type ViewCall } from '../../state/use-call.ts';
import { gatheredOf, type SilentNode } from '../shared/tunnels/gathered.ts';
import { sumTunnels } from '../shared/tunnels/tunnel-health.ts';
import { useTunnelSums } from '../shared/tunnels/tunnel-summary.ts';
import type { GatewayStatus } from './model/address.ts';
import { keepLastSeen, type NodeTunnels } from './model/last-seen.ts';

const liveMs = 1_500;
const gatewayMs = 4_000;
/** A node that takes longer is said to be silent, and the others are shown. */
const answersWithinMs = 4_000;

export interface TunnelsData {
  readonly list: ViewCall<GatheredResults>;
  readonly tunnels: readonly TunnelInfo[];
  /** Tunnels of nodes that do not answer now, as they were last seen. */
  readonly staleIds: ReadonlySet<string>;
  /** Nodes that were asked and did not say which tunnels they have. */
  readonly silent: readonly SilentNode[];
  /** What each node says of its gateway; undefined before the first answer. */
  readonly gateways: ReadonlyMap<string, GatewayStatus> | undefined;
  readonly gatewayList: ViewCall<GatheredResults>;
  /** Id of the console's own node. */
  readonly ownId: string | undefined;
  /** Asks again at once: something was changed. */
  readonly refresh: () => void;
}

/** Tunnels and gateways of every node that can be reached, read again while the window is visible. */
export function useTunnelsData(): TunnelsData {
  const list = useGatheredCall('tunnels.list', {}, { pollMs: liveMs, timeoutMs: answersWithinMs });
  const gatewayList = useGatheredCall('gateway.status', {}, { pollMs: gatewayMs, timeoutMs: answersWithinMs });
  const ownId = useCluster(({ nodes }) => nodes.find(({ self }) => self)?.nodeId);
  const answer = dataOf(list.state);
  const gathered = useMemo(() => (answer === undefined ? undefined : gatheredOf<ResultOf<'tunnels.list'>>(answer)), [answer]);
  const byNode = useLastSeen(gathered);
  const shown = useMemo(() => shownTunnels(byNode), [byNode]);
  const gatewayAnswer = dataOf(gatewayList.state);
  const gateways = useMemo(
    () => (gatewayAnswer === undefined ? undefined : gatheredOf<GatewayStatus>(gatewayAnswer).answers),
    [gatewayAnswer],
  );
  // Fresher than what the rail asks for by itself.
  useEffect(() => {
    if (gathered !== undefined) useTunnelSums.setState(sumTunnels(shown.tunnels.filter(({ tunnelId }) => !shown.staleIds.has(tunnelId))));
  }, [gathered, shown]);
  const [refreshList, refreshGateways] = [list.refresh, gatewayList.refresh];
  const refresh = useMemo(
    () => () => {
      refreshList();
      refreshGateways();
    },
    [refreshList, refreshGateways],
  );
  return { list, ...shown, silent: gathered?.silent ?? nobody, gateways, gatewayList, ownId, refresh };
}

const nobody: readonly SilentNode[] = [];

function useLastSeen(gathered: ReturnType<typeof gatheredOf<ResultOf<'tunnels.list'>>> | undefined): ReadonlyMap<string, NodeTunnels> {
  const [state, setState] = useState<{ readonly of: typeof gathered; readonly byNode: ReadonlyMap<string, NodeTunnels> }>({
    of: undefined,
    byNode: new Map(),
  });
  if (gathered === undefined || state.of === gathered) return state.byNode;
  const known = new Set(useCluster.getState().nodes.map(({ nodeId }) => nodeId));
  const byNode = keepLastSeen(state.byNode, gathered, known);
  // While drawing, so that no frame shows the old list beside the new figures.
  setState({ of: gathered, byNode });
  return byNode;
}

function shownTunnels(byNode: ReadonlyMap<string, NodeTunnels>): Pick<TunnelsData, 'tunnels' | 'staleIds'> {
  const tunnels: TunnelInfo[] = [];
  const staleIds = new Set<string>();
  for (const { tunnels: own, stale } of byNode.values()) {
    for (const tunnel of own) {
      tunnels.push(tunnel);
      if (stale) staleIds.add(tunnel.tunnelId);
    }
  }
  return { tunnels, staleIds };
}

/** Where a call about a tunnel or a gateway goes: the own node needs no name. */
export function atNode(nodeId: string, ownId: string | undefined): { readonly serviceId?: string } {
  return nodeId === ownId ? {} : { serviceId: nodeId };
}
