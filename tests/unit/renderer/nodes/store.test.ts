import { describe, expect, test } from 'vitest';
import type { StoreItem } from '../../../../src/common/contract/store.ts';
import { type CopyState, changedByWords, summaryOf } from '../../../../src/renderer/features/nodes/store/copies.ts';

const copies = (...states: CopyState[]): StoreItem['replicas'] =>
  states.map((state, index) => ({ nodeId: `n1${index}`, name: `node-${index}`, version: 1, state, refusal: null }));

describe('the copies of a value', () => {
  test('are as good as the worst of them', () => {
    expect(summaryOf({ replicas: [] })).toEqual({ copies: 0, current: 0, worst: undefined });
    expect(summaryOf({ replicas: copies('current', 'waiting') })).toEqual({ copies: 2, current: 1, worst: 'waiting' });
    expect(summaryOf({ replicas: copies('waiting', 'refused', 'behind') }).worst).toBe('refused');
  });
});

test('who changed a value is said with the name of the node', () => {
  const nameOf = (nodeId: string) => (nodeId === 'n1abc' ? 'press-07' : nodeId);
  expect(changedByWords('ada@example.org@n1abc', nameOf)).toBe('ada@example.org@press-07');
  expect(changedByWords('ada', nameOf)).toBe('ada');
});
