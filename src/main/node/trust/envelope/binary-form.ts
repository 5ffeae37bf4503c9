/** The binary form of an envelope, for direct links and for MQTT between nodes that announce `envelope-binary` (security.md 2.5). */
import { signatureBytes } from '../../identity/index.ts';
import { ByteReader } from '../byte-reader.ts';
import { trustLimits } from '../limits.ts';
import { refusal } from '../refusal.ts';
import {
  checkEnvelopeFields,
  envelopeFlags,
  envelopeHeadBytes,
  envelopePriorities,
  type SignedEnvelope,
  targetOf,
  writeEnvelopeHead,
} from './envelope.ts';

/** First byte of the binary form. */
export const binaryEnvelopeVersion = 1;

/** version ‖ the signed bytes without tag, cluster and digest ‖ payload ‖ signature. The cluster is that of the link. */
export function encodeEnvelope(envelope: SignedEnvelope): Uint8Array {
  const headBytes = envelopeHeadBytes(envelope.type);
  const bytes = Buffer.allocUnsafe(1 + headBytes + envelope.payload.length + signatureBytes);
  bytes.writeUInt8(binaryEnvelopeVersion, 0);
  writeEnvelopeHead(bytes, 1, envelope);
  bytes.set(envelope.payload, 1 + headBytes);
  bytes.set(envelope.signature, 1 + headBytes + envelope.payload.length);
  return bytes;
}

/**
 * Reads the binary form. The parts are views of what was given.
 *
 * @param clusterId of the link it came over; the signature fails when it was made for another
 * @throws SignalboxError `VERSION`, `INVALID_PARAMS`, `TOO_LARGE`
 */
export function decodeEnvelope(bytes: Uint8Array, clusterId: Uint8Array): SignedEnvelope {
  const reader = new ByteReader(bytes, 'envelope');
  const version = reader.u8();
  if (version !== binaryEnvelopeVersion)
    throw refusal('VERSION', `A message from another node has the form ${version}, which this version does not know. Update this node.`);
  const messageId = reader.take(16);
  const source = reader.take(32);
  const target = targetOf(reader.take(32));
  const timestampMs = reader.u64();
  const ttlSeconds = reader.u32();
  const priority = envelopePriorities[reader.u8()];
  if (priority === undefined) throw reader.invalid('there is no such priority');
  const flags = reader.u8();
  if ((flags & ~(envelopeFlags.encrypted | envelopeFlags.batch)) !== 0) throw reader.invalid('it has flags that nobody knows');
  const epoch = reader.u32();
  const seq = reader.u64();
  const type = reader.text(trustLimits.payloadTypeBytes);
  const payloadBytes = reader.u32();
  if (payloadBytes > trustLimits.payloadBytes) throw refusal('TOO_LARGE', `The envelope claims a payload of ${payloadBytes} bytes.`);
  const payload = reader.take(payloadBytes);
  const signature = reader.take(signatureBytes);
  reader.end();
  const encrypted = (flags & envelopeFlags.encrypted) !== 0;
  const batch = (flags & envelopeFlags.batch) !== 0;
  const envelope = {
    clusterId,
    messageId,
    source,
    target,
    timestampMs,
    ttlSeconds,
    priority,
    encrypted,
    batch,
    epoch,
    seq,
    type,
    payload,
    signature,
  };
  checkEnvelopeFields(envelope);
  return envelope;
}
