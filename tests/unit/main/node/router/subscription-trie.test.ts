import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { levelsMatch } from '../../../../../src/common/topics.ts';
import { SubscriptionTrie } from '../../../../../src/main/node/router/subscription-trie.ts';

const level = fc.constantFrom('a', 'b', 'c');
const topic = fc.array(level, { minLength: 1, maxLength: 4 });
const filter = fc
  .tuple(fc.array(fc.constantFrom('a', 'b', 'c', '+'), { minLength: 0, maxLength: 4 }), fc.boolean())
  .map(([levels, rest]) => (rest || levels.length === 0 ? [...levels, '#'] : levels));

describe('SubscriptionTrie', () => {
  test('finds what comparing every filter finds, while filters come and go', () => {
    const command = fc.record({ filter, value: fc.nat(3), add: fc.boolean() });
    fc.assert(
      fc.property(fc.array(command, { maxLength: 40 }), fc.array(topic, { minLength: 1, maxLength: 10 }), (commands, topics) => {
        const trie = new SubscriptionTrie<number>();
        const model = new Map<string, { filter: readonly string[]; value: number }>();
        for (const { filter: levels, value, add } of commands) {
          const key = `${levels.join('/')} ${value}`;
          if (add) {
            expect(trie.add(levels, value)).toBe(!model.has(key));
            model.set(key, { filter: levels, value });
          } else expect(trie.remove(levels, value)).toBe(model.delete(key));
        }
        expect(trie.size).toBe(model.size);
        for (const levels of topics) {
          const expected = [...model.values()].filter((entry) => levelsMatch(entry.filter, levels)).map(({ value }) => value);
          expect(trie.match(levels).sort()).toEqual(expected.sort());
        }
      }),
    );
  });

  test('the rest includes its parent, as in MQTT', () => {
    const trie = new SubscriptionTrie<string>();
    trie.add(['a', '#'], 'x');
    expect(trie.match(['a'])).toEqual(['x']);
    expect(trie.match(['a', 'b', 'c'])).toEqual(['x']);
    expect(trie.match(['b'])).toEqual([]);
  });
});
