import { goTo } from '../../../app/routes.ts';

/** Opens the inspector of a node. */
export function openNode(nodeId: string): void {
  goTo('nodes', { tab: 'table', node: nodeId });
}
