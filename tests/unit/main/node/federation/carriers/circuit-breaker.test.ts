import { expect, test } from 'vitest';
import { CircuitBreaker } from '../../../../../../src/main/node/federation/carriers/circuit-breaker.ts';
import { carrierLimits } from '../../../../../../src/main/node/federation/carriers/limits.ts';

function open() {
  const clock = { nowMs: 0 };
  const breaker = new CircuitBreaker(() => clock.nowMs);
  const fail = (times: number) => Array.from({ length: times }, () => breaker.failed());
  return { clock, breaker, fail };
}

test('five calls in a row without an answer, not four, and an answer between counts', () => {
  const { breaker, fail } = open();
  fail(4);
  breaker.answered();
  expect([fail(4), breaker.state, breaker.admit()]).toEqual([[false, false, false, false], 'closed', true]);
  expect([breaker.failed(), breaker.state, breaker.admit(), breaker.restMs]).toEqual([true, 'open', false, carrierLimits.circuitRestMs]);
});

test('half of ten calls in half a minute are too many, of nine, or in an hour, not', () => {
  const { clock, breaker } = open();
  const mixed = (times: number) =>
    Array.from({ length: times }, () => {
      breaker.answered();
      return breaker.failed();
    });
  expect([mixed(4), breaker.state]).toEqual([[false, false, false, false], 'closed']);
  clock.nowMs += 3_600_000;
  expect(mixed(4).includes(true)).toBe(false);
  expect([mixed(1), breaker.state]).toEqual([[true], 'open']);
});

test('one call is let through after a minute; while it is under way no other is', () => {
  const { clock, breaker, fail } = open();
  fail(5);
  clock.nowMs += carrierLimits.circuitRestMs;
  expect([breaker.state, breaker.admit(), breaker.admit(), breaker.state]).toEqual(['halfOpen', true, false, 'halfOpen']);
  breaker.undecided();
  expect(breaker.admit()).toBe(true);
  expect([breaker.answered(), breaker.state, breaker.admit(), breaker.answered()]).toEqual([true, 'closed', true, false]);
});

test('each rest is twice as long, five minutes at most, and one minute again after an answer', () => {
  const { clock, breaker, fail } = open();
  fail(5);
  const rests = [breaker.restMs];
  for (let round = 0; round < 4; round++) {
    clock.nowMs += breaker.restMs;
    breaker.admit();
    breaker.failed();
    rests.push(breaker.restMs);
  }
  expect(rests).toEqual([60_000, 120_000, 240_000, 300_000, 300_000]);
  clock.nowMs += breaker.restMs;
  breaker.admit();
  breaker.answered();
  fail(5);
  expect(breaker.restMs).toBe(60_000);
});

test('calls that were under way when it opened do not lengthen the rest, and a node that is there anew starts afresh', () => {
  const { clock, breaker, fail } = open();
  fail(5);
  clock.nowMs += 30_000;
  expect([fail(20).includes(true), breaker.restMs]).toEqual([false, 30_000]);
  breaker.reset();
  expect([breaker.state, breaker.restMs]).toEqual(['closed', 0]);
});
