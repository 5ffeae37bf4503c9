import { useMemo } from 'react';
import type { PeerInfo } from '../../../../../common/contract/peers.ts';
import { useNow } from '../../../../app/frame/connection-label.tsx';
import { useTranslation } from '../../../../i18n/index.ts';
import { useNodeNames } from '../../../../state/node-names.ts';
import { NothingMatches } from '../../../shared/table/nothing-matches.tsx';
import { RowTable } from '../../../shared/table/row-table.tsx';
import { filterRows, orderRows } from '../../../shared/table/table-model.ts';
import { useStale } from '../../use-known-nodes.ts';
import { peerTable, peerWords } from '../model/peer-table.ts';
import { type PeerActContext, peerActions } from '../peer-actions.ts';
import { healthWords, wayInUseWords } from '../peer-words.ts';
import { selectNoPeer, showPeer } from '../peers-route.ts';
import { peerTableId, usePeerFilter, usePeerOrder } from '../peers-store.ts';
import { PeerRow } from './peer-row.tsx';

interface PeerTableProps {
  readonly peers: readonly PeerInfo[];
  /** When the node said so. */
  readonly saidAtMs: number;
  readonly selected: PeerInfo | undefined;
  /** The selected one is looked at beside the table. */
  readonly isOpen: boolean;
  readonly context: PeerActContext;
}

/** The peers, one a row: sorted by any column, narrowed by the filter, as many columns as there is room for. */
export function PeerTable({ peers, saidAtMs, selected, isOpen, context }: PeerTableProps) {
  const { t } = useTranslation('peers');
  const filter = usePeerFilter(({ text }) => text);
  const order = usePeerOrder(({ sort }) => sort);
  const stale = useStale();
  const nameOf = useNodeNames();
  const rows = useMemo(() => {
    const wayOf = (peer: PeerInfo) => wayInUseWords(t, peer, nameOf);
    const found = filterRows(peers, filter, (peer) => peerWords(peer, healthWords(t, peer, stale), wayOf(peer)));
    return orderRows(peerTable, found, order, wayOf);
  }, [peers, filter, order, stale, t, nameOf]);
  // Circuits count down and ages grow while nothing else happens.
  const nowMs = Math.floor(useNow(!stale) / 1_000) * 1_000;
  const follows = isOpen && selected !== undefined;
  return (
    <RowTable
      id={peerTableId}
      label={t('title')}
      columns={peerTable.columns}
      headOf={({ id }) => ({ title: t(`col_${id}`), hint: t(`hint_${id}`) })}
      rows={rows}
      keyOf={peerTable.keyOf}
      order={order}
      onOrder={(sort) => usePeerOrder.setState({ sort })}
      renderRow={(peer, columns) => (
        <PeerRow peer={peer} columns={columns} nameOf={nameOf} stale={stale} saidAtMs={saidAtMs} nowMs={nowMs} />
      )}
      selected={selected?.nodeId}
      onOpen={({ nodeId }) => showPeer(nodeId, true)}
      onSelect={({ nodeId }) => showPeer(nodeId, follows)}
      onDeselect={selectNoPeer}
      // An open inspector goes with the cursor.
      follows={follows}
      menuOf={(peer) => ({ name: peer.name, actions: peerActions(context, peer) })}
      empty={<NothingMatches title={t('noneMatches', { text: filter })} onClear={() => usePeerFilter.setState({ text: '' })} />}
      stale={stale}
    />
  );
}
