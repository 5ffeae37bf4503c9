/** Messages of the consensus core as frames between brokers: consensus fields in the header, log entries as bytes in the payload. */
import { z } from 'zod';
import { SignalboxError } from '../../../../common/errors.ts';
import type { BrokerId, CoreMessage, EntryKind, GroupId, LogEntry, LogPosition } from '../core/types.ts';
import { asBuffer, LayoutReader, writeU64 } from '../machine/bytes.ts';
import { encodeBinary, frameTypes } from './binary-frame.ts';
import { protocolLimits } from './limits.ts';

/** `u64 index | u64 term | u8 kind | u32 checksum | u32 length`. */
const entryHeadBytes = 25;
const entryKinds: readonly EntryKind[] = ['noop', 'commands', 'configuration'];

/** What a broker says of itself beside the consensus fields, under the names of the first system (wire.md 4); for people and older tools. */
export interface SenderNote {
  readonly brokerId: BrokerId;
  readonly role: 'leader' | 'replica';
  /** Version of the membership. */
  readonly clusterVersion: number;
  /** Wall clock, milliseconds since the epoch. Nothing is decided by it. */
  readonly timestampMs: number;
}

const typeOf = {
  REPLICATE: frameTypes.replicate,
  REPLICATE_ACK: frameTypes.replicateAck,
  HEARTBEAT: frameTypes.heartbeat,
  ELECTION_REQUEST: frameTypes.electionRequest,
  ELECTION_ANSWER: frameTypes.electionAnswer,
  TIMEOUT_NOW: frameTypes.timeoutNow,
  SNAPSHOT_OFFER: frameTypes.snapshotOffer,
} as const satisfies Record<CoreMessage['type'], number>;

/** True for a frame type that {@link decodeCoreMessage} reads. */
export function isCoreType(type: number): boolean {
  return type >= frameTypes.replicate && type <= frameTypes.snapshotOffer;
}

/** Entries as bytes, made once for all members: the core gives the same array to those who get the same. */
const encodedEntries = new WeakMap<readonly LogEntry[], readonly Uint8Array[]>();

/** A message of the core as a whole frame in pieces; data of entries are not copied. */
export function encodeCoreMessage(groupId: GroupId, message: CoreMessage, sender?: SenderNote): readonly Uint8Array[] {
  const fields = { group: groupId, term: message.term, ...senderFields(sender), ...fieldsOf(message, sender) };
  const payload = message.type === 'REPLICATE' ? entryPieces(message.entries) : [];
  return encodeBinary(typeOf[message.type], 0, fields, payload);
}

function senderFields(sender: SenderNote | undefined): Record<string, unknown> {
  if (sender === undefined) return {};
  return {
    broker_id: sender.brokerId,
    role: sender.role,
    cluster_version: sender.clusterVersion,
    timestamp: sender.timestampMs / 1_000,
  };
}

function fieldsOf(message: CoreMessage, sender: SenderNote | undefined): Record<string, unknown> {
  switch (message.type) {
    case 'REPLICATE': {
      const { previous, commitIndex, readRound, entries } = message;
      return { previous, commit_index: commitIndex, read_round: readRound, count: entries.length };
    }
    case 'REPLICATE_ACK': {
      const { ok, matchIndex, receivedIndex, conflict, readRound } = message;
      return { ok, match_index: matchIndex, received_index: receivedIndex, conflict, read_round: readRound };
    }
    case 'HEARTBEAT':
      return { commit_index: message.commitIndex, read_round: message.readRound, durable: message.durable };
    case 'ELECTION_REQUEST': {
      const { last, preVote, transfer, receiverDurableIndex } = message;
      const candidate = sender === undefined ? {} : { candidate_id: sender.brokerId };
      return { last, pre_vote: preVote, transfer, receiver_durable_index: receiverDurableIndex, ...candidate };
    }
    case 'ELECTION_ANSWER':
      return { pre_vote: message.preVote, status: message.granted ? 'granted' : 'denied' };
    case 'TIMEOUT_NOW':
      return {};
    case 'SNAPSHOT_OFFER':
      return { position: message.position };
  }
}

/** Log entries as bytes, in pieces. */
function entryPieces(entries: readonly LogEntry[]): readonly Uint8Array[] {
  const known = encodedEntries.get(entries);
  if (known !== undefined) return known;
  const heads = Buffer.allocUnsafe(entryHeadBytes * entries.length);
  const pieces: Uint8Array[] = [];
  let at = 0;
  for (const entry of entries) {
    const start = at;
    at = writeU64(heads, entry.index, at);
    at = writeU64(heads, entry.term, at);
    at = heads.writeUInt8(entryKinds.indexOf(entry.kind), at);
    at = heads.writeUInt32BE(entry.checksum, at);
    at = heads.writeUInt32BE(entry.data.byteLength, at);
    pieces.push(heads.subarray(start, at));
    if (entry.data.byteLength > 0) pieces.push(entry.data);
  }
  encodedEntries.set(entries, pieces);
  return pieces;
}

const count = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
const position: z.ZodType<LogPosition> = z.object({ index: count, term: count, checksum: z.number().int().min(0).max(0xffff_ffff) });
const conflict = z.object({ index: count, term: count });
const from = { group: z.string().regex(/^G-[A-Z0-9]{5}$/), term: count };
const durable = z
  .record(z.string().regex(/^B-[A-Z0-9]{5}$/), count)
  .refine((indexes) => Object.keys(indexes).length <= protocolLimits.members);

