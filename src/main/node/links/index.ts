/** Direct links between nodes: TLS 1.3 with the proof of each node's key inside. */
export type { HandshakeParty, ProvenPeer } from './handshake.ts';
export { decodeProof, decodeRefusable, encodeProof, encodeRefusal, type Hello } from './hello.ts';
export { type LinkLimits, linkLimits } from './limits.ts';
export { Link, type LinkListener } from './link.ts';
export { type DialAddress, dialLink, overChannel } from './link-dialer.ts';
export { LinkDoor, type LinkDoorOptions } from './link-door.ts';
export type { LinkFollower } from './link-follower.ts';
export { LinkSession, type OpenedMessage } from './link-session.ts';
export { joinProtocol, PeerChannel } from './peer-channel.ts';
export { createThrowawayCertificate, type TlsIdentity } from './throwaway-certificate.ts';
