import { describe, expect, it } from 'vitest';
import { maxTreeTopics, shortValue, TopicTree } from '../../../../src/renderer/features/events/model/topic-tree.ts';

const stats = (topic: string, published: number, lastPreview: string | null = null) => ({
  topic,
  published,
  perSecond: 0,
  subscribers: 0,
  dropped: 0,
  lastAt: null,
  lastPreview,
});

const lines = (tree: TopicTree, ...open: string[]) =>
  tree
    .rows(new Set(open))
    .map((row) => `${'  '.repeat(row.depth)}${row.label} ${row.count}${row.lastValue === null ? '' : ` ${row.lastValue}`}`);

describe('the topic tree', () => {
  it('shows roots only until a level is opened, with the sum of what is under it', () => {
    const tree = new TopicTree();
    tree.apply([stats('/north/press/07', 3, '81'), stats('/north/kiln', 2), stats('/stats', 1)], 0, 0);
    expect(lines(tree)).toEqual(['north 5', 'stats 1']);
    expect(lines(tree, '/north', '/north/press')).toEqual(['north 5', '  kiln 2', '  press 3', '    07 3 81', 'stats 1']);
  });

  it('gives each line the filter that takes it in', () => {
    const filters = (prefix: string) => {
      const tree = new TopicTree(prefix);
      tree.apply([stats('/north/press', 1), stats('/north/press/07', 1)], 0, 0);
      return tree.rows(new Set([`${prefix}/north`, `${prefix}/north/press`])).map(({ filter }) => filter);
    };
    expect(filters('')).toEqual(['/north/#', '/north/press/#', '/north/press/07']);
    expect(filters('n1abc')).toEqual(['n1abc/north/#', 'n1abc/north/press/#', 'n1abc/north/press/07']);
  });

  it('adds what was announced, until the node counts again', () => {
    const tree = new TopicTree();
    tree.apply([stats('/a', 10, '1')], 0, 0);
    tree.note('/a', '2', 50);
    tree.note('/b', '7', 60);
    expect(lines(tree)).toEqual(['a 11 2', 'b 1 7']);
    tree.apply([stats('/a', 15, '3')], 0, 100);
    expect(lines(tree)).toEqual(['a 15 3', 'b 1 7']);
    expect(tree.rows(new Set()).map(({ changedAtMs }) => changedAtMs)).toEqual([100, 60]);
  });

  it('is bounded and says how many topics did not fit', () => {
    const tree = new TopicTree();
    tree.apply(
      Array.from({ length: maxTreeTopics + 3 }, (_, index) => stats(`/t/${index}`, 1)),
      4,
      0,
    );
    expect([tree.size, tree.omitted]).toEqual([maxTreeTopics, 7]);
  });

  it('says a value in a few letters', () => {
    const previews = ['81.4', '"running"', '{"c":81.4,"q":1}', '{"timestamp":17,"state":"open"}', '[1,2]', '{"a":{}}', null];
    expect(previews.map(shortValue)).toEqual(['81.4', 'running', '81.4', 'open', '', '', '']);
  });
});
