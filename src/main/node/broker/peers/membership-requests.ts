/** What brokers ask the leader of a group about its members; they travel as FORWARD frames (docs/broker-protocol.md). */
import { z } from 'zod';
import { brokerIdPattern, groupIdPattern } from '../../../../common/contract/brokers.ts';
import { SignalboxError } from '../../../../common/errors.ts';
import type { BrokerId, GroupConfiguration, GroupId } from '../core/types.ts';
import { configurationSchema } from './snapshot-messages.ts';

const brokerId = z.string().regex(brokerIdPattern);
const cluster_id = z.string().regex(groupIdPattern);
const host = z.string().min(1).max(255);
const port = z.number().int().min(1).max(65_535);

const requestSchema = z.discriminatedUnion('operation', [
  z.object({
    operation: z.literal('JOIN_CLUSTER'),
    cluster_id,
    broker_id: brokerId,
    /** Null: the address that the request comes from. */
    host: host.nullable(),
    port,
    /** A member that ran on the same node, or whose place is taken; the new one has it removed when it has its vote. */
    replaces: brokerId.nullable(),
  }),
  z.object({ operation: z.literal('REMOVE_BROKER'), cluster_id, broker_id: brokerId }),
  z.object({ operation: z.literal('TRANSFER_LEADER'), cluster_id, to: brokerId.nullable() }),
]);
export type MembershipRequest = z.infer<typeof requestSchema>;

const leaderSchema = z.object({ broker_id: brokerId, host, port }).nullable();
const answerSchema = z.union([
  z.object({
    status: z.literal('success'),
    cluster_id,
    cluster_version: z.number().int().min(0),
    term: z.number().int().min(0),
    leader: leaderSchema,
    cluster_info: configurationSchema,
  }),
  z.object({
    status: z.literal('error'),
    code: z.string().max(64),
    message: z.string().max(1_024),
    leader: leaderSchema.optional(),
  }),
]);

export interface LeaderAddress {
  readonly brokerId: BrokerId;
  readonly host: string;
  readonly port: number;
}

/** How a group stood when its leader answered. */
export interface GroupAnswer {
  readonly groupId: GroupId;
  readonly term: number;
  readonly leader: LeaderAddress | null;
  readonly configuration: GroupConfiguration;
}

/** @throws SignalboxError `INVALID_PARAMS` */
export function decodeMembershipRequest(header: unknown): MembershipRequest {
  const parsed = requestSchema.safeParse(header);
  if (parsed.success) return parsed.data;
  throw new SignalboxError('INVALID_PARAMS', 'The request of the other broker is not valid.', { executed: 'no' });
}

export function successHeader({ groupId, term, leader, configuration }: GroupAnswer): object {
  return {
    status: 'success',
    cluster_id: groupId,
    cluster_version: configuration.version,
    term,
    leader: leader === null ? null : { broker_id: leader.brokerId, host: leader.host, port: leader.port },
    cluster_info: configuration,
  };
}

/** @param leader who leads, as far as it is known, with `NOT_LEADER` */
export function refusalHeader(
  { code, message }: { readonly code: string; readonly message: string },
  leader?: LeaderAddress | null,
): object {
  const known = leader === undefined || leader === null ? null : { broker_id: leader.brokerId, host: leader.host, port: leader.port };
  return { status: 'error', code, message: message.slice(0, 1_024), ...(leader !== undefined && { leader: known }) };
}

/**
 * @returns the answer, or who leads when another does
 * @throws SignalboxError `INVALID_PARAMS`, and what the other broker refuses with
 */
export function decodeMembershipAnswer(header: unknown): GroupAnswer | { readonly elsewhere: LeaderAddress | null } {
  const parsed = answerSchema.safeParse(header);
  if (!parsed.success) throw new SignalboxError('INVALID_PARAMS', 'The answer of the other broker is not valid.', { executed: 'maybe' });
  const answer = parsed.data;
  const { leader } = answer;
  const address = leader === null || leader === undefined ? null : { brokerId: leader.broker_id, host: leader.host, port: leader.port };
  if (answer.status === 'success')
    return { groupId: answer.cluster_id, term: answer.term, leader: address, configuration: answer.cluster_info };
  if (answer.code === 'NOT_LEADER') return { elsewhere: address };
  throw SignalboxError.fromShape({ code: answer.code, message: answer.message });
}
