/** Load and traffic of every node, live, while some view shows them. */
import { useEffect } from 'react';
import { create } from 'zustand';
import type { MetricPoint } from '../../common/contract/system.ts';
import { nodeClient, useNode } from './node.ts';

/** Seconds kept of a node: what a sparkline or a short chart shows. */
const mostPoints = 300;
/** Nodes kept, as many as the node itself remembers. */
const mostNodes = 1_000;
/** The beat of the topology (ui.md 3.4): however many nodes there are, the screen is drawn twice a second. */
const beatMs = 500;
/** A node whose last second is older says nothing of now. */
export const staleAfterMs = 5_000;

export interface NodeMetrics {
  /** Oldest first. */
  readonly points: readonly MetricPoint[];
  /** When the newest arrived, by this console's clock. */
  readonly atMs: number;
}

interface ClusterMetricsState {
  readonly byNode: ReadonlyMap<string, NodeMetrics>;
  /** Since when measures are followed without a break; silence before it says nothing. Undefined while nobody follows. */
  readonly followedSinceMs: number | undefined;
}

export const useClusterMetrics = create<ClusterMetricsState>(() => ({ byNode: new Map(), followedSinceMs: undefined }));

let wanted = 0;
let stop: (() => void) | undefined;

/** Keeps {@link useClusterMetrics} fresh as long as the calling view is shown. One subscription, however many views. */
export function useFollowClusterMetrics(): void {
  const connected = useNode(({ connection }) => connection.kind === 'connected');
  useEffect(() => {
    if (!connected) return;
    wanted++;
    stop ??= follow();
    return () => {
      if (--wanted > 0) return;
      stop?.();
      stop = undefined;
    };
  }, [connected]);
}

/** The newest second of a node; undefined when it is too old to be shown as now. */
export function useNodeMetrics(nodeId: string): MetricPoint | undefined {
  return useClusterMetrics(({ byNode }) => freshPoint(byNode.get(nodeId), Date.now()));
}

export function freshPoint(metrics: NodeMetrics | undefined, nowMs: number): MetricPoint | undefined {
  return metrics !== undefined && nowMs - metrics.atMs < staleAfterMs ? metrics.points.at(-1) : undefined;
}

function follow(): () => void {
  const events = nodeClient().subscribe('+/metrics');
  const arrived = new Map<string, MetricPoint[]>();
  const beat = setInterval(() => {
    // A hidden window is not drawn: its seconds wait, and the oldest of too many go.
    if (document.visibilityState !== 'visible') return;
    useClusterMetrics.setState(({ byNode }) => ({ byNode: withArrived(byNode, arrived, Date.now()) }));
    arrived.clear();
  }, beatMs);
  void read(events, arrived);
  useClusterMetrics.setState({ followedSinceMs: Date.now() });
  return () => {
    clearInterval(beat);
    events.dispose();
    useClusterMetrics.setState({ followedSinceMs: undefined });
  };
}

interface MetricEvent {
  readonly data: unknown;
  readonly meta: { readonly identity: string };
}

async function read(events: AsyncIterable<MetricEvent>, arrived: Map<string, MetricPoint[]>): Promise<void> {
  try {
    for await (const { data, meta } of events) {
      const points = arrived.get(meta.identity) ?? [];
      points.push(data as MetricPoint);
      if (points.length > mostPoints) points.shift();
      if (arrived.size < mostNodes) arrived.set(meta.identity, points);
    }
  } catch {
    // Lost with the connection, whose own state tells the person.
  }
}

/** What was known with what arrived since. Always a new map: ages grow even when nothing arrives. */
export function withArrived(
  byNode: ReadonlyMap<string, NodeMetrics>,
  arrived: ReadonlyMap<string, readonly MetricPoint[]>,
  nowMs: number,
): ReadonlyMap<string, NodeMetrics> {
  const next = new Map(byNode);
  for (const [nodeId, points] of arrived) {
    const before = next.get(nodeId)?.points ?? [];
    next.delete(nodeId);
    next.set(nodeId, { points: [...before, ...points].slice(-mostPoints), atMs: nowMs });
  }
  // Map order is order of arrival: the longest silent go first.
  for (const nodeId of next.keys()) {
    if (next.size <= mostNodes) break;
    next.delete(nodeId);
  }
  return next;
}
