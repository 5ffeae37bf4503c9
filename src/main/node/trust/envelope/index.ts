/** Envelopes: what they say, who signed it, and what only the receiver can read. */
export { decodeBatch, encodeBatch } from './batch.ts';
export { binaryEnvelopeVersion, decodeEnvelope, encodeEnvelope } from './binary-form.ts';
export {
  type EnvelopeFields,
  type EnvelopePriority,
  envelopeBytes,
  envelopePriorities,
  messageIdBytes,
  messageIdText,
  type SignedEnvelope,
  sealedType,
} from './envelope.ts';
export { fromJsonEnvelope, type JsonEnvelope, parseJsonEnvelope, payloadTypeOf, toJsonEnvelope } from './json-form.ts';
export { type GroupKey, openForGroup, openForNode, type SealedPlace, sealForGroup, sealForNode } from './sealing.ts';
export { EnvelopeSender, type EnvelopeSenderOptions, type OutgoingMessage } from './sender.ts';
export { checkSignature, signEnvelope } from './signing.ts';
