import { useEffect, useMemo, useState } from 'react';
import type { MetricPoint } from '../../../common/contract/system.ts';
import { emptySeries, joinLive, type MetricSeries, pushLive } from '../../state/metric-series.ts';
import { type CallState, useCall } from '../../state/use-call.ts';
import { type Range, ranges } from './model/ranges.ts';
import type { Instance } from './use-instance.ts';

const mostPoints = 900;
/** The shortest range is read once and then lives on `/metrics`; wider ones are averages, which the node makes. */
const rereadMs: Record<Range, number | undefined> = { '15min': undefined, '1h': 15_000, '24h': 60_000 };

export interface LiveSeries {
  readonly series: MetricSeries;
  /** Where the history stands; the live part goes on without it. */
  readonly kind: CallState<unknown>['kind'];
  readonly failure: Extract<CallState<unknown>, { kind: 'error' }>['error'] | undefined;
  readonly retry: () => void;
}

/**
 * The measures of a range, one point a second at the newest end.
 *
 * @param instance whose measures; the calling component is another one for another node
 */
export function useMetricSeries(range: Range, { nodeId, metrics }: Pick<Instance, 'nodeId' | 'metrics'>): LiveSeries {
  const windowMs = ranges[range];
  const pollMs = rereadMs[range];
  const options = pollMs === undefined ? { nodeId } : { nodeId, pollMs };
  const { state, retry } = useCall('system.history', { windowMs, maxPoints: mostPoints }, options);
  const live = useLivePoints(metrics);
  const history = state.kind === 'ready' || state.kind === 'stale' ? state.data : emptySeries;
  const series = useMemo(() => joinLive(history, live, windowMs), [history, live, windowMs]);
  return { series, kind: state.kind, failure: state.kind === 'error' ? state.error : undefined, retry };
}

/** The seconds that came while the view is shown. */
export function useLivePoints(newest: MetricPoint | undefined): readonly MetricPoint[] {
  const [live, setLive] = useState<readonly MetricPoint[]>([]);
  useEffect(() => {
    if (newest !== undefined) setLive((before) => pushLive(before, newest));
  }, [newest]);
  return live;
}
