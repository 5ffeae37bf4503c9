import './texts.ts';
import './peers.css';
import { useEffect, useMemo } from 'react';
import type { ResultOf } from '../../../../common/contract/index.ts';
import { type Action, provideActions } from '../../../app/actions/registry.ts';
import { Button } from '../../../design/controls/index.ts';
import { Empty, Loading } from '../../../design/feedback/states.tsx';
import { IconTopologyStar3, StateShape } from '../../../design/icons/index.ts';
import { Strip } from '../../../design/layout/bars.tsx';
import { SideColumn } from '../../../design/layout/split.tsx';
import { useTranslation } from '../../../i18n/index.ts';
import { dataOf, type ViewCall } from '../../../state/use-call.ts';
import { CallFailure } from '../../shared/call-failure.tsx';
import { mayNow, RightsContext, usePersonsRights } from '../../shared/rights.ts';
import { StaleStrip } from '../../shared/stale-strip.tsx';
import { type NodesRoute, useNodesRoute } from '../nodes-route.ts';
import { OpenPeerDialog } from './dialogs/open-peer-dialog.tsx';
import { PeerInspector } from './inspector/peer-inspector.tsx';
import { Traffic } from './inspector/traffic.tsx';
import { PeerTable } from './list/peer-table.tsx';
import { PartitionStrip } from './partition-strip.tsx';
import { type PeerActContext, peerActions, peersTabActions } from './peer-actions.ts';
import { PeersBar } from './peers-bar.tsx';
import { selectNoPeer, useTrafficShown } from './peers-route.ts';
import { closePeerDialog, openPeerDialog } from './peers-store.ts';
import { usePeersCall } from './use-peers-data.ts';

export type PeersAnswer = ResultOf<'peers.list'>;

/** The peers of this node: how each is, which way leads there, what waits for it; and the chosen one in detail. */
export function PeersTab() {
  const { t } = useTranslation('peers');
  const route = useNodesRoute();
  const rights = usePersonsRights();
  const call = usePeersCall('peers.list', {});
  const { refresh } = call;
  const context = useMemo<PeerActContext>(() => ({ t, rights, refresh }), [t, rights, refresh]);
  const answer = dataOf(call.state);
  useActionsOf(context, route, answer);
  useEffect(() => closePeerDialog, []);
  return (
    <RightsContext value={rights}>
      <Content call={call} route={route} context={context} />
      <OpenPeerDialog peers={answer?.peers ?? []} refresh={refresh} />
    </RightsContext>
  );
}

interface ContentProps {
  readonly call: ViewCall<PeersAnswer>;
  readonly route: NodesRoute;
  readonly context: PeerActContext;
}

function Content({ call, route, context }: ContentProps) {
  const { t } = useTranslation('peers');
  const { t: common } = useTranslation('common');
  const traffic = useTrafficShown();
  const { state, retry, cancel } = call;
  if (state.kind === 'loading') {
    return (
      <Loading
        rows={10}
        asking={(seconds) => common('asking', { node: common('thisNode'), seconds })}
        cancelLabel={common('cancel')}
        onCancel={cancel}
      />
    );
  }
  if (state.kind === 'error') return <CallFailure title={t('listFailed')} error={state.error} call="peers.list" onRetry={retry} />;
  const { data, atMs } = state;
  const selected = data.peers.find(({ nodeId }) => nodeId === route.nodeId);
  return (
    <div className="sb-split nd-split">
      <div className="sb-col sb-grow">
        <PeersBar peers={data.peers} context={context} />
        <StaleStrip state={state} onRetry={retry} />
        <PartitionStrip />
        {route.nodeId !== undefined && selected === undefined && <UnknownPeer nodeId={route.nodeId} />}
        {data.peers.length === 0 ? (
          <NoPeers context={context} />
        ) : (
          <PeerTable peers={data.peers} saidAtMs={atMs} selected={selected} isOpen={route.show !== undefined} context={context} />
        )}
      </div>
      {(traffic || (route.show !== undefined && selected !== undefined)) && (
        <SideColumn
          name="nodes.inspector"
          side="right"
          initialWidth={396}
          minWidth={388}
          maxWidth={720}
          label={t('inspectorWidth')}
          className="sb-col nd-inspector"
        >
          {selected === undefined ? <Traffic /> : <PeerInspector key={selected.nodeId} peer={selected} saidAtMs={atMs} context={context} />}
        </SideColumn>
      )}
    </div>
  );
}

function NoPeers({ context }: { readonly context: PeerActContext }) {
  const { t } = useTranslation('peers');
  return (
    <Empty
      icon={<IconTopologyStar3 size={24} stroke={1.5} />}
      title={t('emptyTitle')}
      act={
        <Button disabled={!mayNow(context.rights, 'operator')} onClick={() => openPeerDialog({ kind: 'add' })}>
          {t('act_add')}
        </Button>
      }
      terminal={{ label: t('terminal'), command: 'signalbox peers' }}
    >
      {t('emptyText')}
    </Empty>
  );
}

/** The node of the address is none of the peers: this node itself, or one that has left the list. */
function UnknownPeer({ nodeId }: { readonly nodeId: string }) {
  const { t } = useTranslation('peers');
  return (
    <Strip
      tone="mode"
      icon={<StateShape kind="unknown" />}
      fact={t('notPeer', { id: nodeId })}
      act={
        <button type="button" className="sb-link" onClick={selectNoPeer}>
          {t('notPeerAct')}
        </button>
      }
    >
      {t('notPeerDetail')}
    </Strip>
  );
}

/** What can be done now, for palette and keys. Figures change all the time and acts do not: they are told when they differ. */
function useActionsOf(context: PeerActContext, route: NodesRoute, answer: PeersAnswer | undefined): void {
  const traffic = useTrafficShown();
  const peer = answer?.peers.find(({ nodeId }) => nodeId === route.nodeId);
  const actions = useMemo(
    () => [...peersTabActions(context, route, traffic), ...(peer === undefined ? [] : peerActions(context, peer))],
    [context, route, traffic, peer],
  );
  const key = actions.map(({ id, title, enabled }: Action) => `${id} ${title} ${enabled}`).join('\n');
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key says what of the acts a person sees
  useEffect(() => provideActions('peers', actions), [key, context, route]);
}
