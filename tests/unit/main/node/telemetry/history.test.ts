import { expect, test } from 'vitest';
import { MetricHistory } from '../../../../../src/main/node/telemetry/index.ts';
import { metricPoint as pointAt } from '../../../../helpers/samples.ts';

test('the last minutes are kept by the second, unknown values stay null', () => {
  const history = new MetricHistory(24);
  history.push(pointAt(1_000, { rpcPerSecond: 5, cpuPercent: 12.5 }));
  history.push(pointAt(2_000, { clients: 3 }));
  expect(history.read(900_000, 900, 2_000)).toEqual({
    intervalMs: 1_000,
    points: [pointAt(1_000, { rpcPerSecond: 5, cpuPercent: 12.5 }), pointAt(2_000, { clients: 3 })],
  });
  expect(history.read(1_000, 900, 2_000).points.map(({ timestamp }) => timestamp)).toEqual([2_000]);
});

test('hours are kept by 15 seconds: rates averaged, delays at their worst, levels at their last', () => {
  const history = new MetricHistory(24);
  for (let second = 0; second <= 30; second++)
    history.push(
      pointAt(second * 1_000, {
        rpcPerSecond: second,
        eventLoopDelayP99Ms: second === 3 ? 40 : 1,
        clients: second,
        cpuPercent: second < 15 ? null : 10,
      }),
    );
  const { intervalMs, points } = history.read(3_600_000, 2_000, 30_000);
  expect(intervalMs).toBe(15_000);
  expect(points.map((point) => [point.timestamp, point.rpcPerSecond, point.eventLoopDelayP99Ms, point.clients, point.cpuPercent])).toEqual([
    [14_000, 7, 40, 14, null],
    [29_000, 22, 1, 29, 10],
    [30_000, 30, 1, 30, 10],
  ]);
});

test('a wide window is joined until it fits', () => {
  const history = new MetricHistory(24);
  for (let second = 1; second <= 900; second++) history.push(pointAt(second * 1_000, { rpcPerSecond: second }));
  const { intervalMs, points } = history.read(900_000, 90, 900_000);
  expect(intervalMs).toBe(10_000);
  expect(points.length).toBeLessThanOrEqual(90);
  expect(points.at(-2)?.rpcPerSecond).toBe(894.5);
});

test('a day and more stays within its bounds', () => {
  const history = new MetricHistory(2);
  for (let step = 0; step < 3 * 3_600; step++) history.push(pointAt(step * 1_000, { rpcPerSecond: 1 }));
  expect(history.read(900_000, 2_000, 10_800_000).points).toHaveLength(899);
  expect(history.read(86_400_000, 2_000, 10_800_000).points.length).toBeLessThanOrEqual(481);
});
