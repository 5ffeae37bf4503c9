import type { NearbyNode } from '../../../../../common/contract/joining.ts';

/** What looks like one node, and the addresses at which it answered. */
export interface NearbyGroup extends Pick<NearbyNode, 'name' | 'shortId' | 'cluster' | 'clusterShortId'> {
  readonly addresses: readonly [string, ...string[]];
}

/**
 * One line a node: a machine with several networks answers from each of them. What a node says of itself is a hint, so this can put
 * two together that only claim to be one; who it is is proven when one joins.
 */
export function groupNearby(nodes: readonly NearbyNode[]): readonly NearbyGroup[] {
  const groups = new Map<string, NearbyGroup>();
  for (const { name, shortId, cluster, clusterShortId, address } of nodes) {
    const key = JSON.stringify([shortId, name, cluster, clusterShortId]);
    const known = groups.get(key);
    groups.set(key, { name, shortId, cluster, clusterShortId, addresses: known === undefined ? [address] : [...known.addresses, address] });
  }
  return [...groups.values()];
}
