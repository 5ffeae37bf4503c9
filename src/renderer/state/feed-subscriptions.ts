import { levelsMatch, type ParsedTopic, parseTopic } from '../../common/topics.ts';

/** Series colours in order of use (look.md section 2). */
export const subscriptionColors = ['s1', 's2', 's3', 's4', 's5', 's6'] as const;
export type SubscriptionColor = (typeof subscriptionColors)[number];

/** One line of the subscription list. */
export interface FeedSubscription {
  readonly topic: string;
  readonly color: SubscriptionColor;
  /** Counted, but its rows are not shown. */
  readonly hidden: boolean;
}

/** Most topics of one feed (contract of `feeds.open`). */
export const maxFeedTopics = 16;
/** Topics whose subscription is remembered; more, and all are matched afresh. */
const rememberedTopics = 10_000;

/** The colour that is used least, the first of those. */
export function nextColor(subscriptions: readonly FeedSubscription[]): SubscriptionColor {
  const uses = (color: SubscriptionColor) => subscriptions.filter((known) => known.color === color).length;
  return subscriptionColors.reduce((best, color) => (uses(color) < uses(best) ? color : best), subscriptionColors[0]);
}

/** True when a filter takes in every topic of a node, or of all of them: `/#`, `/+/#`, `+/#`. */
export function isBroad(topic: string): boolean {
  const { levels } = parseTopic(topic);
  return levels.includes('#') && levels.every((level) => level === '#' || level === '+');
}

/** A concrete topic taken apart; unlike a filter it is never refused, the node vouches for it. */
function concreteLevels(topic: string): { readonly identity: string | undefined; readonly levels: readonly string[] } {
  if (topic.startsWith('/')) return { identity: undefined, levels: topic.slice(1).split('/') };
  const [identity, ...levels] = topic.split('/');
  return { identity, levels };
}

/** True when a topic filter takes in a concrete topic. */
export function topicMatches(filter: ParsedTopic, topic: string): boolean {
  const { identity, levels } = concreteLevels(topic);
  const sameNode = filter.identity === identity || (filter.identity === '+' && identity !== undefined);
  return sameNode && levelsMatch(filter.levels, levels);
}

/** Finds the subscription a topic belongs to: the first that matches and is shown. */
export class SubscriptionMatcher {
  readonly #filters: readonly { readonly parsed: ParsedTopic; readonly subscription: FeedSubscription }[];
  readonly #known = new Map<string, FeedSubscription | undefined>();

  constructor(subscriptions: readonly FeedSubscription[]) {
    this.#filters = subscriptions
      .filter((subscription) => !subscription.hidden)
      .map((subscription) => ({ parsed: parseTopic(subscription.topic), subscription }));
  }

  /** The shown subscription of a topic, or undefined when none shows it. */
  find(topic: string): FeedSubscription | undefined {
    if (this.#known.has(topic)) return this.#known.get(topic);
    if (this.#known.size >= rememberedTopics) this.#known.clear();
    const found = this.#filters.find(({ parsed }) => topicMatches(parsed, topic))?.subscription;
    this.#known.set(topic, found);
    return found;
  }
}
