import { expect, test } from 'vitest';
import { elideId, groupId } from '../../../../src/renderer/state/group-id.ts';

test('an id is read in groups of four', () => {
  expect(groupId('n1jfmtevab')).toBe('n1jf mtev ab');
});

test('a long id is cut in the middle, that of another system is whole', () => {
  expect(elideId(`n1jfmtev${'a'.repeat(38)}cqc6e6kq`)).toBe('n1jf mtev … cqc6 e6kq');
  expect(elideId('press-07')).toBe('press-07');
});
