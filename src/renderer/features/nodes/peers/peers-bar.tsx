import type { PeerInfo } from '../../../../common/contract/peers.ts';
import { Button, Tooltip } from '../../../design/controls/index.ts';
import { IconPlus } from '../../../design/icons/index.ts';
import { useTranslation } from '../../../i18n/index.ts';
import { formatCount } from '../../../state/format.ts';
import { mayNow } from '../../shared/rights.ts';
import { FilterField } from '../../shared/table/filter-field.tsx';
import { focusTable } from '../../shared/table/table-order.ts';
import { totalQueued } from './model/backlog.ts';
import { countByState } from './model/peer-health.ts';
import type { PeerActContext } from './peer-actions.ts';
import { selectNoPeer, showTraffic, useTrafficShown } from './peers-route.ts';
import { openPeerDialog, peerFilterId, peerTableId, usePeerFilter } from './peers-store.ts';

/** The head line of the tab: how many peers are how, what waits in all, the filter, and adding one. */
export function PeersBar({ peers, context }: { readonly peers: readonly PeerInfo[]; readonly context: PeerActContext }) {
  const { t } = useTranslation('peers');
  const { t: common } = useTranslation('common');
  const may = mayNow(context.rights, 'operator');
  const shown = useTrafficShown();
  return (
    <div className="sb-subbar pe-bar">
      <span className="sb-2 sb-clip sb-num">{countWords(t, peers)}</span>
      <span className="sb-grow" />
      <Filter />
      <Tooltip label={t('trafficHint')}>
        <Button variant="default" aria-pressed={shown} onClick={shown ? selectNoPeer : showTraffic}>
          {t('traffic')}
        </Button>
      </Tooltip>
      <Tooltip label={common('needsRole', { role: common('role_operator') })} disabled={may}>
        <Button
          variant="default"
          leftSection={<IconPlus size={14} stroke={1.6} />}
          disabled={!may}
          onClick={() => openPeerDialog({ kind: 'add' })}
        >
          {t('act_add')}
        </Button>
      </Tooltip>
    </div>
  );
}

/** `7 peers · 5 healthy · 1 critical · 1 offline · 12 messages wait` */
function countWords(t: PeerActContext['t'], peers: readonly PeerInfo[]): string {
  const waiting = peers.reduce((sum, peer) => sum + totalQueued(peer).messages, 0);
  return [
    t('count', { count: peers.length }),
    ...countByState(peers)
      .filter(([, count]) => count > 0)
      .map(([state, count]) => t(`count_${state}`, { count })),
    ...(waiting > 0 ? [t('waiting', { count: waiting, amount: formatCount(waiting) })] : []),
  ].join(' · ');
}

function Filter() {
  const { t } = useTranslation('peers');
  const text = usePeerFilter((state) => state.text);
  return (
    <FilterField
      id={peerFilterId}
      label={t('filter')}
      text={text}
      onText={(next) => usePeerFilter.setState({ text: next })}
      onLeave={() => focusTable(peerTableId)}
    />
  );
}
