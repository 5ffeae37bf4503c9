/** How a person has set the tab of peers up, and the dialog that is open. */
import { create } from 'zustand';
import type { PeerPriority } from '../../../../common/contract/peers.ts';
import { keptOrder } from '../../shared/table/table-order.ts';
import type { PeerColumnId } from './model/peer-table.ts';

export const usePeerOrder = keptOrder<PeerColumnId>('signalbox.nodes.peers', 'name');

/** Kept while the console is open. */
export const usePeerFilter = create<{ readonly text: string }>(() => ({ text: '' }));

export const peerFilterId = 'peers-filter';

export function focusPeerFilter(): void {
  document.getElementById(peerFilterId)?.focus();
}

export const peerTableId = 'peers-table';

export type PeerDialog =
  | { readonly kind: 'add' }
  | { readonly kind: 'remove'; readonly nodeId: string }
  | { readonly kind: 'discard'; readonly nodeId: string; readonly priority: PeerPriority };

export const usePeerDialog = create<{ readonly dialog: PeerDialog | undefined }>(() => ({ dialog: undefined }));

export function openPeerDialog(dialog: PeerDialog): void {
  usePeerDialog.setState({ dialog });
}

export function closePeerDialog(): void {
  usePeerDialog.setState({ dialog: undefined });
}
