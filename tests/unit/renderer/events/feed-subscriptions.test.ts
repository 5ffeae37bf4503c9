import { describe, expect, it } from 'vitest';
import { type FeedSubscription, isBroad, nextColor, SubscriptionMatcher } from '../../../../src/renderer/state/feed-subscriptions.ts';

const list: readonly FeedSubscription[] = [
  { topic: '/north/press/#', color: 's1', hidden: false },
  { topic: '/north/+/gas', color: 's2', hidden: false },
  { topic: '/north/#', color: 's3', hidden: true },
  { topic: '+/stats', color: 's4', hidden: false },
];

describe('subscriptions', () => {
  it('give a topic to the first that matches and is shown', () => {
    const matcher = new SubscriptionMatcher(list);
    const colors = ['/north/press/07/temp', '/north/kiln/gas', '/north/kiln/02/gas', 'n1abc/stats', '/stats'].map(
      (topic) => matcher.find(topic)?.color,
    );
    expect(colors).toEqual(['s1', 's2', undefined, 's4', undefined]);
  });

  it('ask first when they take in everything', () => {
    expect(['/#', '+/#', '/+/#', '/+/+/#', '/site/#', '/+', '/stats', '/+/temp'].map(isBroad)).toEqual([
      true,
      true,
      true,
      true,
      false,
      false,
      false,
      false,
    ]);
  });

  it('take the colour that is used least', () => {
    expect(nextColor([])).toBe('s1');
    expect(nextColor(list)).toBe('s5');
    const six = (['s1', 's2', 's3', 's4', 's5', 's6'] as const).map((color) => ({ topic: `/${color}`, color, hidden: false }));
    expect(nextColor(six)).toBe('s1');
    expect(nextColor([...six, { topic: '/more', color: 's1', hidden: false }])).toBe('s2');
  });
});
