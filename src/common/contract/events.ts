import { z } from 'zod';
import { limits } from '../limits.ts';
import { eventNames } from '../wire/messages.ts';
import { defineService } from './define.ts';

const topic = z.string().min(1).max(limits.topicBytes).describe('A path such as /stats; + is one level, # the rest');

export const topicStatsSchema = z.object({
  topic: z.string(),
  published: z.number().int(),
  perSecond: z.number(),
  subscribers: z.number().int(),
  dropped: z.number().int().describe('Events that a slow client lost'),
  lastAt: z.number().nullable(),
  lastPreview: z.string().nullable().describe('First 80 characters of the last value'),
});
export type TopicStats = z.infer<typeof topicStatsSchema>;

export const eventTotalsSchema = z.object({
  published: z.number(),
  delivered: z.number().describe('Events handed to clients, each as often as it was'),
  dropped: z.number().describe('Events that a slow client lost'),
  perSecond: z.number().describe('Published, over the last 5 s'),
  topics: z.number().int(),
  subscriptions: z.number().int(),
});

export const eventsContract = defineService({
  subscribe_channel: {
    params: z.strictObject({ topic }),
    result: z.object({ topic: z.string(), subscribed: z.literal(true) }),
    role: 'viewer',
    effect: 'read',
    help: 'Begins to send the events of a topic to this connection.',
    example: { topic: '/stats' },
  },
  unsubscribe_channel: {
    params: z.strictObject({ topic }),
    result: z.object({ topic: z.string(), subscribed: z.literal(false) }),
    role: 'viewer',
    effect: 'read',
    help: 'Stops sending the events of a topic to this connection.',
    example: { topic: '/stats' },
  },
  'events.topics': {
    params: z.strictObject({ limit: z.number().int().min(1).max(5_000).default(1_000) }),
    result: z.object({
      topics: z.array(topicStatsSchema),
      dropped: z.number().int().describe('Topics no longer tracked'),
      totals: eventTotalsSchema,
    }),
    role: 'viewer',
    effect: 'read',
    help: 'Topics seen by the node with counts, rates and last value.',
    quiet: true,
  },
  'events.publish': {
    params: z.strictObject({
      topic: z
        .string()
        .min(2)
        .max(limits.topicBytes)
        .describe('Local path, for example /site/press-07/note; not one of the node’s own topics'),
      name: z.enum(eventNames).default('data_generated'),
      data: z.unknown().describe('Any JSON'),
    }),
    result: z.object({ topic: z.string(), seq: z.number().int(), subscribers: z.number().int() }),
    role: 'operator',
    effect: 'write',
    help: 'Publishes an event on a topic of the node.',
    streamed: true,
    example: { topic: '/site/note', data: { text: 'Valve 3 checked' } },
  },
});
