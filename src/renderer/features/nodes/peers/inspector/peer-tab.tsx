import '../texts.ts';
import '../peers.css';
import { useEffect, useMemo } from 'react';
import { Loading } from '../../../../design/feedback/states.tsx';
import { useTranslation } from '../../../../i18n/index.ts';
import { CallFailure } from '../../../shared/call-failure.tsx';
import { RightsContext, usePersonsRights } from '../../../shared/rights.ts';
import { StaleStrip } from '../../../shared/stale-strip.tsx';
import type { InspectedProps } from '../../inspector/use-ask.ts';
import { OpenPeerDialog } from '../dialogs/open-peer-dialog.tsx';
import type { PeerActContext } from '../peer-actions.ts';
import { closePeerDialog } from '../peers-store.ts';
import { usePeersCall } from '../use-peers-data.ts';
import { PeerActs } from './peer-acts.tsx';
import { PeerDetail } from './peer-detail.tsx';

/** A node as the peer of this one: what passes between the two. Asked of the own node, so that it is shown while the other is away. */
export function PeerTab({ node }: InspectedProps) {
  const { t } = useTranslation('peers');
  const { t: common } = useTranslation('common');
  const rights = usePersonsRights();
  const { state, retry, refresh, cancel } = usePeersCall('peers.list', {}, { enabled: !node.self });
  const context = useMemo<PeerActContext>(() => ({ t, rights, refresh }), [t, rights, refresh]);
  useEffect(() => closePeerDialog, []);
  if (node.self) return <Note title={t('selfTitle')}>{t('selfDetail')}</Note>;
  if (state.kind === 'loading') {
    return (
      <Loading
        asking={(seconds) => common('asking', { node: common('thisNode'), seconds })}
        cancelLabel={common('cancel')}
        onCancel={cancel}
      />
    );
  }
  if (state.kind === 'error') return <CallFailure title={t('listFailed')} error={state.error} call="peers.list" onRetry={retry} />;
  const { peers } = state.data;
  const peer = peers.find(({ nodeId }) => nodeId === node.nodeId);
  if (peer === undefined) return <Note title={t('notKnownTitle', { name: node.name })}>{t('notKnownDetail')}</Note>;
  return (
    <RightsContext value={rights}>
      <div className="sb-subbar pe-bar">
        <PeerActs peer={peer} context={context} />
      </div>
      <StaleStrip state={state} onRetry={retry} />
      <PeerDetail peer={peer} saidAtMs={state.atMs} context={context} />
      <OpenPeerDialog peers={peers} refresh={refresh} />
    </RightsContext>
  );
}

function Note({ title, children }: { readonly title: string; readonly children: string }) {
  return (
    <div className="sb-sec">
      <p>
        <b>{title}</b> <span className="sb-2">{children}</span>
      </p>
    </div>
  );
}
