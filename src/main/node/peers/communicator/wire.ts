/** What passes between communicators: batches of envelopes, and what was taken of them (wire.md 3). */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { type PeerPriority, peerPriorities } from '../../../../common/contract/peers.ts';
import { errorCodes, SignalboxError } from '../../../../common/errors.ts';
import { communicatorLimits } from './limits.ts';

export const batchType = 'Envelopes';
export const takenType = 'EnvelopesTaken';

const messageId = z.string().regex(/^[A-Za-z0-9-]{8,64}$/);
const nodeId = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/);
const sequence = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);

/** What a message says: plain data with a type; its handler checks the rest. */
const payloadSchema = z.looseObject({ type: z.string().regex(/^[A-Za-z][A-Za-z0-9]{0,63}$/) });

/** An envelope in a batch: the session proves it, so it has no signature of its own. */
const envelopeSchema = z
  .strictObject({
    message_id: messageId,
    source_node_id: nodeId,
    target_node_id: nodeId.nullable(),
    /** Seconds since the epoch. */
    timestamp: z.number().int().min(0).max(4_294_967_295),
    timestamp_ms: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER),
    ttl: z.number().int().min(0).max(communicatorLimits.ttlSeconds),
    priority: z.enum(peerPriorities),
    is_encrypted: z.literal(false),
    /** Its sender keeps it over a restart and may send it again after one of ours. */
    durable: z.literal(true).optional(),
    payload: payloadSchema,
  })
  .refine(({ timestamp, timestamp_ms: ms }) => timestamp === Math.floor(ms / 1_000), 'timestamp and timestamp_ms differ');
export type BatchEnvelope = z.infer<typeof envelopeSchema>;

const batchSchema = z.strictObject({
  type: z.literal(batchType),
  seq: sequence,
  envelopes: z.array(envelopeSchema).min(1).max(communicatorLimits.batchMessages),
});

const takenSchema = z.strictObject({
  type: z.literal(takenType),
  seq: sequence,
  refused: z
    .array(z.strictObject({ message_id: messageId, code: z.string().max(64), message: z.string().max(512) }))
    .max(communicatorLimits.batchMessages),
});
export type Taken = z.infer<typeof takenSchema>;
export type Refusal = Taken['refused'][number];

/** Types that are no content: what holds messages is no message itself (security.md row 33, nested batch). */
const carriers: ReadonlySet<string> = new Set([batchType, takenType, 'Router']);

/**
 * Checks a batch as a whole: nothing of one with a fault has an effect (security.md row 33).
 *
 * @param source the node that sent it, proven
 * @param self this node
 * @throws SignalboxError `INVALID_PARAMS`; `BAD_SIGNATURE` for one that holds messages of another node
 */
export function readBatch(message: unknown, source: string, self: string): z.infer<typeof batchSchema> {
  const parsed = batchSchema.safeParse(message);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw refused(`its shape is wrong (${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''})`);
  }
  const ids = new Set<string>();
  for (const { message_id: id, source_node_id: from, target_node_id: to, payload } of parsed.data.envelopes) {
    if (from !== source)
      throw new SignalboxError('BAD_SIGNATURE', 'A batch of messages was refused: one of them is in the name of another node.', {
        executed: 'no',
      });
    if (to !== null && to !== self) throw refused('one of them is for another node');
    if (carriers.has(payload.type)) throw refused('one of them is a batch itself');
    if (ids.has(id)) throw refused('two of them have the same id');
    ids.add(id);
  }
  return parsed.data;
}

/** @throws SignalboxError `INVALID_PARAMS` */
export function readTaken(message: unknown): Taken {
  const parsed = takenSchema.safeParse(message);
  if (parsed.success) return parsed.data;
  throw new SignalboxError('INVALID_PARAMS', 'What a peer says it has taken is not valid.', { executed: 'no' });
}

function refused(why: string): SignalboxError {
  return new SignalboxError('INVALID_PARAMS', `A batch of messages was refused: ${why}.`, { executed: 'no' });
}

/** What stands on the envelope of a message. */
export interface EnvelopeHead {
  readonly messageId: string;
  readonly source: string;
  readonly target: string;
  readonly timestampMs: number;
  readonly ttlSeconds: number;
  readonly priority: PeerPriority;
  readonly durable: boolean;
}

/** The text of an envelope around content that is JSON text already, so that nothing is encoded twice. */
export function envelopeText(head: EnvelopeHead, payload: string): string {
  return (
    `{"message_id":"${head.messageId}","source_node_id":"${head.source}","target_node_id":"${head.target}",` +
    `"timestamp":${Math.floor(head.timestampMs / 1_000)},"timestamp_ms":${head.timestampMs},"ttl":${head.ttlSeconds},` +
    `"priority":"${head.priority}","is_encrypted":false,${head.durable ? '"durable":true,' : ''}"payload":${payload}}`
  );
}

export function batchText(seq: number, envelopes: readonly string[]): string {
  return `{"type":"${batchType}","seq":${seq},"envelopes":[${envelopes.join(',')}]}`;
}

export function takenText(seq: number, refusals: readonly Refusal[]): string {
  return JSON.stringify({ type: takenType, seq, refused: refusals });
}

/** What a peer is told of a message that was refused. The code says what to do about it; a text of any length is cut. */
export function refusalOf(id: string, error: SignalboxError): Refusal {
  return { message_id: id, code: error.code, message: error.message.slice(0, 512) };
}

/** The error that a peer answered with. */
export function errorOf({ code, message }: Refusal): SignalboxError {
  return (errorCodes as readonly string[]).includes(code)
    ? SignalboxError.fromShape({ code, message })
    : new SignalboxError('INTERNAL', message, { data: { unknownCode: code } });
}

/** A UUIDv7: 48 bits of time, then chance, so that a restored data folder never makes an id twice (security.md row 39). */
export function newMessageId(nowMs: number): string {
  const time = Math.max(0, Math.floor(nowMs)).toString(16).padStart(12, '0').slice(-12);
  const chance = randomUUID();
  // Joined it is one piece of memory. Added up it would stay a tree of several, and the collector walks those of all messages that wait.
  return [time.slice(0, 8), time.slice(8), `7${chance.slice(15)}`].join('-');
}
