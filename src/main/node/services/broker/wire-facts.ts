/** What operations answer (docs/broker-protocol.md), read into the shapes of the contract. */
import { z } from 'zod';
import type { GroupInfo } from '../../../../common/contract/brokers.ts';
import type { QueueInfo, QueueOptions } from '../../../../common/contract/queues.ts';
import { fromWireOptions, toWireOptions, type WireOptions } from '../../broker/protocol/index.ts';
import { round } from '../cluster-answers.ts';

/** Options of a queue, from the wire. */
export const optionsFromWire = z.custom<WireOptions>().transform((wire) => fromWireOptions(wire));

/** Options of a queue, for the wire; those that are absent stay away. */
export function optionsToWire(options: { readonly [K in keyof QueueOptions]?: QueueOptions[K] | undefined }): Record<string, unknown> {
  return Object.fromEntries(Object.entries(toWireOptions(options as QueueOptions)).filter(([, value]) => value !== undefined));
}

export const wireQueue = z.object({
  queue_id: z.string(),
  queue_name: z.string(),
  cluster_id: z.string(),
  options: optionsFromWire,
  created_at_ms: z.number(),
  first_sequence: z.number(),
  last_sequence: z.number(),
  messages: z.number(),
  bytes: z.number(),
  oldest_time_ms: z.number().nullable(),
  dropped: z.number(),
  clients: z.number().int(),
  in_per_second: z.number(),
  out_per_second: z.number(),
});
export type WireQueue = z.output<typeof wireQueue>;

const wireMember = z.object({
  broker_id: z.string(),
  node_id: z.string().nullable(),
  host: z.string(),
  port: z.number().int(),
  role: z.enum(['leader', 'replica', 'learner']),
  status: z.enum(['active', 'inactive']),
  match_index: z.number().nullable(),
  lag: z.number().nullable(),
  lag_since_ms: z.number().nullable(),
  snapshot: z.number().nullable(),
  impaired: z.boolean(),
});

export const wireGroup = z.object({
  cluster_id: z.string(),
  cluster_version: z.number(),
  term: z.number(),
  leader: z.string().nullable(),
  leader_since_ms: z.number().nullable(),
  commit_index: z.number(),
  applied_index: z.number(),
  writable: z.boolean(),
  why_not_writable: z.string().nullable(),
  voters: z.number().int(),
  quorum: z.number().int(),
  active_voters: z.number().int(),
  members: z.array(wireMember),
  queues: z.number().int(),
  messages: z.number(),
  bytes: z.number(),
  log_bytes: z.number(),
  in_per_second: z.number(),
  out_per_second: z.number(),
});
export type WireGroup = z.output<typeof wireGroup>;

/** Whose figures they are, and what its members are called. */
export interface Observer {
  readonly nodeId: string;
  readonly nowMs: number;
  readonly nameOf: (nodeId: string) => string;
}

export function groupFromWire(wire: WireGroup, { nodeId, nowMs, nameOf }: Observer): GroupInfo {
  return {
    groupId: wire.cluster_id,
    version: wire.cluster_version,
    term: wire.term,
    leader: wire.leader,
    leaderSince: wire.leader_since_ms,
    commitIndex: wire.commit_index,
    appliedIndex: wire.applied_index,
    writable: wire.writable,
    whyNotWritable: wire.why_not_writable,
    voters: wire.voters,
    quorum: wire.quorum,
    activeVoters: wire.active_voters,
    members: wire.members.map((member) => ({
      brokerId: member.broker_id,
      nodeId: member.node_id,
      name: member.node_id === null ? member.broker_id : nameOf(member.node_id),
      host: member.host,
      port: member.port,
      role: member.role,
      status: member.status,
      matchIndex: member.match_index,
      lag: member.lag,
      lagSince: member.lag_since_ms,
      snapshot: member.snapshot,
      impaired: member.impaired,
    })),
    queues: wire.queues,
    messages: wire.messages,
    bytes: wire.bytes,
    logBytes: wire.log_bytes,
    inPerSecond: round(wire.in_per_second),
    outPerSecond: round(wire.out_per_second),
    observedBy: nodeId,
    observedAt: nowMs,
  };
}

/** A queue with what its group says of leader and replicas. */
export function queueFromWire(wire: WireQueue, group: GroupInfo): QueueInfo {
  const leader = group.members.find(({ brokerId }) => brokerId === group.leader);
  const voters = group.members.filter(({ role }) => role !== 'learner');
  const lags = group.members.flatMap(({ lag }) => (lag === null ? [] : [lag]));
  return {
    queueId: wire.queue_id,
    name: wire.queue_name,
    groupId: wire.cluster_id,
    leader: leader === undefined ? null : { brokerId: leader.brokerId, nodeId: leader.nodeId, name: leader.name },
    writable: group.writable,
    whyNotWritable: group.whyNotWritable,
    messages: wire.messages,
    bytes: wire.bytes,
    firstSequence: wire.first_sequence,
    lastSequence: wire.last_sequence,
    oldestAt: wire.oldest_time_ms,
    dropped: wire.dropped,
    inPerSecond: round(wire.in_per_second),
    outPerSecond: round(wire.out_per_second),
    inSync: voters.filter(({ status, lag }) => status === 'active' && lag === 0).length,
    replicas: voters.length,
    maxLag: Math.max(0, ...lags),
    clients: wire.clients,
    options: wire.options,
    createdAt: wire.created_at_ms,
    observedAt: group.observedAt,
  };
}
