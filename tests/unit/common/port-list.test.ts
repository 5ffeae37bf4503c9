import { expect, test } from 'vitest';
import { parsePorts } from '../../../src/common/port-list.ts';

test('ports and ranges are read', () => {
  expect(parsePorts('')).toEqual([]);
  expect(parsePorts('2222')).toEqual([2222]);
  expect(parsePorts('20000-20002, 2222,20001')).toEqual([20_000, 20_001, 20_002, 2222]);
});

test.each(['0', '70000', '2-1', 'ssh', '1-5000', '1;2'])('%s is not a list of ports', (text) => {
  expect(parsePorts(text)).toBeUndefined();
});
