import { z } from 'zod';
import { errorCodes } from '../errors.ts';
import { limits } from '../limits.ts';
import { defineService } from './define.ts';

const feedId = z.string().min(1).max(64);

/** One beat of a feed: columns, so that structured clone and JSON are both cheap (ui.md 3.4). */
export const feedBatchSchema = z.object({
  feedId,
  batch: z.number().int().describe('Counts up by one; feeds.ack answers it'),
  ids: z.array(z.number().int()),
  timestamps: z.array(z.number()),
  topics: z.array(z.string()),
  origins: z.array(z.string()),
  /** Index into the feed's topics that matched first; -1 when that one is followed no longer. */
  filters: z.array(z.number().int()),
  sizesBytes: z.array(z.number().int()),
  statuses: z.array(z.enum(['data', 'error'])),
  /** First bytes of the payload as JSON text. */
  previews: z.array(z.string()),
  /** Totals since the feed was opened. */
  received: z.number().int(),
  /** Kept in the node's ring and still readable by id. */
  kept: z.number().int(),
  keptBytes: z.number().int(),
  /** Pushed out of the ring by newer events. */
  evicted: z.number().int(),
  /** Never announced because the console did not acknowledge in time (merged and counted). */
  skipped: z.number().int(),
  /** Events per second by filter, in the order of the feed's topics; so are the following. */
  perSecond: z.array(z.number()),
  receivedBy: z.array(z.number().int()),
  keptBy: z.array(z.number().int()),
  keptBytesBy: z.array(z.number().int()),
  /** Lost on the way to this node. */
  lostBy: z.array(z.number().int()),
});
export type FeedBatch = z.infer<typeof feedBatchSchema>;

export const feedEventSchema = z.object({
  id: z.number().int(),
  timestamp: z.number(),
  topic: z.string(),
  origin: z.string(),
  seq: z.number().int(),
  name: z.string(),
  status: z.enum(['data', 'error']),
  sizeBytes: z.number().int(),
  dropped: z.number().int().describe('Events of the topic that were lost on the way here before this one'),
  data: z.unknown(),
});
export type FeedEvent = z.infer<typeof feedEventSchema>;

export const waitingTopicSchema = z.object({
  topic: z.string(),
  code: z.enum(errorCodes).nullable().describe('Why it was refused; null while its node has not confirmed'),
  message: z.string(),
});
export type WaitingTopic = z.infer<typeof waitingTopicSchema>;

const waiting = z
  .array(waitingTopicSchema)
  .describe('Topics that deliver nothing now: of a node that is away, or that refused. feeds.update with the same topics tries them again');

export const feedsContract = defineService({
  'feeds.open': {
    params: z.strictObject({
      topics: z.array(z.string().min(1).max(limits.topicBytes)).min(1).max(16),
      beatMs: z.number().int().min(50).max(5_000).default(100).describe('How often a batch may be sent'),
      previewBytes: z.number().int().min(0).max(1_024).default(256),
      maxBatchEvents: z.number().int().min(10).max(2_000).default(500).describe('Newest events announced a beat; the rest are counted'),
    }),
    result: z.object({ feedId, topic: z.string().describe('Batches arrive as events on this topic, to this connection only'), waiting }),
    role: 'viewer',
    effect: 'read',
    help: 'Opens a batched view of topics for a screen: headers on a beat, payloads on demand.',
    quiet: true,
  },
  'feeds.update': {
    params: z.strictObject({
      feedId,
      topics: z.array(z.string().min(1).max(limits.topicBytes)).min(1).max(16).optional(),
      mode: z.enum(['live', 'counting']).optional().describe('counting: hidden or paused; totals once a second, no events announced'),
    }),
    result: z.object({ feedId, waiting }),
    role: 'viewer',
    effect: 'read',
    help: 'Changes what a feed carries.',
    quiet: true,
  },
  'feeds.ack': {
    params: z.strictObject({ feedId, batch: z.number().int() }),
    result: z.object({ ok: z.literal(true) }),
    role: 'viewer',
    effect: 'read',
    help: 'Says that a batch was drawn; without it the node merges and counts instead of sending.',
    quiet: true,
  },
  'feeds.read': {
    params: z.strictObject({
      feedId,
      fromId: z.number().int().min(0).describe('First event id wanted'),
      limit: z.number().int().min(1).max(500).default(1),
    }),
    result: z.object({ events: z.array(feedEventSchema), oldestId: z.number().int(), newestId: z.number().int(), more: z.boolean() }),
    role: 'viewer',
    effect: 'read',
    help: 'Whole events of a feed by id, for the inspector and for export. At most 1 MB an answer.',
    quiet: true,
  },
  'feeds.close': {
    params: z.strictObject({ feedId }),
    result: z.object({ closed: z.literal(true) }),
    role: 'viewer',
    effect: 'read',
    help: 'Ends a feed and frees what it kept.',
    quiet: true,
  },
});
