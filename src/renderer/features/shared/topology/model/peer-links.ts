/** Who is linked with whom, as the nodes say themselves. */
import type { ResultOf } from '../../../../../common/contract/index.ts';

type Edges = ResultOf<'peers.topology'>['edges'];

/** Ids of the nodes that a node is linked with; each once, whichever of the two told. */
export function neighboursOf(nodeId: string, edges: Edges): readonly string[] {
  const linked = edges.flatMap(({ from, to, kind }) => (kind !== 'link' ? [] : from === nodeId ? [to] : to === nodeId ? [from] : []));
  return [...new Set(linked)];
}

/** Two nodes with a link between them, by id; the smaller id first. */
export type Pair = readonly [string, string];

/** The links that do not end at a node, each once. @param hub the ways from it are drawn by themselves, with how they are */
export function linksBesides(hub: string, edges: Edges): readonly Pair[] {
  const pairs = new Map<string, Pair>();
  for (const { from, to, kind } of edges) {
    if (kind !== 'link' || from === to || from === hub || to === hub) continue;
    const pair: Pair = from < to ? [from, to] : [to, from];
    pairs.set(pair.join(' '), pair);
  }
  return [...pairs.values()];
}
