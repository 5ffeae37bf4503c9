/** How a person has set the tab of peers up, and the dialog that is open. */
import { create } from 'zustand';
import { persist } from 'zustand/middleware';
import type { PeerPriority } from '../../../../common/contract/peers.ts';
import type { Sort } from './model/peer-table.ts';

/** Kept on this machine. */
export const usePeerOrder = create<{ readonly sort: Sort }>()(
  persist(() => ({ sort: { column: 'name', descending: false } as Sort }), { name: 'signalbox.nodes.peers', version: 1 }),
);

/** Kept while the console is open. */
export const usePeerFilter = create<{ readonly text: string }>(() => ({ text: '' }));

export const peerFilterId = 'peers-filter';

export function focusPeerFilter(): void {
  document.getElementById(peerFilterId)?.focus();
}

/** Id of the element around the table, which takes the focus back from menu and inspector. */
export const peerTableId = 'peers-table';

export function focusPeerTable(): void {
  document.querySelector<HTMLElement>(`#${peerTableId} [role="grid"]`)?.focus();
}

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
