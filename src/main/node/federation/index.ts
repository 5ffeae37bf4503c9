/** The node among others: MQTT broker, link, presence, calls and events between nodes. */
export { federationMigrations } from './epoch-store.ts';
export { Federation } from './federation.ts';
export type { FederationOptions } from './federation-options.ts';
export { EmbeddedHub } from './hub/embedded-hub.ts';
export { type BrokerAddress, type LinkTarget, readLinkTarget } from './link-target.ts';
export type { LinkState } from './mqtt-link.ts';
export type { KnownNode } from './node-directory.ts';
export { federationIsOff } from './reachable.ts';
export { type ClusterView, clusterSource } from './secure/index.ts';
