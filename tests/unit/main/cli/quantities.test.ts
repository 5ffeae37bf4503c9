import { expect, test } from 'vitest';
import { formatBytes, orNone, parseBytes, parseDurationMs, parseWholeNumber } from '../../../../src/main/cli/quantities.ts';

test('sizes and times are read with their units', () => {
  expect(['500', '10MB', '1.5 GiB', '2kB'].map(parseBytes)).toEqual([500, 10_000_000, 1_610_612_736, 2_000]);
  expect(['500ms', '90s', '15min', '1.5h', '7d'].map(parseDurationMs)).toEqual([500, 90_000, 900_000, 5_400_000, 604_800_000]);
  expect(['none', '5'].map(orNone(parseBytes))).toEqual(['none', 5]);
  expect(parseWholeNumber('0')).toBe(0);
});

test.each(['', '-1', '10 apples', '1e9', 'toString', '10mb'])('%j is no size', (text) => {
  expect(() => parseBytes(text)).toThrow('Give a number of bytes');
});

test.each(['', '90', '5m', '-1s'])('%j is no time', (text) => {
  expect(() => parseDurationMs(text)).toThrow('Give a time with its unit');
});

test('sizes are shown with three digits at most', () => {
  expect([0, 999, 1_000, 123_456, 5_500_000, 2e12].map(formatBytes)).toEqual(['0 B', '999 B', '1.0 kB', '123 kB', '5.5 MB', '2.0 TB']);
});
