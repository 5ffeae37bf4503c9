import type { MetricPoint } from '../../../common/contract/system.ts';

type Column = Exclude<keyof MetricPoint, 'timestamp'>;

/** How the values of several seconds become one: a rate is averaged, a delay keeps its worst, a level its last. */
const joins: Readonly<Record<Column, 'mean' | 'max' | 'last'>> = {
  rpcPerSecond: 'mean',
  rpcErrorsPerSecond: 'mean',
  rpcP50Ms: 'mean',
  rpcP95Ms: 'max',
  eventsPerSecond: 'mean',
  eventsDroppedPerSecond: 'mean',
  cpuPercent: 'mean',
  memoryPercent: 'mean',
  diskPercent: 'last',
  networkReceivedBytesPerSecond: 'mean',
  networkSentBytesPerSecond: 'mean',
  eventLoopDelayP99Ms: 'max',
  clients: 'last',
};
const columns = Object.keys(joins) as readonly Column[];
/** Columns that a chart may find empty; the others are 0 when nothing happened. */
const nullable: ReadonlySet<Column> = new Set([
  'rpcP50Ms',
  'rpcP95Ms',
  'cpuPercent',
  'memoryPercent',
  'diskPercent',
  'networkReceivedBytesPerSecond',
  'networkSentBytesPerSecond',
  'eventLoopDelayP99Ms',
]);

const fineIntervalMs = 1_000;
const finePoints = 900;
const coarseIntervalMs = 15_000;
const pointsAnHour = 240;

/** A ring of points in flat arrays: a day of them costs well under 1 MB and nothing to the garbage collector. */
class PointRing {
  readonly #capacity: number;
  readonly #timestamps: Float64Array;
  readonly #values: Float64Array;
  #count = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
    this.#timestamps = new Float64Array(capacity);
    this.#values = new Float64Array(capacity * columns.length);
  }

  push(point: MetricPoint): void {
    const slot = this.#count++ % this.#capacity;
    this.#timestamps[slot] = point.timestamp;
    columns.forEach((column, index) => {
      this.#values[slot * columns.length + index] = point[column] ?? Number.NaN;
    });
  }

  /** Points newer than `sinceMs`, oldest first. */
  since(sinceMs: number): MetricPoint[] {
    const points: MetricPoint[] = [];
    for (let number = Math.max(0, this.#count - this.#capacity); number < this.#count; number++) {
      const slot = number % this.#capacity;
      if ((this.#timestamps[slot] ?? 0) > sinceMs) points.push(this.#read(slot));
    }
    return points;
  }

  #read(slot: number): MetricPoint {
    const point: Record<string, number | null> = { timestamp: this.#timestamps[slot] ?? 0 };
    columns.forEach((column, index) => {
      const value = this.#values[slot * columns.length + index] ?? Number.NaN;
      point[column] = Number.isNaN(value) ? (nullable.has(column) ? null : 0) : value;
    });
    return point as unknown as MetricPoint;
  }
}

/** Measured load and traffic: seconds for 15 minutes, 15 seconds for hours. In memory, bounded. */
export class MetricHistory {
  readonly #fine = new PointRing(finePoints);
  readonly #coarse: PointRing;
  #bucket: MetricPoint[] = [];

  /** @param hours how far the coarse part reaches back */
  constructor(hours: number) {
    this.#coarse = new PointRing(hours * pointsAnHour);
  }

  /** Takes the point of one second. */
  push(point: MetricPoint): void {
    this.#fine.push(point);
    const first = this.#bucket[0];
    if (first !== undefined && bucketOf(first, coarseIntervalMs) !== bucketOf(point, coarseIntervalMs)) {
      this.#coarse.push(joinPoints(this.#bucket));
      this.#bucket = [];
    }
    this.#bucket.push(point);
  }

  /**
   * Points for a chart, oldest first.
   *
   * @param windowMs how far back from `nowMs`
   * @param maxPoints most points; neighbours are joined until they fit
   */
  read(windowMs: number, maxPoints: number, nowMs: number): { intervalMs: number; points: MetricPoint[] } {
    const sinceMs = nowMs - windowMs;
    const fine = windowMs <= finePoints * fineIntervalMs;
    const points = fine ? this.#fine.since(sinceMs) : this.#coarse.since(sinceMs);
    if (!fine && this.#bucket.length > 0) points.push(joinPoints(this.#bucket));
    const baseMs = fine ? fineIntervalMs : coarseIntervalMs;
    const intervalMs = Math.max(1, Math.ceil(windowMs / baseMs / maxPoints)) * baseMs;
    return { intervalMs, points: intervalMs === baseMs ? points.slice(-maxPoints) : regroup(points, intervalMs).slice(-maxPoints) };
  }
}

const bucketOf = (point: MetricPoint, intervalMs: number): number => Math.floor(point.timestamp / intervalMs);

function regroup(points: readonly MetricPoint[], intervalMs: number): MetricPoint[] {
  const groups = new Map<number, MetricPoint[]>();
  for (const point of points) {
    const bucket = bucketOf(point, intervalMs);
    const group = groups.get(bucket);
    if (group === undefined) groups.set(bucket, [point]);
    else group.push(point);
  }
  return [...groups.values()].map(joinPoints);
}

function joinPoints(points: readonly MetricPoint[]): MetricPoint {
  const joined: Record<string, number | null> = { timestamp: points.at(-1)?.timestamp ?? 0 };
  for (const column of columns) {
    const known = points.map((point) => point[column]).filter((value): value is number => value !== null);
    joined[column] = known.length === 0 ? (nullable.has(column) ? null : 0) : joinValues(known, joins[column]);
  }
  return joined as unknown as MetricPoint;
}

function joinValues(values: readonly number[], how: 'mean' | 'max' | 'last'): number {
  if (how === 'max') return Math.max(...values);
  if (how === 'last') return values.at(-1) ?? 0;
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
