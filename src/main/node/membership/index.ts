/** This node as a member of a cluster: joining, the membership it keeps, the links to the other members. */
import type { Migration } from '../store/index.ts';
import { trustMigrations } from '../trust/index.ts';
import { contactMigrations } from './contacts.ts';

export { ClusterTrust } from './cluster-trust.ts';
export { type Address, formatAddress, parseAddress } from './contacts.ts';
export { GroupKeys } from './group-key/index.ts';
export type { JoinedCluster } from './join-guest.ts';
export type { NearbyDoors } from './join-nearby.ts';
export type { WaitingJoin } from './join-requests.ts';
export { joinByAsking, joinNearbyWithCode, joinWithCode } from './join-ways.ts';
export { joinWithFile } from './join-with-file.ts';
export { membershipLimits } from './limits.ts';
export { type MembershipChange, MembershipPart, type MembershipPartOptions } from './membership-part.ts';
export { withFormerSecrets } from './secrets.ts';

/** Tables of the membership in the node's store. */
export const membershipTables: readonly Migration[] = [...trustMigrations, ...contactMigrations];
