/** What passes between the members of a cluster: sessions, signed envelopes, signed presence. */
export { type ClusterView, clusterSource } from './cluster-view.ts';
export { secureLimits } from './limits.ts';
export type { Outbound, Unsent } from './member-session.ts';
export { MemberTraffic, type MemberTrafficOptions } from './member-traffic.ts';
export type { NodeMessage, NodeMessageHandler } from './node-messages.ts';
export { checkPresence, signPresence } from './presence-signature.ts';
