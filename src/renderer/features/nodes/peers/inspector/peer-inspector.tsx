import type { PeerInfo } from '../../../../../common/contract/peers.ts';
import { IconButton } from '../../../../design/controls/icon-button.tsx';
import { IconX, StateShape } from '../../../../design/icons/index.ts';
import { useTranslation } from '../../../../i18n/index.ts';
import { useNodeNames } from '../../../../state/node-names.ts';
import { focusTable } from '../../../shared/table/table-order.ts';
import { useStale } from '../../use-known-nodes.ts';
import { shapeOf, stateOf } from '../model/peer-health.ts';
import type { PeerActContext } from '../peer-actions.ts';
import { wayInUseWords } from '../peer-words.ts';
import { showPeer } from '../peers-route.ts';
import { peerTableId } from '../peers-store.ts';
import { PeerActs } from './peer-acts.tsx';
import { PeerDetail } from './peer-detail.tsx';

interface PeerInspectorProps {
  readonly peer: PeerInfo;
  readonly saidAtMs: number;
  readonly context: PeerActContext;
}

/** One peer beside the table: how it is, what passes, what happened, what can be done. */
export function PeerInspector({ peer, saidAtMs, context }: PeerInspectorProps) {
  const { t } = useTranslation('peers');
  const { t: common } = useTranslation('common');
  const stale = useStale();
  const nameOf = useNodeNames();
  return (
    <aside className="sb-col sb-grow" aria-label={t('inspector')} data-region="inspector">
      <header className="sb-insp-head">
        <StateShape kind={shapeOf(stateOf(peer), stale)} />
        <h2 className="nd-title sb-clip sb-select" title={peer.name}>
          {peer.name}
        </h2>
        <span className="sb-3 sb-clip sb-grow">{wayInUseWords(t, peer, nameOf)}</span>
        <IconButton
          label={common('close')}
          shortcut="Esc"
          onClick={() => {
            showPeer(peer.nodeId, false);
            focusTable(peerTableId);
          }}
        >
          <IconX size={16} stroke={1.5} />
        </IconButton>
      </header>
      <div className="sb-col sb-grow nd-panel" {...(stale && { 'data-stale': true })}>
        <PeerDetail peer={peer} saidAtMs={saidAtMs} context={context} />
      </div>
      <footer className="sb-insp-foot">
        <PeerActs peer={peer} context={context} />
      </footer>
    </aside>
  );
}
