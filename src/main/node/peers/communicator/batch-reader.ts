import { type PeerPriority, peerPriorities } from '../../../../common/contract/peers.ts';
import { SignalboxError } from '../../../../common/errors.ts';
import type { PeerMessage } from '../types.ts';
import { communicatorLimits } from './limits.ts';
import { batchType, messageIdPattern, takenType } from './wire.ts';

const { batchMessages, ttlSeconds: mostTtlSeconds } = communicatorLimits;

/** An envelope in a batch: the session proves it, so it has no signature of its own. */
export interface BatchEnvelope {
  readonly message_id: string;
  readonly source_node_id: string;
  readonly target_node_id: string | null;
  /** Seconds since the epoch. */
  readonly timestamp: number;
  readonly timestamp_ms: number;
  readonly ttl: number;
  readonly priority: PeerPriority;
  readonly is_encrypted: false;
  /** Its sender keeps it over a restart and may send it again after one of ours. */
  readonly durable?: true;
  /** What it says: plain data with a type; its handler checks the rest. */
  readonly payload: PeerMessage;
}

export interface ReceivedBatch {
  readonly seq: number;
  readonly envelopes: readonly BatchEnvelope[];
}

type Fields = Readonly<Record<string, unknown>>;
type Check = (value: unknown) => boolean;

/** Types that are no content: what holds messages is no message itself (security.md row 33, nested batch). */
const carriers: ReadonlySet<string> = new Set([batchType, takenType, 'Router']);
const priorities: ReadonlySet<unknown> = new Set(peerPriorities);

const isNodeId = isText(/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/);
const isType = isText(/^[A-Za-z][A-Za-z0-9]{0,63}$/);
const isSequence = isCount(Number.MAX_SAFE_INTEGER);

/**
 * What each field of an envelope must be. A schema of zod says the same and makes four kilobytes of garbage for each message: half of what a
 * busy receiver does.
 */
const required: readonly (readonly [keyof BatchEnvelope, Check])[] = [
  ['message_id', isText(messageIdPattern)],
  ['source_node_id', isNodeId],
  ['target_node_id', (value) => value === null || isNodeId(value)],
  ['timestamp', isCount(4_294_967_295)],
  ['timestamp_ms', isCount(Number.MAX_SAFE_INTEGER)],
  ['ttl', isCount(mostTtlSeconds)],
  ['priority', (value) => priorities.has(value)],
  ['is_encrypted', (value) => value === false],
  ['payload', (value) => isObject(value) && isType(value.type)],
];
const batchFields = 3;

/**
 * Checks a batch as a whole: nothing of one with a fault has an effect (security.md row 33).
 *
 * @param message plain data
 * @param source the node that sent it, proven
 * @param self this node
 * @throws SignalboxError `INVALID_PARAMS`; `BAD_SIGNATURE` for one that holds messages of another node
 */
export function readBatch(message: unknown, source: string, self: string): ReceivedBatch {
  if (!isObject(message) || message.type !== batchType || !isSequence(message.seq)) throw misshapen('seq');
  const { envelopes } = message;
  if (!Array.isArray(envelopes) || envelopes.length === 0 || envelopes.length > batchMessages) throw misshapen('envelopes');
  if (Object.keys(message).length !== batchFields) throw misshapen('a field that nobody knows');
  const ids = new Set<string>();
  for (const envelope of envelopes as readonly unknown[]) {
    checkShape(envelope);
    checkMeaning(envelope, source, self);
    if (ids.has(envelope.message_id)) throw refused('two of them have the same id');
    ids.add(envelope.message_id);
  }
  return message as unknown as ReceivedBatch;
}

function checkShape(envelope: unknown): asserts envelope is BatchEnvelope {
  if (!isObject(envelope)) throw misshapen('envelopes');
  for (const [field, isValid] of required) if (!isValid(envelope[field])) throw misshapen(field);
  const { durable } = envelope;
  if (durable !== undefined && durable !== true) throw misshapen('durable');
  const known = durable === undefined ? required.length : required.length + 1;
  if (Object.keys(envelope).length !== known) throw misshapen('a field that nobody knows');
}

function checkMeaning(envelope: BatchEnvelope, source: string, self: string): void {
  const { source_node_id: from, target_node_id: to, timestamp, timestamp_ms: ms, payload } = envelope;
  if (timestamp !== Math.floor(ms / 1_000)) throw misshapen('timestamp and timestamp_ms differ');
  if (from !== source)
    throw new SignalboxError('BAD_SIGNATURE', 'A batch of messages was refused: one of them is in the name of another node.', {
      executed: 'no',
    });
  if (to !== null && to !== self) throw refused('one of them is for another node');
  if (carriers.has(payload.type)) throw refused('one of them is a batch itself');
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isText(pattern: RegExp): Check {
  return (value) => typeof value === 'string' && pattern.test(value);
}

function isCount(most: number): Check {
  return (value) => Number.isInteger(value) && (value as number) >= 0 && (value as number) <= most;
}

/** @param what is wrong with its shape */
function misshapen(what: string): SignalboxError {
  return refused(`its shape is wrong (${what})`);
}

function refused(why: string): SignalboxError {
  return new SignalboxError('INVALID_PARAMS', `A batch of messages was refused: ${why}.`, { executed: 'no' });
}
