/** Asking for some of the recovery words, so that they were written down before they are gone. */

/** A word and its place, from 1. */
export interface AskedWord {
  readonly place: number;
  readonly word: string;
}

/**
 * Two of the words, of different places and in their order.
 *
 * @param random from 0 up to 1, for tests
 */
export function chooseTwo(words: readonly string[], random: () => number = Math.random): readonly [AskedWord, AskedWord] {
  const first = Math.floor(random() * words.length);
  const other = Math.floor(random() * (words.length - 1));
  const second = other < first ? other : other + 1;
  const [low, high] = first < second ? [first, second] : [second, first];
  return [
    { place: low + 1, word: words[low] ?? '' },
    { place: high + 1, word: words[high] ?? '' },
  ];
}

/** True when it is that word as people type it: any case, spaces around it. */
export function isWord(typed: string, { word }: AskedWord): boolean {
  return typed.trim().toLowerCase() === word;
}
