import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fitted, lonePoints, niceBinaryCeiling, niceCeiling } from '../../../../src/renderer/design/data/chart-scale.ts';

describe('the top of an axis', () => {
  test.each([
    [null, 1],
    [0, 1],
    [0.4, 0.5],
    [9.4, 10],
    [120, 200],
    [212, 250],
    [99, 100],
    [412, 500],
    [1_904, 2_000],
  ])('of %s is %s', (high, ceiling) => {
    expect(niceCeiling(high)).toBe(ceiling);
  });

  test('is always above the highest value, and not far above', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-6, max: 1e12, noNaN: true }), (high) => {
        const ceiling = niceCeiling(high);
        expect(ceiling).toBeGreaterThanOrEqual(high);
        expect(ceiling / high).toBeLessThan(11);
      }),
    );
  });

  test('of bytes is a power of two of KB, MB or GB', () => {
    expect(niceBinaryCeiling(null)).toBe(1_024);
    expect(niceBinaryCeiling(3_900)).toBe(4_096);
    expect(niceBinaryCeiling(180 * 1_048_576)).toBe(256 * 1_048_576);
  });
});

describe('an axis that fits its values', () => {
  test('leaves a tenth above and below', () => {
    expect(fitted(20, 30)).toEqual([19, 31]);
  });

  test('puts a value that never changes in the middle', () => {
    expect(fitted(21.5, 21.5)).toEqual([21.5 - 2.15, 21.5 + 2.15]);
    expect(fitted(0, 0)).toEqual([-1, 1]);
    expect(fitted(null, null)).toEqual([0, 1]);
  });
});

test('a value between two gaps is a point of its own', () => {
  expect(lonePoints([1, null, 2, null, 3, 4, null, 5])).toEqual([0, 2, 7]);
  expect(lonePoints([])).toEqual([]);
});
