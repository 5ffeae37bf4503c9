import { goTo, useRoute } from '../../../app/routes.ts';

/** The screen with the tab of peers, nothing chosen. */
export function selectNoPeer(): void {
  goTo('nodes', { tab: 'peers' }, { replace: true });
}

/** In the address while the traffic with all peers is looked at. */
const traffic = 'traffic';

/** Whether the traffic with all peers is looked at beside the table. */
export function useTrafficShown(): boolean {
  const { query } = useRoute();
  return query.get('show') === traffic && query.get('node') === null;
}

/** Shows the traffic with all peers beside the table, in place of what is selected. */
export function showTraffic(): void {
  goTo('nodes', { tab: 'peers', show: traffic }, { replace: true });
}

/** Selects a peer in the table. @param open whether it is looked at beside the table */
export function showPeer(nodeId: string, open: boolean): void {
  goTo('nodes', { tab: 'peers', node: nodeId, show: open ? 'peer' : 'none' }, { replace: true });
}
