import { describe, expect, test } from 'vitest';
import { bareMs, formatSince } from '../../../../src/renderer/features/nodes/node-words.ts';

describe('words about a node', () => {
  test('a time of today is a time, an older one is a day', () => {
    const now = new Date(2026, 10, 21, 14, 30).getTime();
    expect(formatSince(new Date(2026, 10, 21, 11, 52).getTime(), now)).toBe('11:52');
    expect(formatSince(new Date(2026, 10, 20, 11, 52).getTime(), now)).toBe('20 Nov');
  });

  test('milliseconds under a head that names them have no unit, and a dash when there are none', () => {
    expect([0, 0.42, 4.06, 61.4, null, undefined].map(bareMs)).toEqual(['0', '0.4', '4.1', '61', '–', '–']);
  });
});
