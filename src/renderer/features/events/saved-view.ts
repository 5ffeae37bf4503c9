/** The person's own subscriptions and charts, kept by the node so that desktop and browser see the same. */
import { z } from 'zod';
import { parseTopic } from '../../../common/topics.ts';
import type { FeedClient } from '../../state/feed-pipeline.ts';
import { type FeedSubscription, maxFeedTopics, subscriptionColors } from '../../state/feed-subscriptions.ts';
import type { Scope } from '../../state/scope.ts';

const topic = z.string().refine((text) => {
  try {
    parseTopic(text);
    return true;
  } catch {
    return false;
  }
});

const savedViewSchema = z.object({
  subscriptions: z.array(z.object({ topic, color: z.enum(subscriptionColors), hidden: z.boolean() })).max(maxFeedTopics),
  charts: z.record(z.string(), z.string()).default({}),
});
export type SavedView = z.infer<typeof savedViewSchema>;

const kind = 'view';
const id = 'events';

/** What a person sees who has chosen nothing yet: the life of the instance that the console looks at. */
export function firstSubscriptions(scope: Scope): readonly FeedSubscription[] {
  const place = scope.kind === 'self' ? '' : scope.kind === 'all' ? '+' : scope.nodeId;
  const topics = scope.kind === 'self' ? ['/stats', '/cluster/#', '/notifications'] : ['/stats', '/cluster/rpc', '/notifications'];
  const colors = ['s1', 's3', 's5'] as const;
  return topics.map((path, index) => ({ topic: `${place}${path}`, color: colors[index] ?? 's6', hidden: false }));
}

/** Reads the view; undefined when there is none yet, or what is there is of another version. */
export async function loadView(client: FeedClient): Promise<SavedView | undefined> {
  const { items } = await client.call('workspace.list', { kind });
  const item = items.find((known) => known.id === id);
  const parsed = savedViewSchema.safeParse(item?.value);
  return parsed.success ? parsed.data : undefined;
}

/** Keeps the view. */
export async function saveView(client: FeedClient, view: SavedView): Promise<void> {
  await client.call('workspace.put', { kind, id, value: view });
}
