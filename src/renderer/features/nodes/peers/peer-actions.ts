import type { TFunction } from 'i18next';
import type { PeerInfo } from '../../../../common/contract/peers.ts';
import type { Action } from '../../../app/actions/registry.ts';
import { goTo } from '../../../app/routes.ts';
import { formatCount, formatDuration } from '../../../state/format.ts';
import { act } from '../../shared/act.ts';
import { actOf, type Rights } from '../../shared/rights.ts';
import { tableActions } from '../../shared/table/table-actions.ts';
import { focusTable } from '../../shared/table/table-order.ts';
import type { NodesRoute } from '../nodes-route.ts';
import { urgentFirst } from './model/backlog.ts';
import { selectNoPeer, showPeer, showTraffic } from './peers-route.ts';
import { focusPeerFilter, openPeerDialog, peerTableId } from './peers-store.ts';

type Translate = TFunction<'peers'>;

/** What acts on peers hang on. */
export interface PeerActContext {
  readonly t: Translate;
  readonly rights: Rights;
  readonly refresh: () => void;
}

/** What can be done with a peer: the foot of the inspector, the menu of a row and the palette all show these. */
export function peerActions(context: PeerActContext, peer: PeerInfo): readonly Action[] {
  const { t, rights } = context;
  const { nodeId, name, removed } = peer;
  const one = (id: string, title: string, danger: Action['danger'], run: () => void, impossible?: string): Action => {
    const action = actOf(rights, `peers.${id}`, title, danger, 'operator', run, name);
    return impossible === undefined ? action : { ...action, enabled: false, reason: impossible };
  };
  const gone = removed ? t('reasonRemoved') : undefined;
  return [
    one('probe', t('act_probe'), 1, () => void probe(context, peer), gone),
    removed || !peer.pinned
      ? one('keep', t(removed ? 'act_addBack' : 'act_keep'), 1, () => void keep(context, peer))
      : one('keep', t('act_keep'), 1, () => undefined, t('reasonKept')),
    one('forgive', t('act_forgive'), 1, () => void forgive(context, peer), peer.standing.score === 0 ? t('reasonNothingKnown') : undefined),
    { ...actOf(rights, 'peers.node', t('act_node'), 0, 'viewer', () => goTo('nodes', { node: nodeId }), name), enabled: true },
    ...urgentFirst
      .filter((priority) => peer.queued[priority].messages > 0)
      .map((priority) =>
        one(
          `discard.${priority}`,
          t('act_discard', { priority: t(`priority_${priority}`), amount: formatCount(peer.queued[priority].messages) }),
          2,
          () => openPeerDialog({ kind: 'discard', nodeId, priority }),
        ),
      ),
    one('remove', t('act_remove'), 3, () => openPeerDialog({ kind: 'remove', nodeId }), gone),
  ];
}

/** Asks the peer now, and says by which way it answered, how fast. */
async function probe({ t, refresh }: PeerActContext, { nodeId, name }: PeerInfo): Promise<void> {
  await act(
    'peers.probe',
    { node: nodeId },
    {
      done: ({ kind, latencyMs }) => t('probed', { name, way: t(`wayBy_${kind}`), time: formatDuration(latencyMs) }),
      failed: t('notProbed', { name }),
    },
  );
  refresh();
}

async function keep({ t, refresh }: PeerActContext, { nodeId, name, removed }: PeerInfo): Promise<void> {
  await act('peers.add', { node: nodeId }, { done: () => t(removed ? 'addedBack' : 'kept', { name }), failed: t('notKept', { name }) });
  refresh();
}

async function forgive({ t, refresh }: PeerActContext, { nodeId, name }: PeerInfo): Promise<void> {
  await act('peers.forgive', { node: nodeId }, { done: () => t('forgiven', { name }), failed: t('notForgiven', { name }) });
  refresh();
}

/** What belongs to the tab itself. @param traffic the traffic with all peers is looked at */
export function peersTabActions({ t, rights }: PeerActContext, { nodeId, show }: NodesRoute, traffic: boolean): readonly Action[] {
  const close = () => {
    if (show === undefined || nodeId === undefined) selectNoPeer();
    else showPeer(nodeId, false);
    focusTable(peerTableId);
  };
  return [
    { ...actOf(rights, 'peers.add', t('act_add'), 1, 'operator', () => openPeerDialog({ kind: 'add' })), shortcut: 'mod+n' },
    { id: 'peers.traffic', group: 'act', title: t('trafficHint'), danger: 0, run: showTraffic },
    ...tableActions({
      source: 'peers',
      filterTitle: t('focusFilter'),
      focusFilter: focusPeerFilter,
      closeTitle: show === undefined && !traffic ? t('selectNothing') : t('closeInspector'),
      close: nodeId === undefined && !traffic ? undefined : close,
    }),
  ];
}
