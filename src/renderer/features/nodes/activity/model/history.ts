/** What the figures of the cluster were in the last minutes, for as long as the window is open. */
import { create } from 'zustand';

export interface ActivityPoint {
  readonly timeMs: number;
  readonly perSecond: number | null;
  readonly errorsPerSecond: number | null;
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
}

/** The reach of the charts. */
export const historyMs = 5 * 60_000;
/** A pause longer than this is a gap: nobody was looking. */
const gapMs = 7_000;

interface HistoryState {
  /** Whose figures these are: a node, or all. */
  readonly key: string;
  /** Oldest first. */
  readonly points: readonly ActivityPoint[];
}

export const useActivityHistory = create<HistoryState>(() => ({ key: '', points: [] }));

/** Adds the figures of now. Those of another node, or of all, begin anew. */
export function keepPoint(key: string, point: ActivityPoint): void {
  useActivityHistory.setState((before) => ({ key, points: withPoint(before.key === key ? before.points : [], point) }));
}

/** The points with one more; older ones than the charts show are left out, and where nobody looked there is a gap. */
export function withPoint(points: readonly ActivityPoint[], point: ActivityPoint): readonly ActivityPoint[] {
  const last = points.at(-1);
  if (last !== undefined && point.timeMs <= last.timeMs) return points;
  const kept = points.filter(({ timeMs }) => timeMs > point.timeMs - historyMs);
  const gap =
    last !== undefined && point.timeMs - last.timeMs > gapMs
      ? [{ timeMs: last.timeMs + 1, perSecond: null, errorsPerSecond: null, p50Ms: null, p95Ms: null }]
      : [];
  return [...kept, ...gap, point];
}
