/** The envelope around every message between nodes (wire.md 3), in its unsigned form. */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { type ErrorCode, SignalboxError } from '../../../common/errors.ts';
import { federationLimits } from './limits.ts';
import { serviceIdPattern } from './topics.ts';

export const priorities = ['Low', 'Medium', 'High', 'Critical'] as const;

const serviceId = z.string().regex(serviceIdPattern);

const envelopeSchema = z.strictObject({
  message_id: z.string().regex(/^[A-Za-z0-9-]{8,64}$/),
  source_node_id: serviceId,
  target_node_id: serviceId.nullable(),
  /** Seconds since the epoch. */
  timestamp: z.number().int().min(0).max(4_294_967_295),
  /** Seconds. */
  ttl: z.number().int().min(0).max(federationLimits.ttlSeconds),
  priority: z.enum(priorities),
  is_encrypted: z.boolean(),
  /** The message itself; text once it is signed. */
  payload: z.union([z.record(z.string(), z.unknown()), z.string()]),
  signature: z.string().max(128).nullish(),
  cluster_id: z.string().max(128).optional(),
  epoch: z.number().int().min(0).max(4_294_967_295).optional(),
  seq: z.number().int().min(1).max(Number.MAX_SAFE_INTEGER).optional(),
  timestamp_ms: z.number().int().min(0).optional(),
  hops: z.number().int().min(0).max(4).optional(),
});
export type Envelope = z.infer<typeof envelopeSchema>;

export interface EnvelopeChecks {
  /** This node. */
  readonly nodeId: string;
  /** Milliseconds since the epoch. */
  readonly nowMs: number;
  /** How far the sender's clock is ahead of ours; undefined while unmeasured. */
  readonly offsetMs: (nodeId: string) => number | undefined;
  /** An envelope of the node is about to be refused for its time. */
  readonly onTimeRefused: (nodeId: string) => void;
}

/** True for a value that claims to be an envelope; anything else is a bare message. */
export function looksLikeEnvelope(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'message_id' in value;
}

/**
 * Checks an envelope that came in, cheap things first (security.md 2.6).
 *
 * @throws SignalboxError `INVALID_PARAMS` (shape, another target, encryption flag), `BAD_SIGNATURE` (signed: this version cannot
 *   check it and does not pretend to), `FUTURE`, `EXPIRED`
 */
export function checkEnvelope(value: unknown, checks: EnvelopeChecks): Envelope {
  const parsed = envelopeSchema.safeParse(value);
  if (!parsed.success) throw refusal('INVALID_PARAMS', `the envelope is not valid (${parsed.error.issues[0]?.path.join('.') ?? ''})`);
  const envelope = parsed.data;
  if (envelope.target_node_id !== null && envelope.target_node_id !== checks.nodeId)
    throw refusal('INVALID_PARAMS', 'it is for another node');
  checkTime(envelope, checks);
  if (envelope.is_encrypted) throw refusal('DECRYPT', 'it is encrypted, and no key was agreed with the sender');
  if (typeof envelope.payload === 'string' || (envelope.signature ?? '') !== '')
    throw refusal('BAD_SIGNATURE', 'it is signed, and this node is in no cluster whose keys could check it');
  return envelope;
}

function checkTime(envelope: Envelope, { nowMs, offsetMs, onTimeRefused }: EnvelopeChecks): void {
  const sentMs = sentAtMs(envelope);
  const offset = offsetMs(envelope.source_node_id);
  const senderNowMs = nowMs + (offset ?? 0);
  const toleranceMs = federationLimits.clockToleranceMs;
  const isEarly = sentMs > senderNowMs + toleranceMs;
  const isLate = senderNowMs > sentMs + envelope.ttl * 1_000 + toleranceMs;
  if (!isEarly && !isLate) return;
  onTimeRefused(envelope.source_node_id);
  throw isEarly ? refusal('FUTURE', 'its time lies in the future: one of the clocks is wrong') : refusal('EXPIRED', 'it came too late');
}

/** When it was sent, by the sender's clock, milliseconds since the epoch. */
export function sentAtMs(envelope: Envelope): number {
  return envelope.timestamp_ms ?? envelope.timestamp * 1_000;
}

function refusal(code: ErrorCode, why: string): SignalboxError {
  return new SignalboxError(code, `A message from another node was refused: ${why}.`, { executed: 'no' });
}

export interface EnvelopeHead {
  readonly source: string;
  /** Null: every node. */
  readonly target: string | null;
  readonly ttlSeconds: number;
  readonly epoch: number;
  readonly seq: number;
  readonly nowMs: number;
}

/**
 * The text of an envelope around router messages that are JSON text already, so that nothing is encoded twice.
 *
 * @param messages one or more; several only for nodes that announce `batch`
 */
export function sealRouterMessages(head: EnvelopeHead, messages: readonly string[]): string {
  const target = head.target === null ? 'null' : `"${head.target}"`;
  const content = messages.length === 1 ? `"message":${messages[0]}` : `"messages":[${messages.join(',')}]`;
  return (
    `{"message_id":"${randomUUID()}","source_node_id":"${head.source}","target_node_id":${target},` +
    `"timestamp":${Math.floor(head.nowMs / 1_000)},"timestamp_ms":${head.nowMs},"ttl":${head.ttlSeconds},` +
    `"epoch":${head.epoch},"seq":${head.seq},"priority":"Medium","is_encrypted":false,` +
    `"payload":{"type":"Router",${content}}}`
  );
}

const routerPayloadSchema = z.union([
  z.strictObject({ type: z.literal('Router'), message: z.unknown() }),
  z.strictObject({ type: z.literal('Router'), messages: z.array(z.unknown()).min(1).max(federationLimits.batchMessages) }),
]);

/**
 * The router messages in an envelope.
 *
 * @throws SignalboxError `BAD_REQUEST` for a payload of another type, `INVALID_PARAMS` for a malformed one
 */
export function routerMessagesOf(envelope: Envelope): readonly unknown[] {
  const { payload } = envelope;
  if (typeof payload === 'string' || payload.type !== 'Router') throw refusal('BAD_REQUEST', 'it carries nothing for the router');
  const parsed = routerPayloadSchema.safeParse(payload);
  if (!parsed.success) throw refusal('INVALID_PARAMS', 'its payload is not valid');
  return 'messages' in parsed.data ? parsed.data.messages : [parsed.data.message];
}
