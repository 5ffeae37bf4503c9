import { expect, it } from 'vitest';
import { freezeNode } from './frozen-node.ts';

it('a node that is frozen for a minute', { timeout: 180_000 }, async () => {
  const report = await freezeNode(60_000, 5);
  console.log(report);
  expect(report).toMatchObject({
    hanging: ['NODE_LOST maybe'],
    stale: ['TIMEOUT maybe'],
    effects: ['before', 'after'],
    events: ['before', 'after'],
  });
  expect(report.lastErrorAfterMs).toBeLessThanOrEqual(50);
});
