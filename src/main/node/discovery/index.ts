/** Finding nodes on the local network by multicast DNS. */
export { type Announcement, readPacket } from './announcement.ts';
export { type Advertised, Discovery, type DiscoveryListener, type DiscoveryOptions, type DiscoveryState } from './discovery.ts';
export { discoveryLimits } from './limits.ts';
export type { NearbyNode } from './nearby-table.ts';
