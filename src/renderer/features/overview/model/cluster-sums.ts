/** The measures of all nodes put together: rates are added, times and shares are those of the worst node. */
import type { MetricPoint } from '../../../../common/contract/system.ts';
import type { MetricColumn, MetricSeries } from '../../../state/metric-series.ts';

/** A node's newest second. */
export interface NodePoint {
  readonly name: string;
  readonly point: MetricPoint;
}

/** A node's history, and how far its clock is ahead. */
export interface NodeHistory extends MetricSeries {
  readonly clockOffsetMs: number;
}

const added = ['rpcPerSecond', 'rpcErrorsPerSecond', 'eventsPerSecond', 'eventsDroppedPerSecond', 'clients'] as const;
const addedIfKnown = ['networkReceivedBytesPerSecond', 'networkSentBytesPerSecond'] as const;
const worstOf = ['rpcP50Ms', 'rpcP95Ms', 'cpuPercent', 'memoryPercent', 'diskPercent', 'eventLoopDelayP99Ms'] as const;

/** One second of the cluster. What no node has measured is null. */
export function sumPoints(points: readonly MetricPoint[], timestamp: number): MetricPoint {
  const sum = { timestamp } as { -readonly [K in keyof MetricPoint]: MetricPoint[K] };
  for (const column of added) sum[column] = points.reduce((total, point) => total + point[column], 0);
  for (const column of addedIfKnown) sum[column] = combined(points, column, (total, value) => total + value);
  for (const column of worstOf) sum[column] = combined(points, column, Math.max);
  return sum;
}

function combined(points: readonly MetricPoint[], column: MetricColumn, combine: (a: number, b: number) => number): number | null {
  return points.map((point) => point[column]).reduce((a, b) => (a === null ? b : b === null ? a : combine(a, b)), null);
}

/** The node with the highest value, to be named beside it. */
export function worstNode(
  nodes: readonly NodePoint[],
  column: MetricColumn,
): { readonly name: string; readonly value: number } | undefined {
  let worst: { readonly name: string; readonly value: number } | undefined;
  for (const { name, point } of nodes) {
    const value = point[column];
    if (value !== null && (worst === undefined || value > worst.value)) worst = { name, value };
  }
  return worst;
}

/**
 * The histories of several nodes as one, by the clock of the own node. A node counts from its first point to its last; one
 * whose beat leaves a slot empty stands in it with its value before. The newest slot is left out: not every node has come to it.
 */
export function sumHistories(histories: readonly NodeHistory[]): MetricSeries {
  const intervalMs = Math.max(1_000, ...histories.map((history) => history.intervalMs));
  const bySlot = new Map<number, MetricPoint[]>();
  for (const history of histories) {
    for (const [slot, point] of slotsOf(history, intervalMs)) {
      const points = bySlot.get(slot) ?? [];
      points.push(point);
      bySlot.set(slot, points);
    }
  }
  const slots = [...bySlot].toSorted(([a], [b]) => a - b).slice(0, -1);
  return { intervalMs, points: slots.map(([slot, points]) => sumPoints(points, (slot + 1) * intervalMs)) };
}

function slotsOf({ points, clockOffsetMs }: NodeHistory, intervalMs: number): ReadonlyMap<number, MetricPoint> {
  const grouped = new Map<number, MetricPoint[]>();
  for (const point of points) {
    const slot = Math.floor((point.timestamp - clockOffsetMs) / intervalMs);
    const group = grouped.get(slot);
    if (group === undefined) grouped.set(slot, [point]);
    else group.push(point);
  }
  const slots = new Map<number, MetricPoint>();
  for (const [slot, group] of grouped) {
    slots.set(slot, mean(group));
    const before = slots.get(slot - 2);
    if (before !== undefined && !grouped.has(slot - 1)) slots.set(slot - 1, before);
  }
  return slots;
}

function mean(points: readonly MetricPoint[]): MetricPoint {
  const [only] = points;
  if (points.length === 1 && only !== undefined) return only;
  const sum = sumPoints(points, points.at(-1)?.timestamp ?? 0) as { -readonly [K in keyof MetricPoint]: MetricPoint[K] };
  for (const column of added) sum[column] /= points.length;
  for (const column of addedIfKnown) {
    const total = sum[column];
    const known = points.filter((point) => point[column] !== null).length;
    if (total !== null) sum[column] = total / known;
  }
  return sum;
}

/** Points asked of each node, so that the answer of all together stays small enough to be read at once. */
export function pointsForEach(nodes: number): number {
  const mostTogether = 6_000;
  const fewest = 30;
  const most = 300;
  // In steps, so that a node that joins does not ask for everything anew.
  const steps = [most, 200, 120, 60, fewest];
  return steps.find((points) => points * nodes <= mostTogether) ?? fewest;
}
