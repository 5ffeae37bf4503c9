import fc from 'fast-check';
import { expect, test } from 'vitest';
import { chooseTwo, isWord } from '../../../../src/renderer/features/shared/create-cluster/confirm-words.ts';

const words = Array.from({ length: 24 }, (_, index) => `word${index + 1}`);

test('two words of different places are asked for, in their order, whatever chance says', () => {
  fc.assert(
    fc.property(fc.tuple(fc.nat(999), fc.nat(999)), (chances) => {
      const rest = chances.map((chance) => chance / 1_000);
      const [first, second] = chooseTwo(words, () => rest.shift() ?? 0);
      expect(first.place).toBeLessThan(second.place);
      expect([first.word, second.word]).toEqual([`word${first.place}`, `word${second.place}`]);
      expect(second.place).toBeLessThanOrEqual(24);
    }),
  );
});

test('a word is taken in any case and with spaces around, another is not', () => {
  const asked = { place: 3, word: 'endorse' };
  expect(['endorse', ' Endorse ', 'endors', ''].map((typed) => isWord(typed, asked))).toEqual([true, true, false, false]);
});
