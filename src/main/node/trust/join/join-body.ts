/** What a new member is given: the founding, the whole log, the sealed group key. */
import type { KnownKeys } from '../../identity/index.ts';
import { toHex } from '../digest.ts';
import { decodeItems, encodeItems } from '../length-prefixed.ts';
import { trustLimits } from '../limits.ts';
import { MembershipLog } from '../membership/index.ts';
import { refusal } from '../refusal.ts';

/** Operations have at most this many bytes with their lengths. */
const operationBytes = 512;
const bounds = {
  what: 'join answer',
  items: trustLimits.operations + trustLimits.members + 2,
  bytes: (trustLimits.operations + trustLimits.members) * operationBytes,
} as const;

export interface JoinBody {
  /** Bytes of the founding. */
  readonly genesis: Uint8Array;
  /** See `wrapGroupKey`. */
  readonly wrappedGroupKey: Uint8Array;
  /** Operations and checkpoints. */
  readonly operations: readonly Uint8Array[];
}

/** @throws SignalboxError `TOO_LARGE` */
export function encodeJoinBody({ genesis, wrappedGroupKey, operations }: JoinBody): Uint8Array {
  return encodeItems([genesis, wrappedGroupKey, ...operations], bounds);
}

/**
 * Reads what the inviter sent, after `checkInvitation`, and checks all of it: the founding, every operation, and that the log makes this
 * node a member. Nothing is stored yet.
 *
 * @param joiner this node's public key
 * @param nowMs milliseconds since the epoch
 * @throws SignalboxError `INVALID_PARAMS`, `TOO_LARGE`, `KEY_WEAK`, `BAD_SIGNATURE`, `FORBIDDEN`, `NOT_FOUND`, `CONFLICT`, `FUTURE`,
 *   `NOT_MEMBER` when the log does not name this node
 */
export function readJoinBody(
  body: Uint8Array,
  joiner: Uint8Array,
  keys: KnownKeys,
  nowMs: number,
): Omit<JoinBody, 'operations'> & { readonly log: MembershipLog } {
  const [genesis, wrappedGroupKey, ...operations] = decodeItems(body, bounds);
  if (genesis === undefined || wrappedGroupKey === undefined) throw refusal('INVALID_PARAMS', 'The join answer is not complete.');
  const log = new MembershipLog(genesis, keys);
  for (const operation of operations) log.insert(operation, nowMs);
  if (log.waiting > 0) throw refusal('INVALID_PARAMS', 'The join answer is not complete: operations of the log are missing.');
  if (!log.state.members.has(toHex(joiner))) throw refusal('NOT_MEMBER', 'The log that came with the join answer does not name this node.');
  // Copies: they are kept, and must not hold on to the whole answer.
  return { log, genesis: Uint8Array.from(genesis), wrappedGroupKey: Uint8Array.from(wrappedGroupKey) };
}
