import type { PeerInfo } from '../../../../../common/contract/peers.ts';
import { closePeerDialog, usePeerDialog } from '../peers-store.ts';
import { AddPeerDialog } from './add-peer-dialog.tsx';
import { DiscardDialog, RemoveDialog } from './confirmations.tsx';

/** The dialog that is open, if any. One whose peer has gone meanwhile is not shown. */
export function OpenPeerDialog({ peers, refresh }: { readonly peers: readonly PeerInfo[]; readonly refresh: () => void }) {
  const dialog = usePeerDialog((state) => state.dialog);
  if (dialog === undefined) return null;
  if (dialog.kind === 'add') return <AddPeerDialog peers={peers} refresh={refresh} onClose={closePeerDialog} />;
  const peer = peers.find(({ nodeId }) => nodeId === dialog.nodeId);
  if (peer === undefined) return null;
  const props = { peer, refresh, onClose: closePeerDialog };
  return dialog.kind === 'remove' ? <RemoveDialog {...props} /> : <DiscardDialog {...props} priority={dialog.priority} />;
}
