import { memo, useMemo } from 'react';
import type { CarrierKind } from '../../../../common/contract/nodes.ts';
import type { GraphBox } from '../../../design/data/graph.tsx';
import { useCluster } from '../../../state/cluster.ts';
import { useClusterMetrics } from '../../../state/cluster-metrics.ts';
import { useNode } from '../../../state/node.ts';
import { useBroker } from './broker.ts';
import { useClusterLinks, useLookedAt } from './cluster-links.ts';
import { silentForMs } from './model/node-view.ts';
import { linksBesides, type Pair } from './model/peer-links.ts';
import { pathData, routeBeside, routeLink } from './model/route.ts';

type LinkState = 'away' | 'up' | 'trouble';

/** In the order they are drawn: where links share a lane, the one that matters most is on top. */
const order: readonly LinkState[] = ['away', 'up', 'trouble'];

/** The ways from the hub, or from this node, to all others: solid when direct, dashed over MQTT, dotted through another node. */
export function TopologyLinks({ places, hub }: { readonly places: readonly GraphBox[]; readonly hub: string }) {
  const stateOf = useLinkStates();
  const viaOf = useWays();
  const from = places.find(({ id }) => id === hub);
  if (from === undefined) return null;
  const links = places.filter(({ id }) => id !== hub).map((to) => ({ to, state: stateOf(to.id) }));
  return (
    <>
      <LinksOfOthers places={places} hub={hub} />
      {links
        .toSorted((a, b) => order.indexOf(a.state) - order.indexOf(b.state))
        .map(({ to, state }) => (
          <Link key={to.id} state={state} via={viaOf(to.id)} fromX={from.x} fromY={from.y} toX={to.x} toY={to.y} />
        ))}
    </>
  );
}

/**
 * The links that other nodes tell of, lighter than the own ways and below them. In a mesh they share their lanes: those of the
 * node that is looked at stand out.
 */
function LinksOfOthers({ places, hub }: { readonly places: readonly GraphBox[]; readonly hub: string }) {
  const edges = useClusterLinks((links) => links.edges);
  const lookedAt = useLookedAt(({ nodeId }) => nodeId);
  const pairs = useMemo(() => linksBesides(hub, edges), [hub, edges]);
  if (pairs.length === 0) return null;
  const byId = new Map(places.map((place) => [place.id, place]));
  const dataOf = (some: readonly Pair[]) =>
    some
      .flatMap(([a, b]) => {
        const from = byId.get(a);
        const to = byId.get(b);
        return from === undefined || to === undefined ? [] : [pathData(routeBeside(from, to))];
      })
      .join('');
  const ofLooked = pairs.filter((pair) => lookedAt !== undefined && pair.includes(lookedAt));
  return (
    <>
      <path className="tp-link link others" d={dataOf(pairs)} />
      {ofLooked.length > 0 && <path className="tp-link link looked" d={dataOf(ofLooked)} />}
    </>
  );
}

/** `trouble`: this node has lost the broker, or a node that is on line has stopped to send. `away`: nobody is at the end. */
function useLinkStates(): (nodeId: string) => LinkState {
  // Joined ids: the links are drawn anew only when one of them changes its state.
  const up = useCluster(({ nodes }) => ids(nodes.filter(({ status }) => status === 'online')));
  const ownId = useCluster(({ nodes }) => nodes.find(({ self }) => self)?.nodeId);
  const linked = useBroker((broker) => broker.linked);
  const connected = useNode(({ connection }) => connection.kind === 'connected');
  const silent = useClusterMetrics(({ byNode, followedSinceMs }) => {
    const nowMs = Date.now();
    return [...byNode]
      .filter(([, metrics]) => silentForMs(metrics, followedSinceMs, nowMs) > 0)
      .map(([nodeId]) => nodeId)
      .join();
  });
  const upIds = new Set(up.split(','));
  const silentIds = new Set(connected ? silent.split(',') : []);
  return (nodeId) => {
    if (nodeId === ownId ? !linked : upIds.has(nodeId) && silentIds.has(nodeId)) return 'trouble';
    return upIds.has(nodeId) ? 'up' : 'away';
  };
}

/** How this node reaches each; MQTT while it does not. */
function useWays(): (nodeId: string) => CarrierKind {
  // Joined ids, as above.
  const direct = useCluster(({ nodes }) => ids(nodes.filter(({ via }) => via === 'link')));
  const relayed = useCluster(({ nodes }) => ids(nodes.filter(({ via }) => via === 'relay')));
  const directIds = new Set(direct.split(','));
  const relayedIds = new Set(relayed.split(','));
  return (nodeId) => (directIds.has(nodeId) ? 'link' : relayedIds.has(nodeId) ? 'relay' : 'mqtt');
}

function ids(nodes: readonly { readonly nodeId: string }[]): string {
  return nodes.map(({ nodeId }) => nodeId).join();
}

interface LinkProps {
  readonly state: LinkState;
  readonly via: CarrierKind;
  readonly fromX: number;
  readonly fromY: number;
  readonly toX: number;
  readonly toY: number;
}

const Link = memo(function Link({ state, via, fromX, fromY, toX, toY }: LinkProps) {
  return <path className={`tp-link ${state} ${via}`} d={pathData(routeLink({ x: fromX, y: fromY }, { x: toX, y: toY }))} />;
});