const headers = {
  [frameTypes.replicate]: z.object({
    ...from,
    previous: position,
    commit_index: count,
    read_round: count,
    /** As many as fit into a frame: how small entries are is not known here. */
    count: z
      .number()
      .int()
      .min(0)
      .max(protocolLimits.frameBytes / entryHeadBytes),
  }),
  [frameTypes.replicateAck]: z.object({
    ...from,
    ok: z.boolean(),
    match_index: count,
    received_index: count,
    conflict: conflict.optional(),
    read_round: count,
  }),
  [frameTypes.heartbeat]: z.object({ ...from, commit_index: count, read_round: count, durable }),
  [frameTypes.electionRequest]: z.object({
    ...from,
    last: position,
    pre_vote: z.boolean(),
    transfer: z.boolean(),
    receiver_durable_index: count,
  }),
  [frameTypes.electionAnswer]: z.object({ ...from, pre_vote: z.boolean(), status: z.enum(['granted', 'denied']) }),
  [frameTypes.timeoutNow]: z.object(from),
  [frameTypes.snapshotOffer]: z.object({ ...from, position }),
} as const;

/**
 * Reads a message of the core.
 *
 * @param type, header, payload of the frame; see {@link isCoreType}
 * @throws SignalboxError `INVALID_PARAMS` for anything that is not exactly such a message
 */
export function decodeCoreMessage(
  type: number,
  header: unknown,
  payload: Uint8Array,
): { readonly groupId: GroupId; readonly message: CoreMessage } {
  if (type !== frameTypes.replicate && payload.byteLength > 0) throw invalid('it has a payload that it should not have');
  switch (type) {
    case frameTypes.replicate: {
      const fields = checked(headers[frameTypes.replicate], header);
      const { group, term, previous } = fields;
      const entries = decodeEntries(payload, fields.count);
      return {
        groupId: group,
        message: { type: 'REPLICATE', term, previous, entries, commitIndex: fields.commit_index, readRound: fields.read_round },
      };
    }
    case frameTypes.replicateAck: {
      const fields = checked(headers[frameTypes.replicateAck], header);
      const { group, term, ok } = fields;
      const indexes = { matchIndex: fields.match_index, receivedIndex: fields.received_index, readRound: fields.read_round };
      const disagreement = fields.conflict === undefined ? {} : { conflict: fields.conflict };
      return { groupId: group, message: { type: 'REPLICATE_ACK', term, ok, ...indexes, ...disagreement } };
    }
    case frameTypes.heartbeat: {
      const fields = checked(headers[frameTypes.heartbeat], header);
      const indexes = { commitIndex: fields.commit_index, readRound: fields.read_round, durable: fields.durable };
      return { groupId: fields.group, message: { type: 'HEARTBEAT', term: fields.term, ...indexes } };
    }
    case frameTypes.electionRequest: {
      const fields = checked(headers[frameTypes.electionRequest], header);
      const { group, term, last, transfer } = fields;
      const message = {
        last,
        preVote: fields.pre_vote,
        transfer,
        receiverDurableIndex: fields.receiver_durable_index,
      };
      return { groupId: group, message: { type: 'ELECTION_REQUEST', term, ...message } };
    }
    case frameTypes.electionAnswer: {
      const { group, term, pre_vote, status } = checked(headers[frameTypes.electionAnswer], header);
      return { groupId: group, message: { type: 'ELECTION_ANSWER', term, preVote: pre_vote, granted: status === 'granted' } };
    }
    case frameTypes.timeoutNow: {
      const { group, term } = checked(headers[frameTypes.timeoutNow], header);
      return { groupId: group, message: { type: 'TIMEOUT_NOW', term } };
    }
    case frameTypes.snapshotOffer: {
      const { group, term, position: offered } = checked(headers[frameTypes.snapshotOffer], header);
      return { groupId: group, message: { type: 'SNAPSHOT_OFFER', term, position: offered } };
    }
    default:
      throw invalid(`type ${type} is none of the core`);
  }
}

function checked<Schema extends z.ZodType>(schema: Schema, header: unknown): z.output<Schema> {
  const read = schema.safeParse(header);
  if (read.success) return read.data;
  const issue = read.error.issues[0];
  throw invalid(`${issue?.path.join('.')}: ${issue?.message}`);
}

/** All entries or none. Lengths must add up before anything is made of them (security.md row 36). */
function decodeEntries(payload: Uint8Array, expected: number): readonly LogEntry[] {
  const reader = new LayoutReader(ownBytes(payload), 'list of log entries');
  const entries: LogEntry[] = [];
  while (reader.rest > 0) {
    if (entries.length === expected) throw reader.invalid('it holds more entries than it says');
    const index = reader.u64();
    const term = reader.u64();
    const kind = entryKinds[reader.u8()];
    if (kind === undefined) throw reader.invalid('an entry in it has a kind that this version does not know');
    const checksum = reader.u32();
    const last = entries.at(-1);
    if (last !== undefined && index !== last.index + 1) throw reader.invalid('its indexes do not follow each other');
    entries.push({ index, term, kind, checksum, data: reader.take(reader.u32()) });
  }
  if (entries.length !== expected) throw reader.invalid('it holds fewer entries than it says');
  return entries;
}

/** Entries are kept: a small piece of a large chunk of a socket must not keep the whole chunk. */
function ownBytes(bytes: Uint8Array): Buffer {
  return bytes.byteLength * 2 < bytes.buffer.byteLength ? Buffer.from(bytes) : asBuffer(bytes);
}

function invalid(why: string): SignalboxError {
  return new SignalboxError('INVALID_PARAMS', `The message of another broker is not valid: ${why}.`);
}
