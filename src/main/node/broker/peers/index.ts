/** The other brokers: connections, snapshots, who belongs to a group. `membership-source.ts` and `node-peer-trust.ts` are for the thread that has the node's key. */
export { BrokerPeers, type BrokerPeersOptions, type BrokerSelf } from './broker-peers.ts';
export type { GroupSighting } from './group-announcements.ts';
export type { JoinProgress, JoinRequest } from './group-membership.ts';
export type { AskedAddress } from './leader-asker.ts';
export { type PeerLimits, peerLimits } from './limits.ts';
export type { PeerTrust } from './peer-trust.ts';
export { PortPeerTrust } from './port-peer-trust.ts';
export { brokerProtocol, type GroupControl, type GroupLoad, type PeerDoor, type PeerReceiver, type PeerSender } from './types.ts';
