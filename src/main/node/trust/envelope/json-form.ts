/** The JSON form of a signed envelope (wire.md 3): the seed's fields, and beside them what is signed. */
import { z } from 'zod';
import { parseGuarded } from '../../../../common/wire/guarded-json.ts';
import { fromBase64url, nodeIdOf, publicKeyOf, signatureBytes, toBase64url } from '../../identity/index.ts';
import { toHex } from '../digest.ts';
import { trustLimits } from '../limits.ts';
import { refusal } from '../refusal.ts';
import { checkEnvelopeFields, envelopePriorities, messageIdBytes, messageIdText, type SignedEnvelope, sealedType } from './envelope.ts';

const nodeId = z.string().length(54);

const schema = z.strictObject({
  message_id: z.string().length(36),
  source_node_id: nodeId,
  target_node_id: nodeId.nullable(),
  timestamp: z.number().int().min(0),
  ttl: z.number().int().min(0).max(trustLimits.ttlSeconds),
  priority: z.enum(envelopePriorities),
  is_encrypted: z.boolean(),
  /** The exact text that is signed. */
  payload: z.string(),
  signature: z.string().length(86),
  cluster_id: z.string().regex(/^[0-9a-f]{64}$/),
  epoch: z.number().int().min(0).max(0xffff_ffff),
  seq: z.number().int().min(1),
  timestamp_ms: z.number().int().min(0),
  /** Not signed: counted up by whoever passes it on. */
  hops: z.number().int().min(0).max(trustLimits.hops).optional(),
});

/** The JSON object of a signed envelope; its `payload` is text. */
export type JsonEnvelope = z.infer<typeof schema>;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * The JSON object of an envelope whose payload is the JSON text of one message, or sealed. Batches have the binary form alone.
 *
 * @param hops relays it has passed
 * @throws SignalboxError `INVALID_PARAMS` for a batch, and for a payload that is not the text of a message of its type
 */
export function toJsonEnvelope(envelope: SignedEnvelope, hops?: number): JsonEnvelope {
  if (envelope.batch) throw invalid('a batch has no JSON form');
  return {
    message_id: messageIdText(envelope.messageId),
    source_node_id: nodeIdOf(envelope.source),
    target_node_id: envelope.target === null ? null : nodeIdOf(envelope.target),
    timestamp: Math.floor(envelope.timestampMs / 1_000),
    ttl: envelope.ttlSeconds,
    priority: envelope.priority,
    is_encrypted: envelope.encrypted,
    payload: payloadText(envelope),
    signature: toBase64url(envelope.signature),
    cluster_id: toHex(envelope.clusterId),
    epoch: envelope.epoch,
    seq: envelope.seq,
    timestamp_ms: envelope.timestampMs,
    ...(hops !== undefined && { hops }),
  };
}

/**
 * Reads the JSON form. Everything has one text: ids, numbers and the signature that would read as another envelope are refused.
 *
 * @param value parsed JSON
 * @throws SignalboxError `INVALID_PARAMS`, `TOO_LARGE`, `KEY_WEAK` for the id of a weak key
 */
export function fromJsonEnvelope(value: unknown): { readonly envelope: SignedEnvelope; readonly hops: number } {
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw invalid(`${parsed.error.issues[0]?.path.join('.') || 'its shape'} is not as it must be`);
  const json = parsed.data;
  if (json.timestamp !== Math.floor(json.timestamp_ms / 1_000)) throw invalid('its two times differ');
  const { type, payload } = readPayload(json);
  const envelope: SignedEnvelope = {
    clusterId: new Uint8Array(Buffer.from(json.cluster_id, 'hex')),
    messageId: messageIdBytes(json.message_id),
    source: publicKeyOf(json.source_node_id),
    target: json.target_node_id === null ? null : publicKeyOf(json.target_node_id),
    timestampMs: json.timestamp_ms,
    ttlSeconds: json.ttl,
    priority: json.priority,
    encrypted: json.is_encrypted,
    batch: false,
    epoch: json.epoch,
    seq: json.seq,
    type,
    payload,
    signature: fromBase64url(json.signature, 'signature', signatureBytes),
  };
  checkEnvelopeFields(envelope);
  return { envelope, hops: json.hops ?? 0 };
}

/** An envelope is flat: what is nested in the payload is text here. */
const jsonBounds = { depth: 1, keys: 20 } as const;

/**
 * Reads the text of a JSON envelope.
 *
 * @throws SignalboxError as {@link fromJsonEnvelope}, and `BAD_REQUEST` for text that is no JSON
 */
export function parseJsonEnvelope(text: string): ReturnType<typeof fromJsonEnvelope> {
  return fromJsonEnvelope(parseGuarded(text, jsonBounds));
}

/** The payload type of a NodeMessage's tag: lower case with dashes (`BlockResponse`: `block-response`). */
export function payloadTypeOf(messageTag: string): string {
  return messageTag.replaceAll(/(?<=[a-z0-9])(?=[A-Z])/g, '-').toLowerCase();
}

const sealedPrefix = '{"type":"Sealed","data":"';
const sealedSuffix = '"}';

function payloadText(envelope: SignedEnvelope): string {
  if (envelope.encrypted) return `${sealedPrefix}${toBase64url(envelope.payload)}${sealedSuffix}`;
  const text = textOf(envelope.payload);
  if (tagType(text) !== envelope.type) throw invalid('its payload is not of the type it names');
  return text;
}

function readPayload({ payload, is_encrypted }: JsonEnvelope): { readonly type: string; readonly payload: Uint8Array } {
  if (is_encrypted) {
    if (!payload.startsWith(sealedPrefix) || !payload.endsWith(sealedSuffix))
      throw invalid('it says that its payload is sealed, and it is not');
    const data = payload.slice(sealedPrefix.length, -sealedSuffix.length);
    return { type: sealedType, payload: fromBase64url(data, 'sealed payload') };
  }
  const bytes = new Uint8Array(Buffer.from(payload, 'utf8'));
  // A lone surrogate becomes another character in UTF-8: the text and the signed bytes would differ.
  if (textOf(bytes) !== payload) throw invalid('its payload is no valid text');
  return { type: tagType(payload), payload: bytes };
}

function textOf(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw invalid('its payload is no UTF-8');
  }
}

const leadingTag = /^\{"type":"([A-Za-z0-9]{1,64})"[,}]/;

/** The tag stands first, so that it is known before the text is parsed and cannot be there twice with another meaning. */
function tagType(text: string): string {
  const messageTag = leadingTag.exec(text)?.[1];
  if (messageTag === undefined) throw invalid('its payload does not begin with its type');
  return payloadTypeOf(messageTag);
}

function invalid(why: string) {
  return refusal('INVALID_PARAMS', `The envelope is not valid: ${why}.`);
}
