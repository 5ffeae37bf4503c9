import { describe, expect, it } from 'vitest';
import { compileFilter, topicOfFilter, withTopic } from '../../../../src/renderer/features/events/model/filter.ts';

const event = { topic: '/north/press/07/temp', origin: 'n1-own', preview: '{"c":81.4,"q":"Good enough"}', isError: false };
const matches = (text: string, of: Partial<typeof event> = {}) => compileFilter(text)?.({ ...event, ...of });

describe('the filter', () => {
  it('is none for nothing', () => {
    expect(compileFilter('  ')).toBeUndefined();
  });

  it('wants every word, in topic or payload, whatever the case', () => {
    expect(['press', 'PRESS 81.4', 'good', 'press lab', '"good enough"', '"enough good"'].map((text) => matches(text))).toEqual([
      true,
      true,
      true,
      false,
      true,
      false,
    ]);
  });

  it('narrows by topic with wildcards', () => {
    const texts = [
      'topic:/north/#',
      'topic:/north/press/+/temp',
      'topic:/north/press',
      'topic:/south/#',
      'topic:/north/# good',
      'topic:/north/pr',
    ];
    expect(texts.map((text) => matches(text))).toEqual([true, true, false, false, true, false]);
  });

  it('takes a half-written topic by its letters', () => {
    expect(['topic:/north/press/', 'topic:', 'topic:/north/+x'].map((text) => matches(text))).toEqual([true, true, false]);
  });

  it('narrows to a node by id and by name, however its events were subscribed', () => {
    const nodes = { resolve: (name: string) => (name === 'press-07' ? 'n1-press' : undefined), own: 'n1-own' };
    const passes = (text: string, topic: string, origin: string) => compileFilter(text, nodes)?.({ ...event, topic, origin });
    const shown = ['press-07/stats', 'n1-press/stats'].map((topic) => [
      passes('topic:press-07/stats', topic, 'n1-press'),
      passes('topic:n1-press/#', topic, 'n1-press'),
      passes('topic:+/stats', topic, 'n1-press'),
      passes('topic:/stats', topic, 'n1-press'),
    ]);
    expect(shown).toEqual([
      [true, true, true, false],
      [true, true, true, false],
    ]);
    expect([passes('topic:/stats', 'n1-own/stats', 'n1-own'), passes('topic:+/stats', '/stats', 'n1-own')]).toEqual([true, true]);
    expect(passes('topic:n1-press/stats', '/stats', 'n1-own')).toBe(false);
  });

  it('finds errors', () => {
    expect(matches('is:error')).toBe(false);
    expect(matches('is:error', { isError: true })).toBe(true);
  });

  it('has one topic at a time, put in and taken out again', () => {
    expect(withTopic('good', '/a/#')).toBe('topic:/a/# good');
    expect(withTopic('topic:/a/# good', '/b')).toBe('topic:/b good');
    expect(withTopic('topic:/b good', '/b')).toBe('good');
    expect(topicOfFilter('good topic:/b')).toBe('/b');
    expect(topicOfFilter('good')).toBeUndefined();
  });
});
