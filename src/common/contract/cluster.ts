import { z } from 'zod';
import { limits } from '../limits.ts';
import { defineService } from './define.ts';
import { eventTotalsSchema, topicStatsSchema } from './events.ts';
import { reachFields } from './nodes.ts';
import { activityEntrySchema, activityTotalsSchema } from './rpc.ts';

const nodeId = z.string();
const name = z.string();
/** Why a node's part is missing: its error, or `TIMEOUT`. */
const error = z.object({ code: z.string(), message: z.string() }).nullable();
const count = z.number();
const ms = z.number().nullable();

/** A node of a version that does not tell a figure has null there, and so has one that did not answer. */
const figure = z.number().nullable();

export const clusterActivityNodeSchema = z.object({
  nodeId,
  name,
  error,
  ...reachFields,
  calls: figure.describe('Since its start'),
  errors: figure,
  perSecond: figure.describe('Over the last 5 s'),
  errorsPerSecond: figure,
  p50Ms: ms.describe('Over the last 10 to 20 s'),
  p95Ms: ms,
  inFlight: figure,
});
export type ClusterActivityNode = z.infer<typeof clusterActivityNodeSchema>;

export const clusterMethodSchema = z.object({
  method: z.string(),
  calls: count,
  errors: count,
  perSecond: count,
  p50Ms: ms.describe('Since the start of each node'),
  p95Ms: ms,
  maxMs: ms,
  nodes: z.number().int().describe('Nodes that ran it'),
  slowestNode: z.object({ nodeId, name }).nullable().describe('Where the slowest call was'),
});
export type ClusterMethod = z.infer<typeof clusterMethodSchema>;

export const clusterEntrySchema = activityEntrySchema.extend({
  nodeId: nodeId.describe('The node that lists the call'),
  name,
});
export type ClusterEntry = z.infer<typeof clusterEntrySchema>;

export const clusterTopicSchema = topicStatsSchema.extend({
  nodeId,
  name,
  dropped: figure.describe('Events that a slow client lost'),
});
export type ClusterTopic = z.infer<typeof clusterTopicSchema>;

export const clusterTopicsNodeSchema = z.object({
  nodeId,
  name,
  error,
  ...reachFields,
  published: figure,
  delivered: figure,
  dropped: figure,
  perSecond: figure,
  topics: figure,
  subscriptions: figure,
});
export type ClusterTopicsNode = z.infer<typeof clusterTopicsNodeSchema>;

const oneNode = z.string().min(1).max(128).optional().describe('Node id or unique name: only that node');
const answers = {
  asked: z.number().int().describe('Nodes that were asked: those on line'),
  answered: z.number().int(),
};

export const clusterContract = defineService({
  'cluster.activity': {
    params: z.strictObject({
      limit: z.number().int().min(1).max(500).default(100).describe('Most entries'),
      node: oneNode,
      method: z.string().max(128).optional().describe('Only entries of this method'),
      errorsOnly: z.boolean().default(false).describe('Only entries that failed'),
    }),
    result: z.object({
      nodes: z.array(clusterActivityNodeSchema),
      totals: activityTotalsSchema.omit({ durations: true }).extend({ p50Ms: ms, p95Ms: ms }),
      methods: z.array(clusterMethodSchema).describe('The busiest first'),
      entries: z.array(clusterEntrySchema).describe('The newest calls; times by the clock of the node that answers, as far as measured'),
      slowest: z.array(clusterEntrySchema).describe('The slowest of the calls that nodes still list'),
      ...answers,
    }),
    role: 'viewer',
    effect: 'read',
    help: 'The calls of the whole cluster: how many, how fast, how many failed, by node and by method; the newest and the slowest.',
    quiet: true,
  },
  'cluster.topics': {
    params: z.strictObject({
      limit: z.number().int().min(1).max(1_000).default(500).describe('Most topics'),
      node: oneNode,
    }),
    result: z.object({
      topics: z.array(clusterTopicSchema).describe('The busiest first'),
      left: z.number().int().describe('Topics that the limit left out'),
      nodes: z.array(clusterTopicsNodeSchema),
      totals: eventTotalsSchema,
      ...answers,
    }),
    role: 'viewer',
    effect: 'read',
    help: `The topics of the whole cluster by node, with rates, subscribers and losses, and what each node has published. A node tracks ${limits.trackedTopics} topics.`,
    quiet: true,
  },
});
