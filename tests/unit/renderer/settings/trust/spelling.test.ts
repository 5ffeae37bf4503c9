import { expect, test } from 'vitest';
import { spell } from '../../../../../src/renderer/features/settings/trust/model/spelling.ts';

test('a code is spelled group by group, as it is read over a radio', () => {
  expect(spell('NG1P7-FK3YR')).toEqual(['November Golf one Papa seven', 'Foxtrot Kilo three Yankee Romeo']);
});

test('every character that a code can have has a word of its own', () => {
  const characters = [...'0123456789ABCDEFGHJKMNPQRSTVWXYZ'];
  const words = characters.flatMap((character) => spell(character));
  expect(new Set(words).size).toBe(32);
  expect(words.every((word) => word.length > 1)).toBe(true);
});
