import { create } from 'zustand';

/** The one dialog of Identity & trust that is open. */
export type TrustDialog =
  | { readonly kind: 'create' | 'join' | 'leave' | 'backup' | 'invite' | 'openLinks' | 'recover' | 'rotate' }
  | { readonly kind: 'roles' | 'revoke' | 'skip'; readonly nodeId: string }
  | { readonly kind: 'admit'; readonly requestId: string }
  | { readonly kind: 'withdraw'; readonly inviteId: string };

export const useTrustDialog = create<{ readonly dialog: TrustDialog | undefined }>(() => ({ dialog: undefined }));

export function openTrustDialog(dialog: TrustDialog): void {
  useTrustDialog.setState({ dialog });
}

export function closeTrustDialog(): void {
  useTrustDialog.setState({ dialog: undefined });
}

const linked = ['create', 'join', 'invite', 'backup'] as const;

/**
 * The dialog that an address asks for. It is only opened: what it does is for the person to say.
 *
 * @param ask its kind; @param request of `admit`, the request it is about
 */
export function trustDialogFrom(ask: string | null, request: string | null): TrustDialog | undefined {
  if (ask === 'admit' && request !== null) return { kind: 'admit', requestId: request };
  const kind = linked.find((known) => known === ask);
  return kind === undefined ? undefined : { kind };
}
