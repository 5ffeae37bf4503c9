import { expect, test } from 'vitest';
import { QueueSeries } from '../../../../../../src/main/node/broker/engine/queue-series.ts';

const start = 1_800_000_000_000;
const counts = (appended: number, taken = 0, queueId = 'Q-AAAAA00001') => ({ queueId, messages: appended - taken, appended, taken });

test('tells depth and rates of each step, and nothing of steps without a sample', () => {
  const series = new QueueSeries();
  series.sample(start, [counts(100)]);
  series.sample(start + 1_000, [counts(900)]);
  series.sample(start + 5_000, [counts(150, 20)]);
  series.sample(start + 15_000, [counts(250, 20)]);
  const { stepMs, at, messages, inPerSecond, outPerSecond } = series.answer('Q-AAAAA00001', 1, start + 15_000);
  expect(stepMs).toBe(5_000);
  expect(at).toHaveLength(12);
  expect(at.slice(-4)).toEqual([start, start + 5_000, start + 10_000, start + 15_000]);
  expect(messages.slice(-5)).toEqual([null, 100, 130, null, 230]);
  expect(inPerSecond.slice(-4)).toEqual([null, 10, null, 10]);
  expect(outPerSecond.slice(-4)).toEqual([null, 4, null, 0]);
});

test('keeps an hour; what is older is overwritten and never shown as newer', () => {
  const series = new QueueSeries();
  for (let minute = 0; minute < 90; minute++) series.sample(start + minute * 60_000, [counts(minute * 60)]);
  const { at, messages } = series.answer('Q-AAAAA00001', 60, start + 89 * 60_000);
  expect(at).toHaveLength(720);
  expect(messages.filter((value) => value !== null)).toHaveLength(60);
  expect(messages.at(-1)).toBe(89 * 60);
});

test('a count that began anew, or a clock that was set back, gives no rate', () => {
  const series = new QueueSeries();
  series.sample(start + 60_000, [counts(500, 400)]);
  series.sample(start + 65_000, [counts(600, 10)]);
  series.sample(start, [counts(700, 20)]);
  expect(series.answer('Q-AAAAA00001', 1, start + 65_000).outPerSecond.at(-1)).toBeNull();
  expect(series.answer('Q-AAAAA00001', 1, start + 65_000).inPerSecond.at(-1)).toBe(20);
  expect(series.answer('Q-AAAAA00001', 1, start).inPerSecond.at(-1)).toBeNull();
});

test('forgets queues that are gone, and the longest unseen beyond a thousand', () => {
  const series = new QueueSeries();
  const many = Array.from({ length: 1_000 }, (_, index) => counts(1, 0, `Q-AAAAA${String(index).padStart(5, '0')}`));
  series.sample(start, [counts(1, 0, 'Q-ZZZZZ00001')]);
  series.sample(start + 5_000, many);
  expect(series.dropped).toBe(1);
  expect(series.answer('Q-ZZZZZ00001', 1, start + 5_000).messages.every((value) => value === null)).toBe(true);
  series.forget('Q-AAAAA00007');
  expect(series.answer('Q-AAAAA00007', 1, start + 5_000).messages.at(-1)).toBeNull();
  expect(series.answer('Q-AAAAA00008', 1, start + 5_000).messages.at(-1)).toBe(1);
});
