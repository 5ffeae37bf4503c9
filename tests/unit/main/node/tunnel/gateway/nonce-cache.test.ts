import { expect, test } from 'vitest';
import { NonceCache } from '../../../../../../src/main/node/tunnel/gateway/nonce-cache.ts';

function cacheOf(entries: number) {
  let now = 0;
  const cache = new NonceCache({ entries, keepMs: 150_000, nowMs: () => now });
  return { cache, pass: (ms: number) => (now += ms) };
}

test('a nonce is good once for its token', () => {
  const { cache } = cacheOf(10);
  expect(cache.take('T-1', 'abc')).toBe('fresh');
  expect(cache.take('T-1', 'abc')).toBe('seen');
  expect(cache.take('T-2', 'abc')).toBe('fresh');
});

test('a nonce is remembered for longer than 120 s, and then forgotten', () => {
  const { cache, pass } = cacheOf(10);
  cache.take('T-1', 'abc');
  pass(120_001);
  expect(cache.take('T-1', 'abc')).toBe('seen');
  pass(30_000);
  expect(cache.take('T-1', 'abc')).toBe('fresh');
  expect(cache.size).toBe(1);
});

test('when it is full nobody is let in, and that is counted', () => {
  const { cache, pass } = cacheOf(2);
  cache.take('T-1', 'a');
  cache.take('T-1', 'b');
  expect(cache.take('T-1', 'c')).toBe('full');
  expect(cache.take('T-1', 'a')).toBe('seen');
  expect(cache.refused).toBe(1);
  pass(150_000);
  expect(cache.take('T-1', 'c')).toBe('fresh');
});
