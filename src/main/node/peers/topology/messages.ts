/** What nodes tell each other of who is there (wire.md 3: JoinNetwork, LeaveNetwork, PeerList). Hints: nothing is decided by them alone. */
import { z } from 'zod';
import { SignalboxError } from '../../../../common/errors.ts';
import type { PeerMessage } from '../types.ts';
import { topologyLimits } from './limits.ts';

/** Ids of the first system's nodes are words. */
const id = z.string().min(1).max(128);

const requestId = z.string().min(1).max(64).optional();

/** A node says that it is there, and asks who else is. */
const joinSchema = z.object({ type: z.literal('JoinNetwork'), node_id: id.optional() });

/** A node says that it leaves. */
const leaveSchema = z.object({ type: z.literal('LeaveNetwork'), node_id: id.optional() });

/**
 * Without `of`: nodes that the sender reaches now. With it: the question whether the receiver reaches those, answered by a list without it.
 */
const peerListSchema = z.object({
  type: z.literal('PeerList'),
  request_id: requestId,
  of: z.array(id).max(topologyLimits.askedAbout).optional(),
  peers: z.array(z.object({ id })).max(topologyLimits.listed).default([]),
});

export type PeerListMessage = z.infer<typeof peerListSchema>;

export function peerList(ids: readonly string[]): PeerMessage {
  return { type: 'PeerList', peers: ids.slice(0, topologyLimits.listed).map((id) => ({ id })) };
}

export function questionAbout(ids: readonly string[]): PeerMessage {
  return { type: 'PeerList', of: ids.slice(0, topologyLimits.askedAbout), peers: [] };
}

/** @throws SignalboxError `INVALID_PARAMS`, as the others below */
export function readPeerList(message: PeerMessage): PeerListMessage {
  return read(peerListSchema, message);
}

/** @returns the node it is about, when it says so */
export function readJoin(message: PeerMessage): string | undefined {
  return read(joinSchema, message).node_id;
}

export function readLeave(message: PeerMessage): string | undefined {
  return read(leaveSchema, message).node_id;
}

function read<T>(schema: z.ZodType<T>, message: PeerMessage): T {
  const parsed = schema.safeParse(message);
  if (parsed.success) return parsed.data;
  throw new SignalboxError('INVALID_PARAMS', 'What a node says of who is there is not valid.', { executed: 'no' });
}
