import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { SignalboxError } from '../../../src/common/errors.ts';
import { checkPlainValue, outermostText, parseGuarded } from '../../../src/common/wire/guarded-json.ts';

const bounds = { depth: 32, keys: 1_000 };
const refusedKeys = new Set(['__proto__', 'constructor', 'prototype']);

function codeOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    return (error as SignalboxError).code;
  }
  return 'none';
}

/** Plain data that means the same to every reader. */
const plainValue = fc
  .jsonValue({ maxDepth: 6 })
  .filter((value) => !JSON.stringify(value).includes('-0') && !Object.is(value, -0) && isHarmless(value));

function isHarmless(value: unknown): boolean {
  if (typeof value === 'number') return !Object.is(value, -0);
  if (typeof value !== 'object' || value === null) return true;
  if (Array.isArray(value)) return value.every(isHarmless);
  return Object.entries(value).every(([key, item]) => !refusedKeys.has(key) && isHarmless(item));
}

describe('parseGuarded', () => {
  test('reads what JSON.parse reads, when it is plain', () => {
    fc.assert(
      fc.property(plainValue, fc.constantFrom(undefined, 1, '\t'), (value, indent) => {
        const text = JSON.stringify(value, undefined, indent);
        expect(parseGuarded(text, bounds)).toEqual(JSON.parse(text));
      }),
    );
  });

  test('never throws anything but an expected error, whatever the text', () => {
    const pieces = fc.constantFrom('{', '}', '[', ']', '"', '\\', '\\"', ':', ',', 'a', '1', '-0', '1e400', 'null', '\\u', 'd800', ' ');
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.array(pieces, { maxLength: 40 }).map((parts) => parts.join('')),
        ),
        (text) => {
          expect(['none', 'BAD_REQUEST', 'TOO_LARGE', 'INVALID_PARAMS']).toContain(codeOf(() => parseGuarded(text, bounds)));
        },
      ),
    );
  });

  test('is not misled about keys by what stands in texts', () => {
    const tricky = fc.array(fc.constantFrom('"', '\\', ':', '{', '}', 'é', '\n', 'a'), { maxLength: 12 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.dictionary(tricky, tricky), (value) => {
        expect(parseGuarded(JSON.stringify(value), bounds)).toEqual(value);
      }),
    );
  });

  test.each([
    ['a key twice', '{"a":1,"a":2}', 'INVALID_PARAMS'],
    ['a key twice, once escaped', '{"a":1,"\\u0061":2}', 'INVALID_PARAMS'],
    ['a key twice, deep inside', '[[{"b":{"a":1,"a":2}}]]', 'INVALID_PARAMS'],
    ['__proto__', '{"__proto__":{"admin":true}}', 'INVALID_PARAMS'],
    ['__proto__, escaped', '{"__pr\\u006fto__":{"admin":true}}', 'INVALID_PARAMS'],
    ['constructor', '{"a":{"constructor":1}}', 'INVALID_PARAMS'],
    ['a number beyond range', '{"a":1e400}', 'INVALID_PARAMS'],
    ['minus zero', '{"a":-0}', 'INVALID_PARAMS'],
    ['half a surrogate pair', '{"a":"\\udc00"}', 'INVALID_PARAMS'],
    ['half a surrogate pair in a key', '{"\\ud800":1}', 'INVALID_PARAMS'],
    ['33 levels', `${'['.repeat(33)}${']'.repeat(33)}`, 'TOO_LARGE'],
    ['32 levels', `${'['.repeat(32)}${']'.repeat(32)}`, 'none'],
    ['no JSON', '{a:1}', 'BAD_REQUEST'],
    ['nothing', '', 'BAD_REQUEST'],
  ])('%s', (_name, text, code) => {
    expect(codeOf(() => parseGuarded(text, bounds))).toBe(code);
  });

  test('a bomb is refused in time that grows with its length alone', () => {
    for (const text of ['['.repeat(1_000_000), '\\"'.repeat(500_000), `"${'\\\\'.repeat(500_000)}`, `{${'"a":'.repeat(200_000)}`]) {
      expect(['BAD_REQUEST', 'TOO_LARGE']).toContain(codeOf(() => parseGuarded(text, bounds)));
    }
  });
});

describe('checkPlainValue', () => {
  test('takes what JSON could have carried', () => {
    fc.assert(
      fc.property(plainValue, (value) => {
        expect(codeOf(() => checkPlainValue(structuredClone(value), bounds))).toBe('none');
      }),
    );
  });

  test.each([
    ['a date', { at: new Date() }],
    ['a map', new Map([['a', 1]])],
    ['a typed array', { bytes: new Uint8Array(4) }],
    ['a bigint', { n: 1n }],
    ['NaN', { n: Number.NaN }],
    ['half a surrogate pair', ['\ud800']],
    ['half a surrogate pair in a key', { '\ud800': 1 }],
    ['an own __proto__', JSON.parse('{"__proto__":1}')],
  ])('refuses %s', (_name, value) => {
    expect(codeOf(() => checkPlainValue(value, bounds))).toBe('INVALID_PARAMS');
  });

  test('bounds depth and keys, cycles included', () => {
    const cycle: Record<string, unknown> = {};
    cycle.self = cycle;
    expect(codeOf(() => checkPlainValue(cycle, bounds))).toBe('TOO_LARGE');
    const wide = Object.fromEntries(Array.from({ length: 1_001 }, (_, n) => [`k${n}`, 1]));
    expect(codeOf(() => checkPlainValue(wide, bounds))).toBe('TOO_LARGE');
  });

  // Both arrive by structured clone for the price of some bytes; a walk over every item would never end.
  test.each([
    ['an array with holes', new Array(4_294_967_295)],
    ['arrays that share their items', Array.from({ length: 30 }).reduce((shared: unknown) => [shared, shared, shared], [])],
  ])('bounds the items of %s', (_name, value) => {
    expect(codeOf(() => checkPlainValue(value, { ...bounds, items: 1_000 }))).toBe('TOO_LARGE');
  });
});

describe('outermostText', () => {
  test.each([
    ['first', '{"requestid":"r1","a":{"requestid":"inner"}}', 'r1'],
    ['last, after a nested one', '{"a":{"requestid":"inner"},"b":[{"requestid":"x"}], "requestid" : "r\\u00e9\\"1" }', 'ré"1'],
    ['a text that reads like the key', '{"a":"requestid","requestid":"r1"}', 'r1'],
    ['only inside', '{"a":{"requestid":"inner"}}', undefined],
    ['a number', '{"requestid":7}', undefined],
    ['too long', `{"requestid":"${'x'.repeat(20)}"}`, undefined],
    ['an array', '[{"requestid":"r1"}]', undefined],
    ['cut off', '{"requestid":"r1', undefined],
    ['nothing', '', undefined],
  ])('%s', (_name, text, expected) => expect(outermostText(text, 'requestid', 10)).toBe(expected));
});
