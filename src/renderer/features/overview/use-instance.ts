import type { NodeStatus } from '../../../common/contract/node.ts';
import type { MetricPoint } from '../../../common/contract/system.ts';
import type { SignalboxError } from '../../../common/errors.ts';
import { useClusterNode } from '../../state/cluster.ts';
import { useNodeMetrics } from '../../state/cluster-metrics.ts';
import { useNode } from '../../state/node.ts';
import { useCall } from '../../state/use-call.ts';

const statusEveryMs = 5_000;

/** The node that the Overview shows: the console's own, or another one reached through it. */
export interface Instance {
  /** Undefined for the own node. */
  readonly nodeId: string | undefined;
  /** Undefined until the first answer; the last one while the node does not answer. */
  readonly status: NodeStatus | undefined;
  readonly statusAtMs: number | undefined;
  /** The newest second; undefined when none came lately. */
  readonly metrics: MetricPoint | undefined;
  /** What is shown is what was last known. */
  readonly stale: boolean;
  readonly error: SignalboxError | undefined;
  readonly retry: () => void;
  readonly cancel: () => void;
}

/** @param nodeId undefined for the own node */
export function useInstance(nodeId: string | undefined): Instance {
  const own = useNode();
  const node = useClusterNode(nodeId);
  const { state, retry, cancel } = useCall('node.status', {}, { nodeId, pollMs: statusEveryMs, enabled: nodeId !== undefined });
  const metrics = useNodeMetrics(nodeId ?? '');
  const away = own.connection.kind !== 'connected';
  if (nodeId === undefined) {
    const { status, statusAtMs } = own;
    return { nodeId, status, statusAtMs, metrics: own.metrics, stale: away, error: undefined, retry, cancel };
  }
  const answered = state.kind === 'ready' || state.kind === 'stale' ? state : undefined;
  return {
    nodeId,
    status: answered?.data,
    statusAtMs: answered?.atMs,
    metrics,
    stale: away || state.kind === 'stale' || node?.status !== 'online',
    error: state.kind === 'error' || state.kind === 'stale' ? state.error : undefined,
    retry,
    cancel,
  };
}
