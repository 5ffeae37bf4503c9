import { z } from 'zod';
import { defineService } from './define.ts';

/** `Q-`, the five characters of its group, five more. */
export const queueIdPattern = /^Q-[A-Z0-9]{10}$/;
/** What a queue may be called. */
export const queueNamePattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,95}$/;
/** How a client of queues calls itself: `C-XXXXX` of the first system, or any plain word. */
export const clientIdPattern = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$/;

const accessRoles = ['viewer', 'operator', 'admin'] as const;

export const queueOptionsSchema = z.strictObject({
  maxMessages: z.number().int().min(1).max(1e12).nullable().describe('Messages kept at most; null: no bound of this kind'),
  maxBytes: z.number().int().min(1).max(1e15).nullable().describe('Bytes kept at most'),
  maxAgeMs: z.number().int().min(1_000).max(1e12).nullable().describe('How long a message is kept'),
  maxMessageBytes: z.number().int().min(1).max(8_388_608).describe('Largest message it takes'),
  overflow: z.enum(['dropOldest', 'reject']).describe('What happens when it is full: the oldest go, or new ones are refused'),
  readRole: z.enum(accessRoles).describe('The weakest role that may read it'),
  appendRole: z.enum(accessRoles).describe('The weakest role that may append to it'),
});
export type QueueOptions = z.infer<typeof queueOptionsSchema>;

/** Id, unique name, or `GROUP/NAME` where two groups have queues of one name. */
const queue = z.string().min(1).max(128).describe('Queue id or name; GROUP/NAME where two groups have a queue of that name');
const clientId = z
  .string()
  .regex(clientIdPattern, 'letters, digits, dot, dash, colon and underscore; 64 at most')
  .describe('Who reads: its position is kept');

export const queueInfoSchema = z.object({
  queueId: z.string(),
  name: z.string(),
  groupId: z.string(),
  leader: z.object({ brokerId: z.string(), nodeId: z.string().nullable(), name: z.string() }).nullable(),
  writable: z.boolean(),
  whyNotWritable: z.string().nullable().describe('For people, for example: no quorum: 1 of 3'),
  messages: z.number().describe('Messages held'),
  bytes: z.number(),
  firstSequence: z.number(),
  lastSequence: z.number().describe('0: nothing was ever appended'),
  oldestAt: z.number().nullable().describe('Of the oldest message held, milliseconds since the epoch'),
  dropped: z.number().describe('Dropped by retention since it was created'),
  inPerSecond: z.number(),
  outPerSecond: z.number(),
  inSync: z.number().int().describe('Replicas with all that is committed'),
  replicas: z.number().int(),
  maxLag: z.number().describe('Log entries that the slowest replica is behind'),
  clients: z.number().int().describe('Clients with a position'),
  options: queueOptionsSchema,
  createdAt: z.number(),
  observedAt: z.number().describe('When the figures were taken, by the clock of the node that has them'),
});
export type QueueInfo = z.infer<typeof queueInfoSchema>;

export const queueMessageSchema = z.object({
  sequence: z.number(),
  at: z.number().describe('Stamped by the leader, milliseconds since the epoch'),
  clientId: z.string(),
  key: z.string().nullable(),
  headers: z.record(z.string(), z.string()),
  encoding: z.enum(['json', 'base64']),
  sizeBytes: z.number(),
  data: z.unknown().describe('JSON value, or base64 text; the beginning of its text when cut'),
  cut: z.boolean().describe('Only the beginning is here: queues.message has it whole, queues.messagePart part by part'),
});
export type QueueMessageView = z.infer<typeof queueMessageSchema>;

const newMessage = z.strictObject({
  data: z.unknown().describe('Any JSON; with encoding base64: the bytes'),
  encoding: z.enum(['json', 'base64']).default('json'),
  key: z.string().max(256).nullable().default(null),
  headers: z.record(z.string().min(1).max(128), z.string().max(4_096)).default({}),
});

/** Nodes ask each other with it: a call is passed on once, to the node that is to answer. */
export const hereOnly = z.boolean().default(false).describe('Only what this node has itself: the call is not passed on to another');

