/** Why a subscription delivers nothing now. */
import type { WaitingTopic } from '../../../../common/contract/feeds.ts';
import type { NodeInfo } from '../../../../common/contract/nodes.ts';
import { resolverOf } from '../../../state/node-resolver.ts';
import { partsOf } from './topic-words.ts';

/**
 * `unknown`: nobody knows such a node. `away`: its node is not there, and the subscription goes on by itself when it is back.
 * `asking`: its node has not confirmed yet. `refused`: for another reason.
 */
export interface SubscriptionTrouble {
  readonly kind: 'unknown' | 'away' | 'asking' | 'refused';
  /** Name of the node, or what was written for it. */
  readonly node: string;
  /** The node's own words, where there are any. */
  readonly message: string | undefined;
  /** Trying again by hand may help; else it happens by itself. */
  readonly retry: boolean;
}

/**
 * @param waiting what the node said of the subscription; undefined when it was begun
 * @param nodes the cluster: a node that went away later keeps its subscription, which is restored when it is back
 */
export function troubleOf(topic: string, waiting: WaitingTopic | undefined, nodes: readonly NodeInfo[]): SubscriptionTrouble | undefined {
  const { identity } = partsOf(topic);
  if (identity === undefined || identity === '+') return waiting === undefined ? undefined : ofAnswer(waiting, topic);
  const nodeId = resolverOf(nodes)(identity);
  const info = nodes.find((node) => node.nodeId === nodeId);
  const node = info?.name ?? identity;
  if (info !== undefined && info.status !== 'online')
    return { kind: 'away', node, message: waiting?.message, retry: waiting !== undefined };
  if (waiting === undefined) return undefined;
  if (info === undefined && waiting.code === 'NODE_UNREACHABLE') return { kind: 'unknown', node, message: waiting.message, retry: true };
  return ofAnswer(waiting, node);
}

function ofAnswer({ code, message }: WaitingTopic, node: string): SubscriptionTrouble {
  if (code === null) return { kind: 'asking', node, message, retry: false };
  return code === 'NODE_UNREACHABLE' || code === 'NODE_LOST'
    ? { kind: 'away', node, message, retry: true }
    : { kind: 'refused', node, message, retry: true };
}
