/** What the address says of the Nodes screen: `#/nodes?tab=table&node=ID&show=logs`. */
import { useMemo } from 'react';
import { goTo, useRoute } from '../../app/routes.ts';

export const inspectorTabs = ['overview', 'services', 'connections', 'peer', 'queues', 'tunnels', 'logs'] as const;
export type InspectorTab = (typeof inspectorTabs)[number];

export interface NodesRoute {
  /** The selected node, as its id. */
  readonly nodeId: string | undefined;
  /** What the inspector shows of it; undefined: it is closed. */
  readonly show: InspectorTab | undefined;
}

/** In the address when a node is selected without being looked at. */
const closed = 'none';

/** The selected node and what is shown of it. A link to a node alone opens its overview. */
export function useNodesRoute(): NodesRoute {
  const { query } = useRoute();
  return useMemo(() => {
    const nodeId = query.get('node') ?? undefined;
    const show = query.get('show');
    if (nodeId === undefined || show === closed) return { nodeId, show: undefined };
    return { nodeId, show: inspectorTabs.find((tab) => tab === show) ?? 'overview' };
  }, [query]);
}

/** Selects a node in the table and opens, keeps or closes the inspector. The way back leads to where the person came from. */
export function showNode(nodeId: string, show: InspectorTab | undefined): void {
  goTo('nodes', { node: nodeId, show: show ?? closed }, { replace: true });
}

/** Nothing is selected. */
export function selectNothing(): void {
  goTo('nodes', {}, { replace: true });
}
