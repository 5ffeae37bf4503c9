import { create } from 'zustand';

/** The one dialog of the Ledger screen that is open. `chainId`: node whose chain it is about. */
export type LedgerDialog =
  | { readonly kind: 'note'; readonly target?: string }
  | { readonly kind: 'checkpoint' }
  | { readonly kind: 'verify' | 'compare' | 'export' | 'repair'; readonly chainId: string }
  | { readonly kind: 'difference'; readonly chainId: string; readonly nodeId: string; readonly height: number };

export const useLedgerDialog = create<{ readonly dialog: LedgerDialog | undefined }>(() => ({ dialog: undefined }));

export function openLedgerDialog(dialog: LedgerDialog): void {
  useLedgerDialog.setState({ dialog });
}

export function closeLedgerDialog(): void {
  useLedgerDialog.setState({ dialog: undefined });
}