export const queuesContract = defineService({
  'queues.list': {
    params: z.strictObject({ name: z.string().max(128).optional().describe('Only those of this name'), hereOnly }),
    result: z.object({
      queues: z.array(queueInfoSchema),
      unreachable: z.array(z.object({ groupId: z.string(), reason: z.string() })).describe('Groups whose figures are missing or old'),
      complete: z.boolean().describe('false: more queues than one answer holds'),
    }),
    role: 'viewer',
    effect: 'read',
    help: 'Every queue of every group that this node can reach, with depth, rates and replicas.',
    quiet: true,
  },
  'queues.get': {
    params: z.strictObject({ queue, hereOnly }),
    result: queueInfoSchema,
    role: 'viewer',
    effect: 'read',
    help: 'One queue.',
    example: { queue: 'orders' },
    quiet: true,
  },
  'queues.create': {
    params: z.strictObject({
      name: z
        .string()
        .regex(queueNamePattern, 'letters, digits, dot, dash and underscore; begins with a letter or digit; 96 at most')
        .optional(),
      groupId: z.string().optional().describe('The group that is to keep it; absent: the least loaded one'),
      options: queueOptionsSchema.partial().default({}),
      hereOnly,
    }),
    result: z.object({ queueId: z.string(), name: z.string(), groupId: z.string(), created: z.boolean() }),
    role: 'operator',
    effect: 'write',
    help: 'Creates a queue. The same name with the same options again answers the queue that is there.',
    example: { name: 'orders', options: { maxAgeMs: 604_800_000 } },
  },
  'queues.configure': {
    params: z.strictObject({ queue, options: queueOptionsSchema.partial(), hereOnly }),
    result: z.object({ options: queueOptionsSchema }),
    role: 'admin',
    effect: 'write',
    help: 'Changes what a queue keeps and who may use it.',
    example: { queue: 'orders', options: { maxMessages: 100_000 } },
  },
  'queues.append': {
    params: z.strictObject({
      queue,
      messages: z.array(newMessage).min(1).max(500),
      clientId: clientId.optional().describe('Written beside the messages; absent: the caller'),
      producer: z
        .strictObject({ id: z.string().regex(clientIdPattern), epoch: z.number().int().min(0), sequence: z.number().int().min(1) })
        .optional()
        .describe('A retry with the same numbers gets the same answer'),
      hereOnly,
    }),
    result: z.object({ firstSequence: z.number(), count: z.number().int(), repeated: z.boolean() }),
    role: 'operator',
    effect: 'write',
    help: 'Appends messages; the answer means that they are on the disks of a majority.',
    example: { queue: 'orders', messages: [{ data: { line: 7, qty: 400 } }] },
    streamed: true,
  },
  'queues.browse': {
    params: z.strictObject({
      queue,
      from: z
        .union([
          z.enum(['first', 'latest']),
          z.strictObject({ sequence: z.number().int().min(0) }),
          z.strictObject({ at: z.number().int().min(0) }),
        ])
        .default('latest')
        .describe('latest: the newest, going back'),
      direction: z.enum(['forward', 'backward']).optional().describe('Absent: backward from latest, forward otherwise'),
      limit: z.number().int().min(1).max(500).default(50),
      filter: z.string().max(512).default('').describe('Words of the text, or conditions such as value.line == 7 and key == "42"'),
      hereOnly,
    }),
    result: z.object({
      messages: z.array(queueMessageSchema),
      scannedFrom: z.number().describe('Lowest sequence looked at'),
      scannedTo: z.number(),
      scanned: z.number().int().describe('Messages looked at'),
      more: z.boolean().describe('There are further messages in that direction'),
    }),
    role: 'viewer',
    effect: 'read',
    help: "Looks at messages without moving anybody's position.",
    example: { queue: 'orders', from: 'latest', limit: 50 },
  },
  'queues.message': {
    params: z.strictObject({ queue, sequence: z.number().int().min(1), hereOnly }),
    result: queueMessageSchema,
    role: 'viewer',
    effect: 'read',
    help: 'One message, whole; of one above 6,000,000 bytes the beginning: queues.messagePart has the rest.',
    example: { queue: 'orders', sequence: 88_119 },
  },
  'queues.messagePart': {
    params: z.strictObject({
      queue,
      sequence: z.number().int().min(1),
      offset: z.number().int().min(0).default(0).describe('Bytes of its data before the part'),
      hereOnly,
    }),
    result: queueMessageSchema.omit({ data: true, cut: true }).extend({
      offset: z.number(),
      part: z.base64().describe('Bytes of its data from there on, 256 KiB at most: of the JSON text, or of the bytes it is'),
      more: z.boolean().describe('There are bytes after this part'),
    }),
    role: 'viewer',
    effect: 'read',
    help: 'A part of one message, for those that are too long for one answer. Nodes bring them to each other with it.',
    example: { queue: 'orders', sequence: 88_119, offset: 262_144 },
  },
  'queues.read': {
    params: z.strictObject({
      queue,
      clientId,
      requestId: z.string().min(1).max(64).optional().describe('A retry with the same id gets the same messages again'),
      max: z.number().int().min(1).max(500).default(1),
      waitMs: z.number().int().min(0).max(30_000).default(0).describe('How long to wait for a message when there is none'),
      maxDataBytes: z
        .number()
        .int()
        .min(1)
        .max(6_000_000)
        .default(6_000_000)
        .describe('Of a message with longer data the beginning is given, cut: queues.messagePart has the rest'),
      hereOnly,
    }),
    result: z.object({ messages: z.array(queueMessageSchema), position: z.number(), repeated: z.boolean() }),
    role: 'operator',
    effect: 'write',
    help: 'Takes the next messages for a client and moves its position.',
    waits: true,
    example: { queue: 'orders', clientId: 'C-ABC12' },
    // Messages are kept by the queue alone; a repeat gets them by its request id.
    secretResult: true,
    streamed: true,
  },
  'queues.positions': {
    params: z.strictObject({ queue, hereOnly }),
    result: z.object({
      positions: z.array(z.object({ clientId: z.string(), position: z.number(), lag: z.number(), updatedAt: z.number() })),
      complete: z.boolean(),
    }),
    role: 'viewer',
    effect: 'read',
    help: 'How far each client has read.',
    example: { queue: 'orders' },
    quiet: true,
  },
  'queues.seek': {
    params: z.strictObject({
      queue,
      clientId,
      position: z.number().int().min(0).describe('The next message it gets is the one after'),
      hereOnly,
    }),
    result: z.object({ position: z.number() }),
    role: 'admin',
    effect: 'destructive',
    help: "Sets a client's position: messages repeat for it, or are skipped.",
    example: { queue: 'orders', clientId: 'C-ABC12', position: 0 },
  },
  'queues.forgetClient': {
    params: z.strictObject({ queue, clientId, hereOnly }),
    result: z.object({}),
    role: 'admin',
    effect: 'destructive',
    help: "Forgets a client's position; it begins with the oldest message when it comes back.",
    example: { queue: 'orders', clientId: 'C-ABC12' },
  },
  'queues.purge': {
    params: z.strictObject({
      queue,
      upTo: z.number().int().min(0).optional().describe('Everything up to and with this message; absent: all of now'),
      hereOnly,
    }),
    result: z.object({ messages: z.number(), bytes: z.number() }),
    role: 'admin',
    effect: 'destructive',
    help: 'Removes messages for good. Positions stay.',
    example: { queue: 'orders' },
  },
  'queues.delete': {
    params: z.strictObject({ queue, hereOnly }),
    result: z.object({ messages: z.number(), bytes: z.number() }),
    role: 'admin',
    effect: 'destructive',
    help: 'Removes a queue with its messages and positions.',
    example: { queue: 'orders' },
  },
  'queues.series': {
    params: z.strictObject({ queue, minutes: z.number().int().min(1).max(60).default(15), hereOnly }),
    result: z.object({
      stepMs: z.number(),
      at: z.array(z.number()).describe('Milliseconds since the epoch'),
      inPerSecond: z.array(z.number().nullable()),
      outPerSecond: z.array(z.number().nullable()),
      messages: z.array(z.number().nullable()),
    }),
    role: 'viewer',
    effect: 'read',
    help: 'How depth and rates of a queue went, as its leader saw it.',
    example: { queue: 'orders' },
    quiet: true,
  },
});
