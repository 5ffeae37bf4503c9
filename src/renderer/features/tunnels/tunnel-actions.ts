import type { TFunction } from 'i18next';
import type { TunnelInfo, TunnelRequest } from '../../../common/contract/tunnels.ts';
import type { Action, Danger } from '../../app/actions/registry.ts';
import { goTo } from '../../app/routes.ts';
import { showToast } from '../../design/feedback/toast.ts';
import { showUndoToast } from '../../design/feedback/undo-toast.tsx';
import { asSignalboxError } from '../../state/as-signalbox-error.ts';
import { nodeClient } from '../../state/node.ts';
import { writeTimeoutMs } from '../shared/act.ts';
import { actOf, type Rights } from '../shared/rights.ts';
import { focusTable } from '../shared/table/table-order.ts';
import { canOpen, copyAndSay, openAddress } from './copy-acts.ts';
import { noReplayReason } from './model/request-words.ts';
import { shortAddress } from './model/tunnel-table.ts';
import { copyAsCurl } from './request/request-acts.ts';
import { openTunnelDialog, type TunnelDialog } from './tunnels-dialogs.ts';
import { showGateway, showRequests, showTunnel, type TunnelsRoute } from './tunnels-route.ts';
import { focusRequestFilter, requestListId, useLive } from './tunnels-store.ts';
import { atNode } from './use-tunnels-data.ts';

type Translate = TFunction<'tunnels'>;

/** What acts of the screen hang on. */
export interface ActContext {
  readonly t: Translate;
  readonly rights: Rights;
  readonly ownId: string | undefined;
  readonly refresh: () => void;
}

/** What can be done with a tunnel: the bar below the table, the menu of its row and the palette all show these. */
export function tunnelActions(context: ActContext, tunnel: TunnelInfo): readonly Action[] {
  const { t, rights } = context;
  const { tunnelId, agentId, enabled, publicUrls, nodeId } = tunnel;
  const turn = () => void setEnabled(context, tunnel, !enabled);
  const ask = (kind: 'edit' | 'test' | 'capture' | 'clear' | 'delete', danger: Danger) =>
    actOf(rights, `tunnels.${kind}`, t(`act_${kind}`), danger, 'operator', () => openTunnelDialog({ kind, tunnelId }), agentId);
  const [address] = publicUrls;
  return [
    ask('test', 0),
    actOf(rights, 'tunnels.toggle', t(enabled ? 'act_turnOff' : 'act_turnOn'), 1, 'operator', turn, agentId),
    ask('edit', 1),
    ...(address === undefined
      ? []
      : [
          actOf(rights, 'tunnels.copy', t('act_copy'), 0, 'viewer', () => void copyAndSay(address, shortAddress(address)), agentId),
          ...(canOpen(address)
            ? [actOf(rights, 'tunnels.open', t('act_open'), 0, 'viewer', () => void openAddress(address), agentId)]
            : []),
        ]),
    ask('capture', 1),
    actOf(rights, 'tunnels.node', t('act_node'), 0, 'viewer', () => goTo('nodes', { node: nodeId }), agentId),
    ask('clear', 2),
    ask('delete', 3),
  ];
}

/** Danger level 1: done at once, with a way back. */
async function setEnabled(context: Omit<ActContext, 'rights'>, tunnel: TunnelInfo, enabled: boolean): Promise<void> {
  const { t, ownId, refresh } = context;
  const { tunnelId, agentId: name } = tunnel;
  try {
    await nodeClient().call('tunnels.update', { tunnelId, enabled }, { timeoutMs: writeTimeoutMs, ...atNode(tunnel.nodeId, ownId) });
  } catch (error) {
    const title = t(enabled ? 'notTurnedOn' : 'notTurnedOff', { name });
    showToast({ title, message: asSignalboxError(error).message, tone: 'error' });
    return;
  } finally {
    refresh();
  }
  showUndoToast({
    title: t(enabled ? 'turnedOn' : 'turnedOff', { name }),
    undoLabel: t('undo'),
    onUndo: () => void setEnabled(context, tunnel, !enabled),
  });
}

/** What can be done with one request: the foot of its inspector, the menu of its row and the palette all show these. */
export function requestActions({ t, rights, ownId }: ActContext, tunnel: TunnelInfo, request: TunnelRequest): readonly Action[] {
  const { requestId, method, path } = request;
  const { tunnelId } = tunnel;
  const detail = `${method} ${path}`;
  const ask = (kind: 'replay' | 'editReplay'): Action => {
    const action = actOf(
      rights,
      `tunnels.${kind}`,
      t(`act_${kind}`),
      2,
      'operator',
      () => openTunnelDialog({ kind, tunnelId, requestId }),
      detail,
    );
    const reason = noReplayReason(request);
    return reason === undefined ? action : { ...action, enabled: false, reason: t(reason) };
  };
  return [
    ask('replay'),
    ask('editReplay'),
    actOf(
      rights,
      'tunnels.curl',
      t('act_curl'),
      0,
      'operator',
      () => void copyAsCurl(atNode(tunnel.nodeId, ownId), tunnel, requestId),
      detail,
    ),
    actOf(rights, 'tunnels.path', t('act_path'), 0, 'viewer', () => void copyAndSay(path, path), detail),
  ];
}

/** What belongs to the screen itself. */
export function screenActions({ t, rights }: ActContext, route: TunnelsRoute, hasTunnel: boolean): readonly Action[] {
  const live = route.gateway === undefined && hasTunnel;
  const dialog = (value: TunnelDialog) => () => openTunnelDialog(value);
  return [
    { ...actOf(rights, 'tunnels.expose', t('act_expose'), 2, 'operator', dialog({ kind: 'expose' })), shortcut: 'mod+n' },
    {
      id: 'tunnels.filter',
      group: 'act',
      title: t('focusFilter'),
      shortcut: '/',
      danger: 0,
      enabled: live,
      run: focusRequestFilter,
    },
    {
      id: 'tunnels.pause',
      group: 'act',
      title: t('pauseOrGoOn'),
      shortcut: 'space',
      danger: 0,
      enabled: live,
      run: () => useLive.setState(({ paused }) => ({ paused: !paused })),
    },
    {
      id: 'tunnels.view',
      group: 'act',
      title: route.gateway === undefined ? t('showGateways') : t('showTunnels'),
      danger: 0,
      run: () => (route.gateway === undefined ? showGateway() : showTunnel()),
    },
    {
      id: 'tunnels.close',
      group: 'act',
      title: t('closeInspector'),
      shortcut: 'escape',
      danger: 0,
      enabled: route.request !== undefined,
      run: () => {
        showRequests({ request: undefined });
        focusTable(requestListId);
      },
    },
  ];
}
