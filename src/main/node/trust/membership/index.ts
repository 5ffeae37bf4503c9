/** Who belongs to a cluster: its founding, and a log that admins sign. */
export { clusterIdOf, decodeGenesis, encodeGenesis, foundCluster, type Genesis } from './genesis.ts';
export { type Accepted, Membership, membershipMigrations } from './membership.ts';
export { type Change, type Insertion, MembershipLog } from './membership-log.ts';
export { isRoles, type NodeRole, nodeRoles, roleBits, rolesOf } from './node-roles.ts';
export {
  decodeOperation,
  type Operation,
  type OperationFields,
  type OperationKind,
  operationBytes,
  operationKinds,
  signOperation,
} from './operation.ts';
export type { AnnouncedGroupKey, Authority, Member, MembershipState, Removal } from './state.ts';
