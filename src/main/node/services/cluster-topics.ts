import { z } from 'zod';
import type { ClusterTopic, ClusterTopicsNode } from '../../../common/contract/cluster.ts';
import type { ResultOf } from '../../../common/contract/index.ts';
import { figure, type GoodAnswer, isGood, type NodeAnswer, nullableFigure, readableItems, sumKnown, text } from './cluster-answers.ts';

/** Bound of one node's answer; the most that `cluster.topics` may be asked for. */
const mostTopics = 1_000;

/** `events.topics` of this version, and what is left of it when a node is older. */
export const topicsAnswerSchema = z.object({
  topics: readableItems(
    z.object({
      topic: text,
      published: z.number().int().nonnegative(),
      perSecond: figure,
      subscribers: z.number().int().nonnegative(),
      dropped: z.number().int().nonnegative().nullable().catch(null).default(null),
      lastAt: nullableFigure,
      lastPreview: text.nullable().catch(null),
    }),
    mostTopics,
  ),
  totals: z
    .object({
      published: figure,
      delivered: figure,
      dropped: figure,
      perSecond: figure,
      topics: z.number().int().nonnegative(),
      subscriptions: z.number().int().nonnegative(),
    })
    .optional()
    .catch(undefined),
});
export type TopicsAnswer = z.infer<typeof topicsAnswerSchema>;

/** Puts the answers of the nodes together, the busiest topics first. */
export function mergeTopics(answers: readonly NodeAnswer<TopicsAnswer>[], limit: number): ResultOf<'cluster.topics'> {
  const good = answers.filter(isGood);
  const nodes = answers.map((answer) => (isGood(answer) ? nodeOf(answer) : silentNode(answer)));
  const sum = (key: 'published' | 'delivered' | 'dropped' | 'perSecond' | 'topics' | 'subscriptions') =>
    sumKnown(nodes.map((node) => node[key])) ?? 0;
  const topics = good
    .flatMap(rowsOf)
    .sort((a, b) => b.perSecond - a.perSecond || b.published - a.published)
    .slice(0, limit);
  return {
    topics,
    left: Math.max(0, sum('topics') - topics.length),
    nodes,
    totals: {
      published: sum('published'),
      delivered: sum('delivered'),
      dropped: sum('dropped'),
      perSecond: sum('perSecond'),
      topics: sum('topics'),
      subscriptions: sum('subscriptions'),
    },
    asked: answers.length,
    answered: good.length,
  };
}

function rowsOf({ nodeId, name, clockOffsetMs, data }: GoodAnswer<TopicsAnswer>): ClusterTopic[] {
  return data.topics.map((row) => ({
    ...row,
    nodeId,
    name,
    lastAt: row.lastAt === null ? null : Math.round(row.lastAt - clockOffsetMs),
  }));
}

function nodeOf({ nodeId, name, via, secure, data: { topics, totals } }: GoodAnswer<TopicsAnswer>): ClusterTopicsNode {
  return {
    nodeId,
    name,
    via,
    secure,
    error: null,
    published: totals?.published ?? sumKnown(topics.map(({ published }) => published)) ?? 0,
    delivered: totals?.delivered ?? null,
    dropped: totals?.dropped ?? null,
    perSecond: totals?.perSecond ?? sumKnown(topics.map(({ perSecond }) => perSecond)) ?? 0,
    topics: totals?.topics ?? topics.length,
    subscriptions: totals?.subscriptions ?? null,
  };
}

function silentNode({ nodeId, name, via, secure, error }: NodeAnswer<TopicsAnswer>): ClusterTopicsNode {
  const unknown = { published: null, delivered: null, dropped: null, perSecond: null, topics: null, subscriptions: null };
  return { nodeId, name, via, secure, error, ...unknown };
}
