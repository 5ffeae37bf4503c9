import { z } from 'zod';
import { defineService } from './define.ts';
import { carrierKinds } from './nodes.ts';

/** Least urgent first (seed 3, MessagePriority). */
export const peerPriorities = ['Low', 'Medium', 'High', 'Critical'] as const;
export type PeerPriority = (typeof peerPriorities)[number];

export const peerHealthSchema = z.enum(['Healthy', 'Warning', 'Critical', 'Offline']);
export type PeerHealth = z.infer<typeof peerHealthSchema>;

const circuit = z.enum(['closed', 'open', 'halfOpen']);

/** Messages and bytes that wait for a peer, by priority. */
const backlogSchema = z.object({
  messages: z.number().int(),
  sizeBytes: z.number().int(),
  oldestMs: z.number().describe('Age of the oldest; 0: none'),
});
const queuedSchema = z.object({ Low: backlogSchema, Medium: backlogSchema, High: backlogSchema, Critical: backlogSchema });

/** What a score is made of (security.md 2.7): useful counts for it, the others against it; all decay. */
const standingSchema = z.object({
  score: z
    .number()
    .describe('0: nothing known; up to 5 for good service; below -10 nothing is relayed through it, below -60 it is graylisted'),
  useful: z.number(),
  invalid: z.number(),
  timeouts: z.number(),
  behaviour: z.number(),
  level: z.enum(['good', 'neutral', 'noRelay', 'noGossip', 'graylisted']),
  graylistedMs: z.number().describe('How long yet; 0: not'),
});

export const peerWaySchema = z.object({
  kind: z.enum(carrierKinds),
  available: z.boolean().describe('Bytes for the peer would leave this way now'),
  inUse: z.boolean().describe('The next message takes it'),
  circuit,
  circuitOpenMs: z.number().describe('How long it is left alone yet; 0 while messages pass'),
  failures: z.number().int().describe('In a row'),
  through: z.string().nullable().describe('The neighbour that relays; null for other ways'),
});

export const peerInfoSchema = z.object({
  nodeId: z.string(),
  name: z.string(),
  pinned: z.boolean().describe('Added by a person: kept while it is away, and what must not be lost waits for it'),
  removed: z.boolean().describe('Taken out by a person: it is sent nothing and given nothing'),
  health: peerHealthSchema,
  reason: z.string().nullable().describe('Why it is not healthy, for people'),
  /** What the peer says of itself in its HealthReport; null before the first. */
  reported: peerHealthSchema.nullable(),
  latencyMs: z.number().nullable().describe('Median round trip of the last messages; null: none yet'),
  latencyP95Ms: z.number().nullable(),
  successRate: z.number().nullable().describe('Share of the last 100 messages that it took, 0 to 1; null: none yet'),
  lastSeenAt: z.number().nullable().describe('Milliseconds since the epoch'),
  missedHeartbeats: z.number().int(),
  secure: z.boolean(),
  ways: z.array(peerWaySchema),
  standing: standingSchema,
  queued: queuedSchema,
  inFlight: z.object({ messages: z.number().int(), sizeBytes: z.number().int() }),
  degree: z.number().int().nullable().describe('Peers that it is linked with, as it says'),
  counts: z.object({
    sent: z.number().int(),
    taken: z.number().int().describe('Sent and acknowledged'),
    received: z.number().int(),
    repeated: z.number().int(),
    expired: z.number().int(),
    dropped: z.number().int().describe('Refused because its queue was full, or discarded'),
    refused: z.number().int().describe('Of the peer, by this node'),
    moved: z.number().int().describe('Sent again another way'),
  }),
});
export type PeerInfo = z.infer<typeof peerInfoSchema>;

export const peerEventSchema = z.object({
  at: z.number(),
  kind: z.enum([
    'appeared',
    'healthChanged',
    'wayChanged',
    'circuitOpened',
    'circuitProbed',
    'circuitClosed',
    'graylisted',
    'recovered',
    'removed',
    'refused',
  ]),
  detail: z.string(),
});
export type PeerEvent = z.infer<typeof peerEventSchema>;

const node = z.string().min(1).max(128).describe('Node id or unique name');

