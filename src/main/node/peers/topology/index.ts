/** The graph of the peers: who is linked with whom, whether the cluster is in parts, and how the parts find each other again. */
export { type TopologyLimits, topologyLimits } from './limits.ts';
export { type Healing, Topology, type TopologyOptions, type TopologyView } from './topology.ts';
export type { TopologyMember, TopologySource } from './topology-source.ts';
