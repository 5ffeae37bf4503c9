import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { levelsMatch, parseTopic, splitTopic, topicMatches } from '../../../src/common/topics.ts';

describe('parseTopic', () => {
  test.each([
    ['/stats', undefined, ['stats'], false],
    ['/logging/+', undefined, ['logging', '+'], true],
    ['/#', undefined, ['#'], true],
    ['node-b/stats', 'node-b', ['stats'], false],
    ['+/stats', '+', ['stats'], true],
    ['node-b/a/#', 'node-b', ['a', '#'], true],
    [`/${'é'.repeat(127)}`, undefined, ['é'.repeat(127)], false],
  ])('%s', (topic, identity, levels, hasWildcard) => {
    expect(parseTopic(topic)).toEqual({ identity, levels, hasWildcard });
  });

  test.each([
    [''],
    ['stats'],
    ['/'],
    ['//'],
    ['/a/'],
    ['/a//b'],
    ['/#/a'],
    ['/a#'],
    ['/a+/b'],
    ['#/stats'],
    ['a+/stats'],
    ['/a\u0000'],
    ['/a\u0085'],
    ['/a\ud800'],
    ['/a\uffff'],
    [`/${'a'.repeat(256)}`],
    [`/${'é'.repeat(128)}`],
    [`/${'😀'.repeat(64)}`],
    [`/${Array.from({ length: 17 }, () => 'a').join('/')}`],
  ])('refuses %j', (topic) => {
    expect(() => parseTopic(topic)).toThrow('The topic is not valid');
  });
});

describe('topicMatches', () => {
  const name = fc.constantFrom('a', 'b', 'node');

  test('a topic without wildcards matches itself and nothing else', () => {
    const topic = fc
      .tuple(fc.boolean(), fc.array(name, { minLength: 2, maxLength: 4 }))
      .map(([local, parts]) => (local ? '/' : '') + parts.join('/'));
    fc.assert(
      fc.property(topic, topic, (one, other) => {
        expect(topicMatches(parseTopic(one), splitTopic(other))).toBe(one === other);
      }),
    );
  });

  test('a local filter never matches another node’s topic, nor the other way round', () => {
    expect(topicMatches(parseTopic('/#'), splitTopic('node-b/stats'))).toBe(false);
    expect(topicMatches(parseTopic('+/stats'), splitTopic('/stats'))).toBe(false);
    expect(topicMatches(parseTopic('+/stats'), splitTopic('node-b/stats'))).toBe(true);
  });

  test('the rest may be nothing', () => {
    expect(levelsMatch(['a', '#'], ['a'])).toBe(true);
    expect(levelsMatch(['a', '+'], ['a'])).toBe(false);
  });
});
