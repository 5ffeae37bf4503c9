/** How a node stands, in the shape and word of the state vocabulary (look.md section 6). */
import type { NodeInfo } from '../../../../common/contract/nodes.ts';
import type { StateKind } from '../../../design/icons/index.ts';

/** Key of the word in `nodes.json`: `state_<word>`. */
export type StateWord = 'online' | 'warn' | 'crit' | 'offline' | 'unknown' | 'was';

export interface NodeState {
  readonly kind: StateKind;
  readonly word: StateWord;
}

/**
 * A node that is away is grey, not red: a laptop that was closed is no alarm.
 *
 * @param stale the console has lost its own node: nothing is known of now
 */
export function stateOf(node: Pick<NodeInfo, 'status' | 'health'>, stale: boolean): NodeState {
  if (node.status === 'offline') return { kind: 'offline', word: 'offline' };
  if (stale) return { kind: 'unknown', word: 'was' };
  if (node.status === 'unknown') return { kind: 'unknown', word: 'unknown' };
  if (node.health === 'crit') return { kind: 'failed', word: 'crit' };
  if (node.health === 'warn') return { kind: 'warn', word: 'warn' };
  return { kind: 'online', word: 'online' };
}

/** Worst first, so that sorting by state brings up what needs a person. */
export function stateRank(node: Pick<NodeInfo, 'status' | 'health'>): number {
  const order: readonly StateWord[] = ['crit', 'warn', 'unknown', 'offline', 'online'];
  return order.indexOf(stateOf(node, false).word);
}
