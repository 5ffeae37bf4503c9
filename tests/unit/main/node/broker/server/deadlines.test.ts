import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Deadlines } from '../../../../../../src/main/node/broker/server/deadlines.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

test('what is not taken back in time is told, once, and nothing ticks when nothing is due', () => {
  let nowMs = 0;
  const deadlines = new Deadlines(() => nowMs);
  const told: string[] = [];
  const due = (name: string, deadlineMs: number) => ({ deadlineMs, overdue: () => told.push(name) });
  const answered = due('answered', 1_000);
  deadlines.add(due('late', 1_000));
  deadlines.add(answered);
  deadlines.add(due('later', 5_000));
  deadlines.remove(answered);
  const pass = (ms: number) => {
    for (let step = 0; step < ms; step += 100) {
      nowMs += 100;
      vi.advanceTimersByTime(100);
    }
  };
  pass(900);
  expect(told).toEqual([]);
  pass(300);
  expect(told).toEqual(['late']);
  pass(5_000);
  expect(told).toEqual(['late', 'later']);
  expect(vi.getTimerCount()).toBe(0);
});
