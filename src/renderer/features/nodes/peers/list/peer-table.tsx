import { useEffect, useMemo, useState } from 'react';
import type { PeerInfo } from '../../../../../common/contract/peers.ts';
import { useNow } from '../../../../app/frame/connection-label.tsx';
import { ContextMenu } from '../../../../design/controls/context-menu.tsx';
import { Button, useElementSize } from '../../../../design/controls/index.ts';
import { DataGrid } from '../../../../design/data/data-grid.tsx';
import { useRowHeight } from '../../../../design/data/row-height.ts';
import { useTranslation } from '../../../../i18n/index.ts';
import { useNodeNames } from '../../../../state/node-names.ts';
import { menuEntries } from '../../../shared/menu-entries.ts';
import { useFittingColumns } from '../../../shared/use-fitting-columns.ts';
import { useStale } from '../../use-known-nodes.ts';
import { filterPeers, fittingColumns, sortPeers, toggledSort } from '../model/peer-table.ts';
import { type PeerActContext, peerActions } from '../peer-actions.ts';
import { healthWords, wayInUseWords } from '../peer-words.ts';
import { selectNoPeer, showPeer } from '../peers-route.ts';
import { focusPeerTable, peerTableId, usePeerFilter, usePeerOrder } from '../peers-store.ts';
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
  const { ref, width } = useElementSize<HTMLDivElement>();
  const filter = usePeerFilter(({ text }) => text);
  const sort = usePeerOrder((state) => state.sort);
  const stale = useStale();
  const rowHeight = useRowHeight('--sb-row');
  const nameOf = useNodeNames();
  const rows = useMemo(() => {
    const wayOf = (peer: PeerInfo) => wayInUseWords(t, peer, nameOf);
    const found = filterPeers(peers, filter, (peer) => `${healthWords(t, peer, stale)} ${wayOf(peer)}`);
    return sortPeers(found, sort, wayOf);
  }, [peers, filter, sort, stale, t, nameOf]);
  const shown = useFittingColumns(fittingColumns, width);
  const heads = useMemo(
    () => shown.map((column) => ({ ...column, title: t(`col_${column.id}`), hint: t(`hint_${column.id}`) })),
    [shown, t],
  );
  // Circuits count down and ages grow while nothing else happens.
  const nowMs = Math.floor(useNow(!stale) / 1_000) * 1_000;
  const selectedId = selected?.nodeId;
  const [cursorId, setCursorId] = useState(selectedId);
  const [menu, setMenu] = useState<{ readonly nodeId: string; readonly at: { readonly x: number; readonly y: number } }>();
  useEffect(() => setCursorId(selectedId), [selectedId]);
  const indexOf = (id: string | undefined) => {
    const index = rows.findIndex((peer) => peer.nodeId === id);
    return index === -1 ? undefined : index;
  };
  const idAt = (index: number) => rows[index]?.nodeId;
  const menuPeer = peers.find(({ nodeId }) => nodeId === menu?.nodeId);
  return (
    <div ref={ref} id={peerTableId} className="sb-col sb-grow" {...(stale && { 'data-stale': true })}>
      {rows.length === 0 ? (
        <NothingFound text={filter} />
      ) : (
        <DataGrid
          label={t('title')}
          columns={heads}
          sort={sort}
          onSort={(column) => usePeerOrder.setState({ sort: toggledSort(sort, column) })}
          count={rows.length}
          rowHeight={rowHeight}
          keyOf={(index) => idAt(index) ?? String(index)}
          renderRow={(index) => {
            const peer = rows[index];
            if (peer === undefined) return null;
            return <PeerRow peer={peer} columns={shown} nameOf={nameOf} stale={stale} saidAtMs={saidAtMs} nowMs={nowMs} />;
          }}
          cursor={indexOf(cursorId)}
          onCursor={(index) => {
            const id = idAt(index);
            setCursorId(id);
            // An open inspector follows.
            if (id !== undefined && isOpen && selectedId !== undefined) showPeer(id, true);
          }}
          selected={indexOf(selectedId)}
          onToggle={(index) => {
            const id = idAt(index);
            if (id === undefined) return;
            if (id === selectedId) selectNoPeer();
            else showPeer(id, isOpen && selectedId !== undefined);
          }}
          onOpen={(index) => {
            const id = idAt(index);
            if (id !== undefined) showPeer(id, true);
          }}
          onMenu={(index, at) => {
            const nodeId = idAt(index);
            if (nodeId === undefined) return;
            showPeer(nodeId, isOpen && selectedId !== undefined);
            setMenu({ nodeId, at });
          }}
        />
      )}
      {menu !== undefined && menuPeer !== undefined && (
        <ContextMenu
          at={menu.at}
          label={t('menu', { name: menuPeer.name })}
          entries={menuEntries(peerActions(context, menuPeer))}
          onClose={() => {
            setMenu(undefined);
            focusPeerTable();
          }}
        />
      )}
    </div>
  );
}

function NothingFound({ text }: { readonly text: string }) {
  const { t } = useTranslation('peers');
  const { t: common } = useTranslation('common');
  return (
    <div className="sb-empty" role="status">
      <h2>{t('noneMatches', { text })}</h2>
      <Button variant="default" onClick={() => usePeerFilter.setState({ text: '' })}>
        {common('clearFilter')}
      </Button>
    </div>
  );
}
