import type { PeersTopology } from './partition.ts';

/** Ids of the nodes that a node is linked with, as the nodes say themselves; each once, whichever of the two told. */
export function neighboursOf(nodeId: string, edges: PeersTopology['edges']): readonly string[] {
  const linked = edges.flatMap(({ from, to, kind }) => (kind !== 'link' ? [] : from === nodeId ? [to] : to === nodeId ? [from] : []));
  return [...new Set(linked)];
}
