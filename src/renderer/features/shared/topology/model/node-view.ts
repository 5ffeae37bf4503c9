/** What the topology says of a node, the same in graph and table. */
import type { NodeInfo } from '../../../../../common/contract/nodes.ts';
import type { StateKind } from '../../../../design/icons/index.ts';
import type { NodeMetrics } from '../../../../state/cluster-metrics.ts';

/** A node that measures itself every second and has sent nothing for so long is in trouble. */
export const silentAfterMs = 10_000;

/** `silent`: on line by its status, but its measures stopped. `degraded`, `failing`: it reports a problem of its own. */
export type Condition = 'online' | 'degraded' | 'failing' | 'silent' | 'offline' | 'unknown';

export const conditionShapes: Record<Condition, StateKind> = {
  online: 'online',
  degraded: 'warn',
  failing: 'failed',
  silent: 'warn',
  offline: 'offline',
  unknown: 'unknown',
};

export function conditionOf(node: Pick<NodeInfo, 'status' | 'health'>, silent: boolean): Condition {
  if (node.status !== 'online') return node.status;
  if (silent) return 'silent';
  return node.health === 'ok' ? 'online' : node.health === 'warn' ? 'degraded' : 'failing';
}

/**
 * For how long a node that has sent measures sends none; 0 when it does, or never has: not every node measures itself.
 *
 * @param followedSinceMs since when this console listens; undefined when it does not
 */
export function silentForMs(metrics: NodeMetrics | undefined, followedSinceMs: number | undefined, nowMs: number): number {
  if (metrics === undefined || followedSinceMs === undefined) return 0;
  const silenceMs = nowMs - Math.max(metrics.atMs, followedSinceMs);
  return silenceMs >= silentAfterMs ? silenceMs : 0;
}
