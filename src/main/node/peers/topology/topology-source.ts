import type { CarrierKind } from '../../../../common/contract/nodes.ts';

/** A node that belongs to the cluster, by its membership. */
export interface TopologyMember {
  readonly nodeId: string;
  readonly name: string;
  /** When it last proved its key to this node, milliseconds since the epoch; undefined: never. */
  readonly provenMs: number | undefined;
}

/** What the topology is made of; membership, links and federation know it. */
export interface TopologySource {
  /** Node id of this node. */
  readonly self: string;
  /** This node included; none while it is in no cluster. */
  members(): readonly TopologyMember[];
  /** The way that messages to a node take now; null: none. */
  via(nodeId: string): CarrierKind | null;
  /** Nodes that this one is linked with. */
  neighbours(): readonly string[];
  /** Nodes that a neighbour is linked with, as it says. */
  neighboursOf(neighbour: string): readonly string[];
  /** Bounds of the links of one node in this cluster as it is now. */
  degree(): { readonly least: number; readonly most: number };
  /** Dials at once whoever should be linked and is not. */
  redial(): void;
  /** Told when a way to a node, or the membership, is another. @returns stops it */
  onChange(listener: () => void): () => void;
  /** Told when this machine is on other networks than before. @returns stops it */
  onNetworkChange(listener: () => void): () => void;
}
