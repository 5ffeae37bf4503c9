/** Which instance the console looks at: the own node, another one, or all of them. */
import { create } from 'zustand';
import { useCluster } from './cluster.ts';

/** `self`: the node this console is a client of. `node`: another one, reached through it. */
export type Scope = { readonly kind: 'self' } | { readonly kind: 'node'; readonly nodeId: string } | { readonly kind: 'all' };

/** Kept for as long as the window is open: a console always begins with its own node. */
export const useScope = create<{ readonly scope: Scope }>(() => ({ scope: { kind: 'self' } }));

/** Looks at an instance. The own node's id is the same as `self`. */
export function chooseScope(scope: Scope): void {
  const own = useCluster.getState().nodes.find(({ self }) => self)?.nodeId;
  useScope.setState({ scope: scope.kind === 'node' && scope.nodeId === own ? { kind: 'self' } : scope });
}
