/** This node and its peers: messages, health, standing, recovery and topology. */
export { peerChoiceMigrations } from './health/peer-choices.ts';
export { PeersPart, type PeersPartOptions, type PeerTimes } from './peers-part.ts';
