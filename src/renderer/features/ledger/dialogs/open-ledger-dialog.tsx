import type { LedgerChain } from '../../../../common/contract/ledger.ts';
import { onDemand } from '../../../design/on-demand.tsx';
import { closeLedgerDialog, type LedgerDialog, useLedgerDialog } from '../ledger-dialogs.ts';
import { CheckpointDialog, RepairDialog } from './confirmations.tsx';

const NoteDialog = onDemand(() => import('./note-dialog.tsx').then((module) => module.NoteDialog));
const VerifyDialog = onDemand(() => import('./verify-dialog.tsx').then((module) => module.VerifyDialog));
const ExportDialog = onDemand(() => import('./export-dialog.tsx').then((module) => module.ExportDialog));
const CompareDialog = onDemand(() => import('./compare-dialog.tsx').then((module) => module.CompareDialog));
const DifferenceDialog = onDemand(() => import('./difference-dialog.tsx').then((module) => module.DifferenceDialog));

/** The dialog that is open, if any. One whose chain has gone meanwhile is not shown. */
export function OpenLedgerDialog({ chains }: { readonly chains: readonly LedgerChain[] }) {
  const dialog = useLedgerDialog((state) => state.dialog);
  if (dialog === undefined) return null;
  if (dialog.kind === 'note') return <NoteDialog chains={chains} target={dialog.target} onClose={closeLedgerDialog} />;
  if (dialog.kind === 'checkpoint') return <CheckpointDialog onClose={closeLedgerDialog} />;
  const chain = chains.find(({ chainId }) => chainId === dialog.chainId);
  return chain === undefined ? null : <ChainDialog dialog={dialog} chain={chain} />;
}

type AboutChain = Extract<LedgerDialog, { readonly chainId: string }>;

function ChainDialog({ dialog, chain }: { readonly dialog: AboutChain; readonly chain: LedgerChain }) {
  const props = { chain, onClose: closeLedgerDialog };
  switch (dialog.kind) {
    case 'verify':
      return <VerifyDialog {...props} />;
    case 'export':
      return <ExportDialog {...props} />;
    case 'compare':
      return <CompareDialog {...props} />;
    case 'difference':
      return <DifferenceDialog {...props} nodeId={dialog.nodeId} height={dialog.height} />;
    case 'repair':
      return <RepairDialog {...props} />;
  }
}
