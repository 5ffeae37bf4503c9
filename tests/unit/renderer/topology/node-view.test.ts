import { describe, expect, it } from 'vitest';
import type { Problem } from '../../../../src/common/contract/node.ts';
import { boxInDirection } from '../../../../src/renderer/design/data/graph-neighbour.ts';
import { problemsByNode } from '../../../../src/renderer/features/shared/model/problems.ts';
import { conditionOf, silentForMs } from '../../../../src/renderer/features/shared/topology/model/node-view.ts';
import { changesBetween } from '../../../../src/renderer/state/cluster-history.ts';
import { nodeInfo } from '../../../helpers/samples.ts';

describe('the condition of a node', () => {
  it('is what its status says, before its health', () => {
    expect(conditionOf({ status: 'online', health: 'ok' }, false)).toBe('online');
    expect(conditionOf({ status: 'online', health: 'warn' }, false)).toBe('degraded');
    expect(conditionOf({ status: 'online', health: 'crit' }, false)).toBe('failing');
    expect(conditionOf({ status: 'online', health: 'ok' }, true)).toBe('silent');
    expect(conditionOf({ status: 'offline', health: 'crit' }, true)).toBe('offline');
    expect(conditionOf({ status: 'unknown', health: 'ok' }, false)).toBe('unknown');
  });

  it('calls a node silent that has sent measures and sends none, as long as somebody listens', () => {
    const heard = { points: [], atMs: 100_000 };
    expect(silentForMs(heard, 50_000, 105_000)).toBe(0);
    expect(silentForMs(heard, 50_000, 140_000)).toBe(40_000);
    // Nobody listened in between: only the time since then counts.
    expect(silentForMs(heard, 135_000, 140_000)).toBe(0);
    expect(silentForMs(heard, undefined, 140_000)).toBe(0);
    expect(silentForMs(undefined, 50_000, 140_000)).toBe(0);
  });
});

describe('what is remembered of a cluster', () => {
  const node = (nodeId: string, status: 'online' | 'offline' | 'unknown') => nodeInfo(nodeId, { nodeId, status });

  it('is who came, left, was lost from sight and was forgotten', () => {
    const before = [node('a', 'online'), node('b', 'online'), node('c', 'offline'), node('d', 'online'), node('e', 'offline')];
    const now = [
      node('a', 'online'),
      node('b', 'offline'),
      node('c', 'online'),
      node('d', 'unknown'),
      node('f', 'online'),
      node('g', 'offline'),
    ];
    expect(changesBetween(before, now).map(({ nodeId, kind }) => `${nodeId} ${kind}`)).toEqual([
      'b left',
      'c joined',
      'd lost',
      'f joined',
      'e forgotten',
    ]);
  });

  it('does not call it news that the console was opened', () => {
    expect(changesBetween([], [node('a', 'online')])).toEqual([]);
  });
});

describe('going through the graph by keyboard', () => {
  const boxes = [
    { id: 'hub', x: 276, y: 0 },
    { id: 'a', x: 0, y: 72 },
    { id: 'b', x: 184, y: 72 },
    { id: 'c', x: 368, y: 72 },
  ];

  it('goes to the nearest box in the direction, and stays at the edge', () => {
    expect(boxInDirection(boxes, 'a', 'right')).toBe('b');
    expect(boxInDirection(boxes, 'c', 'left')).toBe('b');
    expect(boxInDirection(boxes, 'b', 'up')).toBe('hub');
    expect(boxInDirection(boxes, 'hub', 'down')).toBe('b');
    expect(boxInDirection(boxes, 'a', 'left')).toBeUndefined();
    expect(boxInDirection(boxes, 'gone', 'left')).toBeUndefined();
  });
});

describe('what nodes answer about themselves', () => {
  const problem = (id: string, severity: Problem['severity'], sinceMs: number): Problem => ({
    id,
    severity,
    sinceMs,
    title: id,
    detail: '',
    view: null,
  });

  it('gives the problems of those that answered, the worst first', () => {
    const answer = {
      results: [
        { node: 'a', status: 'success' as const, data: { problems: [problem('old', 'warn', 1), problem('bad', 'crit', 2)] } },
        { node: 'b', status: 'success' as const, data: { problems: [] } },
        { node: 'c', status: 'error' as const, error: { code: 'FORBIDDEN' as const, message: '', retryable: false } },
      ],
      missing: ['d'],
    };
    expect([...problemsByNode(answer)].map(([node, problems]) => [node, problems.map(({ id }) => id)])).toEqual([['a', ['bad', 'old']]]);
  });
});
