import { goTo, useRoute } from '../../../../app/routes.ts';
import { useCluster } from '../../../../state/cluster.ts';

/**
 * The node whose figures are asked for, undefined for all, and how to choose another. It is the selected node of the whole
 * screen, in its address.
 *
 * @param tab of the screen
 */
export function useAskedNode(tab: 'activity' | 'topics' | 'store'): readonly [string | undefined, (nodeId: string | undefined) => void] {
  const nodeId = useRoute().query.get('node') ?? undefined;
  // One that is forgotten cannot be chosen any more, nor left.
  const forgotten = useCluster(({ nodes }) => nodes.length > 0 && !nodes.some((node) => node.nodeId === nodeId));
  const ask = (next: string | undefined) => goTo('nodes', { tab, ...(next !== undefined && { node: next }) }, { replace: true });
  return [forgotten ? undefined : nodeId, ask];
}
