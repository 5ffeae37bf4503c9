import { useMemo } from 'react';
import type { TunnelInfo } from '../../../../common/contract/tunnels.ts';
import { useNow } from '../../../app/frame/connection-label.tsx';
import { useTranslation } from '../../../i18n/index.ts';
import { useNodeNames } from '../../../state/node-names.ts';
import { RowTable } from '../../shared/table/row-table.tsx';
import { orderRows } from '../../shared/table/table-model.ts';
import { tunnelTable } from '../model/tunnel-table.ts';
import { type ActContext, tunnelActions } from '../tunnel-actions.ts';
import { showTunnel } from '../tunnels-route.ts';
import { tableId, useTableOrder } from '../tunnels-store.ts';
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
  const order = useTableOrder(({ sort }) => sort);
  const nameOf = useNodeNames();
  const rows = useMemo(() => orderRows(tunnelTable, data.tunnels, order, nameOf), [data.tunnels, order, nameOf]);
  const counting = rows.some(({ nextTryAt }) => nextTryAt !== null);
  const nowMs = Math.floor(useNow(counting) / 1_000) * 1_000;
  const chosenId = chosen?.tunnelId;
  return (
    <RowTable
      id={tableId}
      label={t('title')}
      columns={tunnelTable.columns}
      headOf={({ id }) => ({ title: t(`col_${id}`), hint: t(`hint_${id}`) })}
      rows={rows}
      keyOf={tunnelTable.keyOf}
      order={order}
      onOrder={(sort) => useTableOrder.setState({ sort })}
      renderRow={(tunnel, columns) => (
        <TunnelRow
          tunnel={tunnel}
          columns={columns}
          node={nameOf(tunnel.nodeId)}
          stale={data.staleIds.has(tunnel.tunnelId)}
          nowMs={tunnel.nextTryAt === null ? 0 : nowMs}
        />
      )}
      selected={chosenId}
      onOpen={({ tunnelId }) => tunnelId !== chosenId && showTunnel(tunnelId)}
      menuOf={(tunnel) => ({ name: tunnel.agentId, actions: tunnelActions(context, tunnel) })}
    />
  );
}
