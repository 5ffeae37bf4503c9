import { describe, expect, test } from 'vitest';
import type { MetricPoint } from '../../../../src/common/contract/system.ts';
import { rangeOf } from '../../../../src/renderer/features/overview/model/ranges.ts';
import { errorPercent, extent, joinLive, lastValues, pushLive, toColumns } from '../../../../src/renderer/state/metric-series.ts';

function point(seconds: number, part: Partial<MetricPoint> = {}): MetricPoint {
  return {
    timestamp: seconds * 1_000,
    rpcPerSecond: seconds,
    rpcErrorsPerSecond: 0,
    rpcP50Ms: null,
    rpcP95Ms: null,
    eventsPerSecond: 0,
    eventsDroppedPerSecond: 0,
    cpuPercent: 10,
    memoryPercent: 40,
    diskPercent: 60,
    networkReceivedBytesPerSecond: null,
    networkSentBytesPerSecond: null,
    eventLoopDelayP99Ms: 1,
    clients: 1,
    ...part,
  };
}

const seconds = (points: readonly MetricPoint[]) => points.map(({ timestamp }) => timestamp / 1_000);
const series = (...at: number[]) => ({ intervalMs: 1_000, points: at.map((second) => point(second)) });

describe('the live end', () => {
  test('takes each second once, in order', () => {
    const first = pushLive([], point(5));
    expect(pushLive(first, point(5))).toBe(first);
    expect(pushLive(first, point(4))).toBe(first);
    expect(seconds(pushLive(first, point(6)))).toEqual([5, 6]);
  });

  test('is bounded: the oldest second goes first', () => {
    let live: readonly MetricPoint[] = [];
    for (let second = 1; second <= 1_200; second++) live = pushLive(live, point(second));
    expect(live).toHaveLength(1_000);
    expect(live[0]?.timestamp).toBe(201_000);
  });
});

describe('history and live seconds together', () => {
  test('overlap without a point twice', () => {
    expect(seconds(joinLive(series(1, 2, 3), [point(2), point(3), point(4)], 900_000).points)).toEqual([1, 2, 3, 4]);
  });

  test('keep what came before a restart of the node, which its history no longer has', () => {
    expect(seconds(joinLive(series(60, 61), [point(10), point(11), point(62)], 900_000).points)).toEqual([10, 11, 60, 61, 62]);
  });

  test('reach back as far as the window and no further', () => {
    expect(seconds(joinLive(series(1, 2, 8), [point(9)], 5_000).points)).toEqual([8, 9]);
  });
});

describe('columns of a chart', () => {
  test('have a point without values where the node was away, so that no line joins across', () => {
    const columns = toColumns(series(1, 2, 60, 61));
    expect(columns.timesMs).toEqual([1_000, 2_000, 3_000, 60_000, 61_000]);
    expect(columns.column('rpcPerSecond')).toEqual([1, 2, null, 60, 61]);
  });

  test('do not take a second that came late for a gap', () => {
    expect(toColumns(series(1, 2, 4, 6)).timesMs).toHaveLength(4);
  });
});

test('errors are a share of all calls of the window; without a call there is none', () => {
  expect(errorPercent({ intervalMs: 1_000, points: [point(1, { rpcPerSecond: 40, rpcErrorsPerSecond: 1 })] })).toBe(2.5);
  expect(errorPercent({ intervalMs: 1_000, points: [point(0)] })).toBeNull();
});

test('a sparkline has the newest values', () => {
  expect(lastValues(series(1, 2, 3), 'rpcPerSecond', 2)).toEqual([2, 3]);
});

test('the extent leaves gaps out, and the latest is the last that was measured', () => {
  expect(extent([null, 4, 9, 2, null])).toEqual({ low: 2, high: 9, latest: 2 });
  expect(extent([null, null])).toBeNull();
});

test('an address with an unknown range shows the shortest', () => {
  expect(rangeOf('24h')).toBe('24h');
  expect(rangeOf('7d')).toBe('15min');
  expect(rangeOf(null)).toBe('15min');
});
