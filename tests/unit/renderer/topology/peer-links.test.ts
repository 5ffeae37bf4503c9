import { expect, test } from 'vitest';
import { linksBesides, neighboursOf } from '../../../../src/renderer/features/shared/topology/model/peer-links.ts';

const edges = [
  { from: 'a', to: 'b', kind: 'link' as const },
  { from: 'b', to: 'a', kind: 'link' as const },
  { from: 'c', to: 'a', kind: 'link' as const },
  { from: 'a', to: 'd', kind: 'mqtt' as const },
  { from: 'c', to: 'b', kind: 'link' as const },
  { from: 'b', to: 'c', kind: 'link' as const },
];

test('the neighbours of a node are those that it or they told of, over links alone', () => {
  expect(neighboursOf('a', edges)).toEqual(['b', 'c']);
});

test('the links of others are each drawn once, without those of the node that all ways are drawn from', () => {
  expect(linksBesides('a', edges)).toEqual([['b', 'c']]);
  expect(linksBesides('none', edges)).toEqual([
    ['a', 'b'],
    ['a', 'c'],
    ['b', 'c'],
  ]);
});
