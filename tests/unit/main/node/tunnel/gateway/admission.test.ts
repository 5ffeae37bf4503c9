import { expect, test } from 'vitest';
import { Admission } from '../../../../../../src/main/node/tunnel/gateway/admission.ts';

test('so many a second come in, the others are told to wait and counted', () => {
  let now = 0;
  const admission = new Admission({ perSecond: 50, nowMs: () => now });
  const first = Array.from({ length: 60 }, () => admission.enter());
  expect(first.filter((wait) => wait === undefined)).toHaveLength(50);
  expect(first.at(-1)).toBe(1);
  expect(admission.refused).toBe(10);
  // The next fifty are told to come after those.
  expect(Array.from({ length: 50 }, () => admission.enter()).at(-1)).toBe(2);
  expect(admission.refused).toBe(60);
  now += 100;
  expect(Array.from({ length: 6 }, () => admission.enter()).filter((wait) => wait === undefined)).toHaveLength(5);
});
