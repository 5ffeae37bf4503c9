/** Sessions between two nodes: who is at the other end, which keys they share, and messages under them. */
export { PeerSessions } from './peer-sessions.ts';
export {
  type AgreedSession,
  type AgreementParties,
  acceptSession,
  agreementKind,
  agreementSender,
  type OpenOffer,
  offerSession,
} from './session-agreement.ts';
export { type DirectionKeys, deriveSessionKeys, type SessionKeys, type SessionSecret } from './session-keys.ts';
export {
  readSessionHead,
  type SessionForm,
  type SessionHead,
  SessionReceiver,
  SessionSender,
  sessionForms,
} from './session-message.ts';
export {
  brokerExporterLabel,
  checkSessionProof,
  type ExpectedPeer,
  type Handshake,
  type HandshakeRole,
  helloDigest,
  type ProofPurpose,
  proveSession,
  type SessionProof,
  sessionExporterLabel,
  sessionKeysContext,
  sessionKeysExporterLabel,
  sessionKeysOfLink,
} from './session-proof.ts';
export { isSessionRefusal, readSessionRefusal, refuseSession } from './session-refusal.ts';
