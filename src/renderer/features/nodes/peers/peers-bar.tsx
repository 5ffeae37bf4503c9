import type { PeerInfo } from '../../../../common/contract/peers.ts';
import { Button, Kbd, TextInput, Tooltip } from '../../../design/controls/index.ts';
import { IconPlus, IconSearch } from '../../../design/icons/index.ts';
import { useTranslation } from '../../../i18n/index.ts';
import { formatCount } from '../../../state/format.ts';
import { mayNow } from '../../shared/rights.ts';
import { totalQueued } from './model/backlog.ts';
import { countByState } from './model/peer-health.ts';
import type { PeerActContext } from './peer-actions.ts';
import { focusPeerTable, openPeerDialog, peerFilterId, usePeerFilter } from './peers-store.ts';

/** The head line of the tab: how many peers are how, what waits in all, the filter, and adding one. */
export function PeersBar({ peers, context }: { readonly peers: readonly PeerInfo[]; readonly context: PeerActContext }) {
  const { t } = useTranslation('peers');
  const { t: common } = useTranslation('common');
  const may = mayNow(context.rights, 'operator');
  return (
    <div className="sb-subbar pe-bar">
      <span className="sb-2 sb-clip sb-num">{countWords(t, peers)}</span>
      <span className="sb-grow" />
      <Filter />
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
    <TextInput
      id={peerFilterId}
      className="nd-filter"
      aria-label={t('filter')}
      placeholder={t('filter')}
      leftSection={<IconSearch size={14} stroke={1.6} />}
      rightSection={<Kbd>/</Kbd>}
      value={text}
      onChange={(event) => usePeerFilter.setState({ text: event.currentTarget.value })}
      onKeyDown={(event) => {
        if (event.key === 'Escape') usePeerFilter.setState({ text: '' });
        else if (event.key === 'Enter' || event.key === 'ArrowDown') focusPeerTable();
        else return;
        event.preventDefault();
      }}
    />
  );
}
