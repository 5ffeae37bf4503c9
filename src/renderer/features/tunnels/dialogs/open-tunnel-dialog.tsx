import { onDemand } from '../../../design/on-demand.tsx';
import type { ActContext } from '../tunnel-actions.ts';
import { closeTunnelDialog, type TunnelDialog, useTunnelDialog } from '../tunnels-dialogs.ts';
import type { TunnelsData } from '../use-tunnels-data.ts';
import { ClearDialog, DeleteDialog } from './confirmations.tsx';

const ExposeDialog = onDemand(() => import('./expose-dialog.tsx').then((module) => module.ExposeDialog));
const EditDialog = onDemand(() => import('./edit-dialog.tsx').then((module) => module.EditDialog));
const TestDialog = onDemand(() => import('./test-dialog.tsx').then((module) => module.TestDialog));
const CaptureDialog = onDemand(() => import('./capture-dialog.tsx').then((module) => module.CaptureDialog));
const ReplayDialog = onDemand(() => import('./replay-dialogs.tsx').then((module) => module.ReplayDialog));
const EditReplayDialog = onDemand(() => import('./replay-dialogs.tsx').then((module) => module.EditReplayDialog));
const GatewayDialog = onDemand(() => import('./gateway-dialog.tsx').then((module) => module.GatewayDialog));
const CreateRouteDialog = onDemand(() => import('./create-route-dialog.tsx').then((module) => module.CreateRouteDialog));
const CreateTokenDialog = onDemand(() => import('./create-token-dialog.tsx').then((module) => module.CreateTokenDialog));
const TurnOffDialog = onDemand(() => import('./gateway-confirmations.tsx').then((module) => module.TurnOffDialog));
const CloseSessionDialog = onDemand(() => import('./gateway-confirmations.tsx').then((module) => module.CloseSessionDialog));
const DeleteRouteDialog = onDemand(() => import('./gateway-confirmations.tsx').then((module) => module.DeleteRouteDialog));
const RotateTokenDialog = onDemand(() => import('./gateway-confirmations.tsx').then((module) => module.RotateTokenDialog));
const RevokeTokenDialog = onDemand(() => import('./gateway-confirmations.tsx').then((module) => module.RevokeTokenDialog));

interface OpenDialogProps {
  readonly data: TunnelsData;
  readonly context: ActContext;
}

/** The dialog that is open, if any. One whose object has gone meanwhile is not shown. */
export function OpenTunnelDialog({ data, context }: OpenDialogProps) {
  const dialog = useTunnelDialog((state) => state.dialog);
  if (dialog === undefined) return null;
  if (dialog.kind === 'expose') return <ExposeDialog data={data} context={context} onClose={closeTunnelDialog} />;
  return 'tunnelId' in dialog ? <OneTunnelDialog dialog={dialog} data={data} /> : <GatewayDialogs dialog={dialog} data={data} />;
}

type About<K extends string> = Extract<TunnelDialog, { readonly [key in K]: unknown }>;

function OneTunnelDialog({ dialog, data }: { readonly dialog: About<'tunnelId'>; readonly data: TunnelsData }) {
  const tunnel = data.tunnels.find(({ tunnelId }) => tunnelId === dialog.tunnelId);
  if (tunnel === undefined) return null;
  const props = { tunnel, ownId: data.ownId, onClose: closeTunnelDialog, refresh: data.refresh };
  switch (dialog.kind) {
    case 'edit':
      return <EditDialog {...props} gateway={data.gateways?.get(tunnel.gateway.nodeId ?? '')} />;
    case 'test':
      return <TestDialog {...props} />;
    case 'capture':
      return <CaptureDialog {...props} />;
    case 'clear':
      return <ClearDialog {...props} />;
    case 'delete':
      return <DeleteDialog {...props} />;
    case 'replay':
      return <ReplayDialog {...props} requestId={dialog.requestId} />;
    case 'editReplay':
      return <EditReplayDialog {...props} requestId={dialog.requestId} />;
  }
}

type GatewayDialogKind = Exclude<TunnelDialog, { readonly kind: 'expose' } | About<'tunnelId'>>;

function GatewayDialogs({ dialog, data }: { readonly dialog: GatewayDialogKind; readonly data: TunnelsData }) {
  const props = { nodeId: dialog.nodeId, ownId: data.ownId, onClose: closeTunnelDialog, refresh: data.refresh };
  switch (dialog.kind) {
    case 'gatewaySettings':
      return <GatewayDialog {...props} />;
    case 'turnOff':
      return <TurnOffDialog {...props} />;
    case 'createRoute':
      return <CreateRouteDialog {...props} />;
    case 'createToken':
      return <CreateTokenDialog {...props} />;
    case 'closeSession':
      return <CloseSessionDialog {...props} sessionId={dialog.sessionId} />;
    case 'deleteRoute':
      return <DeleteRouteDialog {...props} routeId={dialog.routeId} />;
    case 'rotateToken':
      return <RotateTokenDialog {...props} tokenId={dialog.tokenId} />;
    case 'revokeToken':
      return <RevokeTokenDialog {...props} tokenId={dialog.tokenId} />;
  }
}
