/** The person's own subscriptions and charts, kept by the node so that desktop and browser see the same. */
import { z } from 'zod';
import { parseTopic } from '../../../common/topics.ts';
import type { FeedClient } from '../../state/feed-pipeline.ts';
import { type FeedSubscription, maxFeedTopics, subscriptionColors } from '../../state/feed-subscriptions.ts';

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

/** What a person sees who has chosen nothing yet: the node's own life. */
export const firstSubscriptions: readonly FeedSubscription[] = [
  { topic: '/stats', color: 's1', hidden: false },
  { topic: '/cluster/#', color: 's3', hidden: false },
  { topic: '/notifications', color: 's5', hidden: false },
];

/** Reads the view; the first one when there is none, or what is there is of another version. */
export async function loadView(client: FeedClient): Promise<SavedView> {
  const { items } = await client.call('workspace.list', { kind });
  const item = items.find((known) => known.id === id);
  const parsed = savedViewSchema.safeParse(item?.value);
  return parsed.success ? parsed.data : { subscriptions: [...firstSubscriptions], charts: {} };
}

/** Keeps the view. */
export async function saveView(client: FeedClient, view: SavedView): Promise<void> {
  await client.call('workspace.put', { kind, id, value: view });
}
