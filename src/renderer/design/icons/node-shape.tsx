import type { NodeInfo } from '../../../common/contract/nodes.ts';
import { type StateKind, StateShape } from './state-shape.tsx';

/** The shape of a node's state: whether it is there, and whether it is well. */
export function nodeShapeOf(node: Pick<NodeInfo, 'status' | 'health'>): StateKind {
  return node.status === 'online' && node.health !== 'ok' ? 'warn' : node.status;
}

/** The state of a node, beside its name. */
export function NodeShape({ node }: { readonly node: Pick<NodeInfo, 'status' | 'health'> }) {
  return <StateShape kind={nodeShapeOf(node)} />;
}
