import type { KnownKeys, Signer } from '../../identity/index.ts';
import { refusal } from '../refusal.ts';
import { checkEnvelopeFields, type EnvelopeFields, envelopeBytes, type SignedEnvelope } from './envelope.ts';

/**
 * Signs an envelope. Its source must be the signer.
 *
 * @throws SignalboxError `INVALID_PARAMS`, `TOO_LARGE`
 */
export function signEnvelope(fields: EnvelopeFields, signer: Signer): SignedEnvelope {
  checkEnvelopeFields(fields);
  return { ...fields, signature: signer.sign(envelopeBytes(fields)) };
}

/**
 * Checks that the source named in an envelope signed exactly this.
 *
 * @throws SignalboxError `BAD_SIGNATURE`, `KEY_WEAK`
 */
export function checkSignature(envelope: SignedEnvelope, keys: KnownKeys): void {
  if (!keys.isSigned(envelope.source, envelopeBytes(envelope), envelope.signature))
    throw refusal('BAD_SIGNATURE', 'A message from another node was refused: its signature is not that of the node it names.');
}
