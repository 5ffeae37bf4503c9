import { goTo } from '../../../app/routes.ts';

/** The screen with the tab of peers, nothing chosen. */
export function selectNoPeer(): void {
  goTo('nodes', { tab: 'peers' }, { replace: true });
}

/** Selects a peer in the table. @param open whether it is looked at beside the table */
export function showPeer(nodeId: string, open: boolean): void {
  goTo('nodes', { tab: 'peers', node: nodeId, show: open ? 'peer' : 'none' }, { replace: true });
}
