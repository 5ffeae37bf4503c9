import { useEffect, useMemo, useState } from 'react';
import type { TunnelInfo } from '../../../../common/contract/tunnels.ts';
import { useNow } from '../../../app/frame/connection-label.tsx';
import { ContextMenu } from '../../../design/controls/context-menu.tsx';
import { useElementSize } from '../../../design/controls/index.ts';
import { DataGrid } from '../../../design/data/data-grid.tsx';
import { useRowHeight } from '../../../design/data/row-height.ts';
import { useTranslation } from '../../../i18n/index.ts';
import { useNodeNames } from '../../../state/node-names.ts';
import { menuEntries } from '../../shared/menu-entries.ts';
import { useFittingColumns } from '../../shared/use-fitting-columns.ts';
import { fittingColumns, sortTunnels, toggledSort } from '../model/tunnel-table.ts';
import { type ActContext, tunnelActions } from '../tunnel-actions.ts';
import { showTunnel } from '../tunnels-route.ts';
import { focusTable, tableId, useTableOrder } from '../tunnels-store.ts';
import type { TunnelsData } from '../use-tunnels-data.ts';
import { TunnelRow } from './tunnel-row.tsx';

interface TunnelListProps {
  readonly data: TunnelsData;
  readonly chosen: TunnelInfo | undefined;
  readonly context: ActContext;
}

/** The tunnels of all nodes, one a row, as many columns as there is room for. */
export function TunnelList({ data, chosen, context }: TunnelListProps) {
  const { t } = useTranslation('tunnels');
  const { ref, width } = useElementSize<HTMLDivElement>();
  const sort = useTableOrder((state) => state.sort);
  const rowHeight = useRowHeight('--sb-row');
  const nameOf = useNodeNames();
  const rows = useMemo(() => sortTunnels(data.tunnels, sort, nameOf), [data.tunnels, sort, nameOf]);
  const shown = useFittingColumns(fittingColumns, width);
  const heads = useMemo(
    () => shown.map((column) => ({ ...column, title: t(`col_${column.id}`), hint: t(`hint_${column.id}`) })),
    [shown, t],
  );
  const counting = rows.some(({ nextTryAt }) => nextTryAt !== null);
  const nowMs = Math.floor(useNow(counting) / 1_000) * 1_000;
  const chosenId = chosen?.tunnelId;
  const [cursorId, setCursorId] = useState(chosenId);
  const [menu, setMenu] = useState<{ readonly tunnel: TunnelInfo; readonly at: { readonly x: number; readonly y: number } }>();
  useEffect(() => setCursorId(chosenId), [chosenId]);
  const indexOf = (id: string | undefined) => {
    const index = rows.findIndex(({ tunnelId }) => tunnelId === id);
    return index === -1 ? undefined : index;
  };
  const open = (index: number) => {
    const id = rows[index]?.tunnelId;
    if (id !== undefined && id !== chosenId) showTunnel(id);
  };
  return (
    <div ref={ref} id={tableId} className="sb-col sb-grow">
      <DataGrid
        label={t('title')}
        columns={heads}
        sort={sort}
        onSort={(column) => useTableOrder.setState({ sort: toggledSort(sort, column) })}
        count={rows.length}
        rowHeight={rowHeight}
        keyOf={(index) => rows[index]?.tunnelId ?? String(index)}
        renderRow={(index) => {
          const tunnel = rows[index];
          if (tunnel === undefined) return null;
          const stale = data.staleIds.has(tunnel.tunnelId);
          const own = tunnel.nextTryAt === null ? 0 : nowMs;
          return <TunnelRow tunnel={tunnel} columns={shown} node={nameOf(tunnel.nodeId)} stale={stale} nowMs={own} />;
        }}
        cursor={indexOf(cursorId)}
        onCursor={(index) => setCursorId(rows[index]?.tunnelId)}
        selected={indexOf(chosenId)}
        onToggle={open}
        onOpen={open}
        onMenu={(index, at) => {
          const tunnel = rows[index];
          if (tunnel === undefined) return;
          open(index);
          setMenu({ tunnel, at });
        }}
      />
      {menu !== undefined && (
        <ContextMenu
          at={menu.at}
          label={t('menuOf', { name: menu.tunnel.agentId })}
          entries={menuEntries(tunnelActions(context, menu.tunnel))}
          onClose={() => {
            setMenu(undefined);
            focusTable();
          }}
        />
      )}
    </div>
  );
}
