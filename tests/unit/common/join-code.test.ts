import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import {
  decodeJoinCode,
  encodeJoinCode,
  groupJoinCode,
  joinCodeCheckInput,
  joinCodeCheckOf,
  normalizeJoinCode,
} from '../../../src/common/join-code.ts';
import { joinCodeOf, readJoinCode } from '../../../src/main/node/trust/index.ts';

const secret = Uint8Array.from([2, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 255]);
const code = joinCodeOf(secret);
const digest = (input: Uint8Array) => createHash('sha256').update(input).digest();

test('what is typed badly and meant well is the same code', () => {
  const plain = code.replaceAll('-', '');
  expect(normalizeJoinCode(` ${code.toLowerCase()} `)).toBe(plain);
  expect(normalizeJoinCode('oil-OIL')).toBe('011011');
  expect(groupJoinCode(plain)).toBe(code);
  expect(groupJoinCode('ABCDEFG')).toBe('ABCDE-FG');
  expect(groupJoinCode('')).toBe('');
});

test('the check of a code is that of the node, and any one wrong character is seen', () => {
  const read = decodeJoinCode(code);
  expect(read).toEqual({ secret, check: joinCodeCheckOf(digest(joinCodeCheckInput(secret))) });
  expect(readJoinCode(encodeJoinCode(read as Exclude<typeof read, { readonly fault: string }>))).toEqual(secret);
  const wrong = code.startsWith('0') ? `1${code.slice(1)}` : `0${code.slice(1)}`;
  expect(() => readJoinCode(wrong)).toThrow('mistyped');
});

test('what cannot be a code says why', () => {
  expect(decodeJoinCode('ABC')).toEqual({ fault: 'length', characters: 3 });
  expect(decodeJoinCode('U'.repeat(20))).toEqual({ fault: 'character' });
});
