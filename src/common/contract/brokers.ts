import { z } from 'zod';
import { defineService } from './define.ts';
import { hereOnly } from './queues.ts';

export const brokerIdPattern = /^B-[A-Z0-9]{5}$/;
export const groupIdPattern = /^G-[A-Z0-9]{5}$/;

const groupId = z.string().regex(groupIdPattern, 'G- and five of A to Z and 0 to 9');
const brokerId = z.string().regex(brokerIdPattern, 'B- and five of A to Z and 0 to 9');

export const groupMemberSchema = z.object({
  brokerId: z.string(),
  nodeId: z.string().nullable(),
  name: z.string().describe('Of its node, or the broker id'),
  host: z.string(),
  port: z.number().int(),
  role: z.enum(['leader', 'replica', 'learner']),
  status: z.enum(['active', 'inactive']).describe('inactive: the leader has not heard of it; it still counts for the quorum'),
  matchIndex: z.number().nullable().describe('Log index that is on its disk; null: not known here'),
  lag: z.number().nullable().describe('Log entries behind the leader'),
  lagSince: z.number().nullable().describe('Behind since, milliseconds since the epoch'),
  snapshot: z.number().min(0).max(1).nullable().describe('How much of a snapshot it has got; null: none is on the way'),
  impaired: z.boolean().describe('Its disk has lost what it held: it has no say until it has caught up'),
});
export type GroupMemberInfo = z.infer<typeof groupMemberSchema>;

export const groupInfoSchema = z.object({
  groupId: z.string(),
  version: z.number().describe('Of the membership: cluster_version on the wire'),
  term: z.number(),
  leader: z.string().nullable().describe('Broker id'),
  leaderSince: z.number().nullable(),
  commitIndex: z.number(),
  appliedIndex: z.number(),
  writable: z.boolean(),
  whyNotWritable: z.string().nullable().describe('For people, for example: no quorum: 1 of 3'),
  voters: z.number().int(),
  quorum: z.number().int(),
  activeVoters: z.number().int(),
  members: z.array(groupMemberSchema),
  queues: z.number().int(),
  messages: z.number(),
  bytes: z.number().describe('Of the messages held'),
  logBytes: z.number(),
  inPerSecond: z.number(),
  outPerSecond: z.number(),
  observedBy: z.string().describe('Node whose figures these are'),
  observedAt: z.number(),
});
export type GroupInfo = z.infer<typeof groupInfoSchema>;

export const brokersContract = defineService({
  'brokers.status': {
    params: z.strictObject({}),
    result: z.object({
      state: z.enum(['off', 'starting', 'running', 'failed']),
      detail: z.string().describe('For people: why it failed, or empty'),
      brokerId: z.string().nullable(),
      host: z.string(),
      port: z.number().int().nullable(),
      tls: z.boolean(),
      profile: z.enum(['lan', 'field']),
      groups: z.number().int(),
      leaderOf: z.number().int(),
      clients: z.number().int().describe('Connections of clients'),
      peers: z.number().int().describe('Connections to other brokers'),
      flushP50Ms: z.number().nullable(),
      flushP99Ms: z.number().nullable(),
      stalledMs: z.number().describe('How long the oldest write has been waiting for the disk'),
      logBytes: z.number(),
      refused: z.number().describe('Requests refused because something was full, since start'),
    }),
    role: 'viewer',
    effect: 'read',
    help: 'The queue broker of this node.',
    quiet: true,
  },
  'brokers.groups': {
    params: z.strictObject({ hereOnly }),
    result: z.object({ groups: z.array(groupInfoSchema) }),
    role: 'viewer',
    effect: 'read',
    help: 'Every group that this node can reach: leader, replicas, term, lag.',
    quiet: true,
  },
  'brokers.createGroup': {
    params: z.strictObject({}),
    result: z.object({ groupId: z.string() }),
    role: 'admin',
    effect: 'write',
    help: 'Begins a group whose only replica is this node; others join it.',
  },
  'brokers.join': {
    params: z.strictObject({
      groupId,
      address: z.string().max(300).optional().describe('HOST:PORT of any broker of the group; absent: found in the cluster'),
      replaces: brokerId.optional().describe('A broker whose place it takes; it goes when this one has its vote'),
    }),
    result: z.object({ groupId: z.string(), brokerId: z.string(), voter: z.boolean() }),
    progress: z.object({ step: z.enum(['asking', 'snapshot', 'catchingUp', 'voting']), done: z.number().min(0).max(1) }),
    role: 'admin',
    effect: 'write',
    help: 'Makes this node a replica of a group: it gets a copy of everything, then a vote.',
    example: { groupId: 'G-XYZ78' },
  },
  'brokers.leave': {
    params: z.strictObject({ groupId }),
    result: z.object({}),
    role: 'admin',
    effect: 'destructive',
    help: "Ends this node's replica of a group and removes its copy.",
    example: { groupId: 'G-XYZ78' },
  },
  'brokers.remove': {
    params: z.strictObject({ groupId, brokerId, hereOnly }),
    result: z.object({ version: z.number() }),
    role: 'admin',
    effect: 'destructive',
    help: 'Removes a broker from a group, also one that is gone for good.',
    example: { groupId: 'G-XYZ78', brokerId: 'B-NEW01' },
  },
  'brokers.transfer': {
    params: z.strictObject({ groupId, to: brokerId.optional().describe('Absent: the replica that is furthest'), hereOnly }),
    result: z.object({ leader: z.string(), term: z.number() }),
    role: 'operator',
    effect: 'write',
    help: 'Hands the leadership of a group to another replica.',
    example: { groupId: 'G-XYZ78' },
  },
  'brokers.rebalance': {
    params: z.strictObject({}),
    result: z.object({ moved: z.array(z.object({ groupId: z.string(), from: z.string(), to: z.string() })) }),
    role: 'operator',
    effect: 'write',
    help: 'Spreads the leaderships of all groups evenly over their brokers.',
  },
  'brokers.backup': {
    params: z.strictObject({
      groupId,
      file: z.string().max(4_096).optional().describe('Where, on the machine of the node; absent: DATA/backups'),
    }),
    result: z.object({ file: z.string(), sizeBytes: z.number(), sha256: z.string(), index: z.number() }),
    role: 'admin',
    effect: 'write',
    help: 'Writes a copy of a group to a file, while it goes on.',
    example: { groupId: 'G-XYZ78' },
  },
  'brokers.restore': {
    params: z.strictObject({ file: z.string().min(1).max(4_096).describe('On the machine of the node') }),
    result: z.object({ groupId: z.string(), queues: z.number().int(), messages: z.number() }),
    role: 'admin',
    effect: 'write',
    help: 'Begins a new group with what a backup holds. Queues get ids of the new group and keep their names.',
    example: { file: '/var/backups/queues.sgbx' },
  },
});
