import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fingerprintOf, recoverySigner, recoveryWordsOf, signerFromSeed } from '../../../../../src/main/node/identity/index.ts';

const refused = expect.objectContaining({ name: 'SignalboxError', code: 'INVALID_PARAMS' });

test('recovery words give the key back, however they are typed', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (keySeed) => {
      const words = recoveryWordsOf(keySeed);
      expect(words).toHaveLength(24);
      expect(recoverySigner(words.join(' ')).publicKey).toEqual(signerFromSeed(keySeed).publicKey);
    }),
    { seed: 1, numRuns: 30 },
  );
  const words = recoveryWordsOf(new Uint8Array(32).fill(5));
  const { publicKey } = signerFromSeed(new Uint8Array(32).fill(5));
  for (const typed of [
    words.join('\n'),
    `  ${words.join(' ,  ')} `,
    words.join(' ').toUpperCase(),
    words.map((word) => word.slice(0, 4)).join(' '),
  ])
    expect(recoverySigner(typed).publicKey, typed).toEqual(publicKey);
});

test('a mistake in the words is found, and where', () => {
  const words = recoveryWordsOf(new Uint8Array(32).fill(5));
  expect(() => recoverySigner('')).toThrow(refused);
  expect(() => recoverySigner(words.slice(1).join(' '))).toThrow(refused);
  expect(() => recoverySigner([...words.slice(0, 22), 'qwertz', 'asdf'].join(' '))).toThrow(
    expect.objectContaining({ code: 'INVALID_PARAMS', data: { unknown: [23, 24] } }),
  );
  const [first, ...rest] = words;
  expect(() => recoverySigner([...rest, first === 'zoo' ? 'abandon' : 'zoo'].join(' '))).toThrow(refused);
});

test('a fingerprint is eight words and 16 bytes of hex of the digest', () => {
  const { words, hex } = fingerprintOf(signerFromSeed(new Uint8Array(32).fill(1)).publicKey);
  expect(words.join(' ')).toBe('crucial position tower kingdom panther layer faculty region');
  expect(hex).toBe('3475 0f98 bd59 fcfc 946d a45a aabe 933b');
});
