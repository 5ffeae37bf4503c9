import { expect, it } from 'vitest';
import { freezeNode } from './frozen-node.ts';

it('a node that is frozen is off line for others, runs nothing late, and is back by itself', async () => {
  const report = await freezeNode(0, 1);
  expect(report).toMatchObject({
    hanging: ['NODE_LOST maybe'],
    stale: ['TIMEOUT maybe'],
    effects: ['before', 'after'],
    events: ['before', 'after'],
  });
});
