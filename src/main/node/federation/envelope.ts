/** The envelope around every message between nodes (wire.md 3), in its unsigned form. */
import { randomUUID } from 'node:crypto';
import { type ErrorCode, SignalboxError } from '../../../common/errors.ts';
import { federationLimits } from './limits.ts';
import { hasOnly, isOneOf, isPlainObject, isServiceId, isText, isWhole, type PlainObject } from './plain-checks.ts';

export const priorities = ['Low', 'Medium', 'High', 'Critical'] as const;

export interface Envelope {
  readonly message_id: string;
  readonly source_node_id: string;
  readonly target_node_id: string | null;
  /** Seconds since the epoch. */
  readonly timestamp: number;
  /** Seconds. */
  readonly ttl: number;
  readonly priority: (typeof priorities)[number];
  readonly is_encrypted: boolean;
  /** The message itself; text once it is signed. */
  readonly payload: PlainObject | string;
  readonly signature?: string | null;
  readonly cluster_id?: string;
  readonly epoch?: number;
  readonly seq?: number;
  readonly timestamp_ms?: number;
  readonly hops?: number;
}

type Check = (value: unknown) => boolean;

const messageIdPattern = /^[A-Za-z0-9-]{8,64}$/;
const mostSeconds = 4_294_967_295;
const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);

/** What each field must be. */
const envelopeChecks: Readonly<Record<keyof Envelope, Check>> = {
  message_id: (value) => typeof value === 'string' && messageIdPattern.test(value),
  source_node_id: isServiceId,
  target_node_id: (value) => value === null || isServiceId(value),
  timestamp: (value) => isWhole(value, 0, mostSeconds),
  ttl: (value) => isWhole(value, 0, federationLimits.ttlSeconds),
  priority: (value) => isOneOf(value, priorities),
  is_encrypted: (value) => typeof value === 'boolean',
  payload: (value) => typeof value === 'string' || isPlainObject(value),
  signature: optional((value) => value === null || isText(value, 128, 0)),
  cluster_id: optional((value) => isText(value, 128, 0)),
  epoch: optional((value) => isWhole(value, 0, mostSeconds)),
  seq: optional((value) => isWhole(value, 1, Number.MAX_SAFE_INTEGER)),
  timestamp_ms: optional((value) => isWhole(value, 0, Number.MAX_SAFE_INTEGER)),
  hops: optional((value) => isWhole(value, 0, 4)),
};
const envelopeFields = Object.entries(envelopeChecks);
const knownFields: ReadonlySet<string> = new Set(Object.keys(envelopeChecks));

/** The first field that is wrong, or undefined. */
function faultOf(value: unknown): string | undefined {
  if (!isPlainObject(value)) return 'it is no object';
  for (const [field, check] of envelopeFields) if (!check(value[field])) return field;
  return hasOnly(value, knownFields) ? undefined : 'unknown fields';
}

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
  const fault = faultOf(value);
  if (fault !== undefined) throw refusal('INVALID_PARAMS', `the envelope is not valid (${fault})`);
  const envelope = value as Envelope;
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
  /** Absent: a new one. */
  readonly messageId?: string;
  /** Absent: Medium. */
  readonly priority?: (typeof priorities)[number];
}

/**
 * The text of an envelope around router messages that are JSON text already, so that nothing is encoded twice.
 *
 * @param messages one or more; several only for nodes that announce `batch`
 */
export function sealRouterMessages(head: EnvelopeHead, messages: readonly string[]): string {
  return sealContent(head, routerContent(messages));
}

/** The text of an envelope around a NodeMessage that is JSON text already. */
export function sealContent(head: EnvelopeHead, content: string): string {
  const target = head.target === null ? 'null' : `"${head.target}"`;
  return (
    `{"message_id":"${head.messageId ?? randomUUID()}","source_node_id":"${head.source}","target_node_id":${target},` +
    `"timestamp":${Math.floor(head.nowMs / 1_000)},"timestamp_ms":${head.nowMs},"ttl":${head.ttlSeconds},` +
    `"epoch":${head.epoch},"seq":${head.seq},"priority":"${head.priority ?? 'Medium'}","is_encrypted":false,` +
    `"payload":${content}}`
  );
}

/** The NodeMessage around router messages that are JSON text already, as JSON text. */
export function routerContent(messages: readonly string[]): string {
  return messages.length === 1 ? `{"type":"Router","message":${messages[0]}}` : `{"type":"Router","messages":[${messages.join(',')}]}`;
}
