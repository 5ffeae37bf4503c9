/** The measures of the range shown: what `system.history` answered, with the live seconds after it. */
import type { MetricPoint } from '../../common/contract/system.ts';

export interface MetricSeries {
  /** Usual distance of two points of the history. */
  readonly intervalMs: number;
  /** Oldest first. */
  readonly points: readonly MetricPoint[];
}

export const emptySeries: MetricSeries = { intervalMs: 1_000, points: [] };

/** Live seconds kept: a little more than the shortest range, which is read from the node only once. */
const mostLive = 1_000;

/** Adds a live second; one that came before is not added again. */
export function pushLive(live: readonly MetricPoint[], point: MetricPoint): readonly MetricPoint[] {
  const newest = live.at(-1);
  if (newest !== undefined && point.timestamp <= newest.timestamp) return live;
  return [...live.slice(1 - mostLive), point];
}

/**
 * What the window shows: the history, and the live seconds that it does not cover. Those before it are of the node's life
 * before a restart, which only this console remembers.
 *
 * @param windowMs how far back from the newest point
 */
export function joinLive(history: MetricSeries, live: readonly MetricPoint[], windowMs: number): MetricSeries {
  const oldestMs = history.points[0]?.timestamp ?? 0;
  const newestMs = history.points.at(-1)?.timestamp ?? 0;
  const joined = [
    ...live.filter(({ timestamp }) => timestamp < oldestMs),
    ...history.points,
    ...live.filter(({ timestamp }) => timestamp > newestMs),
  ];
  const sinceMs = (joined.at(-1)?.timestamp ?? 0) - windowMs;
  return { intervalMs: history.intervalMs, points: joined.filter(({ timestamp }) => timestamp > sinceMs) };
}

export type MetricColumn = Exclude<keyof MetricPoint, 'timestamp'>;

export interface Columns {
  readonly timesMs: readonly number[];
  /** The same length as `timesMs`; null where nothing was measured. */
  column(name: MetricColumn): readonly (number | null)[];
}

/** Distance, in intervals, from which two points have a gap between them. */
const gapIntervals = 3;

/**
 * Times and values for a chart. Where the node was away there is a point without values, so that no line joins across.
 */
export function toColumns({ points, intervalMs }: MetricSeries): Columns {
  const rows: (MetricPoint | number)[] = [];
  let lastMs: number | undefined;
  for (const point of points) {
    if (lastMs !== undefined && point.timestamp - lastMs > gapIntervals * intervalMs) rows.push(lastMs + intervalMs);
    rows.push(point);
    lastMs = point.timestamp;
  }
  return {
    timesMs: rows.map((row) => (typeof row === 'number' ? row : row.timestamp)),
    column: (name) => rows.map((row) => (typeof row === 'number' ? null : row[name])),
  };
}

/** The last `count` values of a column, for a sparkline. Fewer while the node is young. */
export function lastValues({ points }: MetricSeries, name: MetricColumn, count: number): readonly (number | null)[] {
  return points.slice(-count).map((point) => point[name]);
}

/** Calls that failed, in percent of all of the window; null when there was no call. */
export function errorPercent({ points }: MetricSeries): number | null {
  let calls = 0;
  let errors = 0;
  for (const point of points) {
    calls += point.rpcPerSecond;
    errors += point.rpcErrorsPerSecond;
  }
  return calls === 0 ? null : (errors / calls) * 100;
}

/** Lowest, highest and latest value, for the sentence that screen readers say. */
export function extent(
  values: readonly (number | null)[],
): { readonly low: number; readonly high: number; readonly latest: number } | null {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  let latest: number | undefined;
  for (const value of values) {
    if (value === null) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
    latest = value;
  }
  return latest === undefined ? null : { low, high, latest };
}
