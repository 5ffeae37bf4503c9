import { create } from 'zustand';

/** The one dialog of the Tunnels screen that is open. */
export type TunnelDialog =
  | { readonly kind: 'expose' }
  | { readonly kind: 'edit' | 'test' | 'capture' | 'clear' | 'delete'; readonly tunnelId: string }
  | { readonly kind: 'replay' | 'editReplay'; readonly tunnelId: string; readonly requestId: string }
  | { readonly kind: 'gatewaySettings' | 'turnOff' | 'createRoute' | 'createToken'; readonly nodeId: string }
  | { readonly kind: 'closeSession'; readonly nodeId: string; readonly sessionId: string }
  | { readonly kind: 'deleteRoute'; readonly nodeId: string; readonly routeId: string }
  | { readonly kind: 'rotateToken' | 'revokeToken'; readonly nodeId: string; readonly tokenId: string };

export const useTunnelDialog = create<{ readonly dialog: TunnelDialog | undefined }>(() => ({ dialog: undefined }));

export function openTunnelDialog(dialog: TunnelDialog): void {
  useTunnelDialog.setState({ dialog });
}

export function closeTunnelDialog(): void {
  useTunnelDialog.setState({ dialog: undefined });
}