export const peersContract = defineService({
  'peers.list': {
    params: z.strictObject({}),
    result: z.object({ peers: z.array(peerInfoSchema), removedAfterMs: z.number().describe('Unseen for so long, a peer leaves the list') }),
    role: 'viewer',
    effect: 'read',
    help: 'The peers of this node: health, latency, standing, ways and what waits for each. Live: topic /cluster/peers.',
    quiet: true,
  },
  'peers.get': {
    params: z.strictObject({ node }),
    result: z.object({
      peer: peerInfoSchema,
      history: z
        .array(
          z.object({
            at: z.number(),
            health: peerHealthSchema,
            latencyMs: z.number().nullable(),
            successRate: z.number().nullable(),
            score: z.number(),
          }),
        )
        .describe('A sample each half minute, oldest first, of the last six hours'),
      events: z.array(peerEventSchema).describe('Newest first, at most 200'),
    }),
    role: 'viewer',
    effect: 'read',
    help: 'One peer with the history of its health and what happened to its ways.',
    example: { node: 'press-07' },
    quiet: true,
  },
  'peers.statistics': {
    params: z.strictObject({}),
    result: z.object({
      peers: z.object({ Healthy: z.number().int(), Warning: z.number().int(), Critical: z.number().int(), Offline: z.number().int() }),
      queued: queuedSchema,
      durable: z
        .object({ messages: z.number().int(), sizeBytes: z.number().int() })
        .describe('Of those queued, on the disk: they survive a restart'),
      sent: z.object({ Low: z.number().int(), Medium: z.number().int(), High: z.number().int(), Critical: z.number().int() }),
      taken: z.number().int(),
      received: z.number().int(),
      repeated: z.number().int(),
      expired: z.number().int(),
      dropped: z.number().int(),
      refused: z.record(z.string(), z.number().int()).describe('By code'),
      demoted: z.number().int().describe('Critical messages above 20 a second of one source, treated as High'),
      batches: z.number().int(),
      deadLetters: z.number().int().describe('Messages that nobody could make anything of: of an unknown type, or refused for good'),
      openWays: z.number().int().describe('Ways to peers that are left alone now because nothing is acknowledged there'),
      recoveries: z.record(z.string(), z.number().int()).describe('By kind of error (seed 3, NetworkError)'),
    }),
    role: 'viewer',
    effect: 'read',
    help: 'What the communicator of this node has sent, taken, dropped and recovered from since its start.',
    quiet: true,
  },
  'peers.topology': {
    params: z.strictObject({}),
    result: z.object({
      members: z.number().int().describe('Nodes that belong here, this one included'),
      reachable: z.number().int(),
      partition: z
        .object({ since: z.number(), missing: z.array(z.object({ nodeId: z.string(), name: z.string() })), isMinority: z.boolean() })
        .nullable()
        .describe('null: every member can be reached'),
      healedAt: z.number().nullable(),
      degree: z.object({ links: z.number().int(), least: z.number().int(), most: z.number().int() }),
      edges: z.array(z.object({ from: z.string(), to: z.string(), kind: z.enum(carrierKinds) })).describe('As the nodes say themselves'),
    }),
    role: 'viewer',
    effect: 'read',
    help: 'Who is linked with whom, and whether the cluster is in parts.',
    quiet: true,
  },
  'peers.add': {
    params: z.strictObject({ node, address: z.string().min(3).max(262).optional().describe('HOST:PORT where it may answer') }),
    result: peerInfoSchema,
    role: 'operator',
    effect: 'write',
    help: 'Keeps a node as a peer, also while it is away; a node that was removed is a peer again.',
    example: { node: 'press-07' },
  },
  'peers.remove': {
    params: z.strictObject({ node }),
    result: z.object({ discarded: z.number().int().describe('Messages that waited for it') }),
    role: 'operator',
    effect: 'destructive',
    help: 'Takes a node out of the peers of this node: nothing is sent to it and what waits is discarded. It stays a member of the cluster.',
    example: { node: 'press-07' },
  },
  'peers.probe': {
    params: z.strictObject({ node, priority: z.enum(peerPriorities).default('High') }),
    result: z.object({ kind: z.enum(carrierKinds), latencyMs: z.number() }),
    role: 'operator',
    effect: 'write',
    help: 'Sends a heartbeat to a peer now, also where a circuit is open, and measures until it is acknowledged.',
    example: { node: 'press-07' },
    quiet: true,
  },
  'peers.discard': {
    params: z.strictObject({ node, priority: z.enum(peerPriorities) }),
    result: z.object({ discarded: z.number().int() }),
    role: 'operator',
    effect: 'destructive',
    help: 'Discards what waits for a peer in one priority.',
    example: { node: 'press-07', priority: 'Low' },
  },
  'peers.forgive': {
    params: z.strictObject({ node }),
    result: peerInfoSchema,
    role: 'operator',
    effect: 'write',
    help: 'Sets the standing of a peer to nothing known and ends its graylisting.',
    example: { node: 'press-07' },
  },
});
