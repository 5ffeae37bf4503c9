import { describe, expect, test } from 'vitest';
import type { MetricPoint } from '../../../../src/common/contract/system.ts';
import { pointsForEach, sumHistories, sumPoints, worstNode } from '../../../../src/renderer/features/overview/model/cluster-sums.ts';
import { metricPoint as point } from '../../../helpers/samples.ts';

const history = (points: readonly MetricPoint[], clockOffsetMs = 0) => ({ intervalMs: 1_000, points, clockOffsetMs });
const seconds = (from: number, to: number, perSecond: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => point((from + index) * 1_000, { rpcPerSecond: perSecond }));

describe('a second of the cluster', () => {
  test('adds rates and takes times and shares of the worst node', () => {
    const sum = sumPoints(
      [
        point(1, { rpcPerSecond: 10, clients: 2, rpcP95Ms: 4, cpuPercent: 90, networkSentBytesPerSecond: 100 }),
        point(2, { rpcPerSecond: 5, clients: 1, rpcP95Ms: 38, cpuPercent: 20 }),
      ],
      7,
    );
    expect(sum).toMatchObject({ timestamp: 7, rpcPerSecond: 15, clients: 3, rpcP95Ms: 38, cpuPercent: 90, networkSentBytesPerSecond: 100 });
  });

  test('says nothing of what no node has measured', () => {
    expect(sumPoints([point(1), point(2)], 3)).toEqual(point(3));
  });

  test('names the worst node', () => {
    const nodes = [
      { name: 'press-07', point: point(1, { rpcP95Ms: 38 }) },
      { name: 'kiln-02', point: point(1) },
      { name: 'hub-01', point: point(1, { rpcP95Ms: 4 }) },
    ];
    expect(worstNode(nodes, 'rpcP95Ms')).toEqual({ name: 'press-07', value: 38 });
    expect(worstNode(nodes, 'diskPercent')).toBeUndefined();
  });
});

describe('the history of the cluster', () => {
  test('is the sum of those that were there, second by second', () => {
    const { points } = sumHistories([history(seconds(1, 10, 10)), history(seconds(4, 10, 5))]);
    expect(points.map(({ rpcPerSecond }) => rpcPerSecond)).toEqual([10, 10, 10, 15, 15, 15, 15, 15, 15]);
  });

  test('corrects clocks that are off', () => {
    const aheadMs = 60_000;
    const ahead = seconds(1, 10, 5).map((second) => ({ ...second, timestamp: second.timestamp + aheadMs }));
    const { points } = sumHistories([history(seconds(1, 10, 10)), history(ahead, aheadMs)]);
    expect(points).toHaveLength(9);
    expect(new Set(points.map(({ rpcPerSecond }) => rpcPerSecond))).toEqual(new Set([15]));
  });

  test('does not dip when the beat of a node leaves a slot empty, but does where a node was away', () => {
    const late = seconds(1, 10, 5).filter(({ timestamp }) => timestamp !== 4_000);
    expect(sumHistories([history(seconds(1, 10, 10)), history(late)]).points.every(({ rpcPerSecond }) => rpcPerSecond === 15)).toBe(true);
    const away = seconds(1, 10, 5).filter(({ timestamp }) => timestamp < 4_000 || timestamp > 6_000);
    const sums = sumHistories([history(seconds(1, 10, 10)), history(away)]).points.map(({ rpcPerSecond }) => rpcPerSecond);
    expect(sums.filter((value) => value === 10)).toHaveLength(3);
  });

  test('takes the widest interval of all', () => {
    const { intervalMs, points } = sumHistories([
      history(seconds(1, 20, 10)),
      { intervalMs: 5_000, points: [5, 10, 15, 20].map((second) => point(second * 1_000, { rpcPerSecond: 4 })), clockOffsetMs: 0 },
    ]);
    expect(intervalMs).toBe(5_000);
    expect(points.slice(1).every(({ rpcPerSecond }) => rpcPerSecond === 14)).toBe(true);
  });

  test('of nobody is empty', () => {
    expect(sumHistories([])).toEqual({ intervalMs: 1_000, points: [] });
  });
});

test('the more nodes, the fewer points are asked of each', () => {
  expect([1, 20, 50, 100, 1_000].map(pointsForEach)).toEqual([300, 300, 120, 60, 30]);
});
