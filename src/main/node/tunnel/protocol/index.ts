export { decodeFrame, messagesOf } from './decode.ts';
export {
  controlRoom,
  type Dialect,
  dataRoom,
  encodeFrame,
  headRoom,
  writeClose,
  writeControl,
  writeData,
  writeDataEnd,
  writeGoAway,
  writeRequest,
  writeReset,
  writeResponse,
  writeWindowUpdate,
} from './encode.ts';
export {
  agentSignature,
  channelBinding,
  gatewayProof,
  type HandshakeTranscript,
  handshakeSkewMs,
  isNonce,
  type LegacyTranscript,
  legacySignature,
  newChallenge,
  newNonce,
  newSecret,
  noChannel,
  verifyAgentSignature,
  verifyGatewayProof,
  verifyLegacySignature,
} from './handshake.ts';
export { protocolLimits } from './limits.ts';
export * from './messages.ts';
export { UnreadableFrameError } from './wire-reader.ts';
export { varintBytes, WireWriter, wireTypes } from './wire-writer.ts';
