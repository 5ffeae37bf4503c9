import { useMemo } from 'react';
import type { NodeInfo } from '../../../../common/contract/nodes.ts';
import { useTranslation } from '../../../i18n/index.ts';
import { NothingMatches } from '../../shared/table/nothing-matches.tsx';
import { RowTable } from '../../shared/table/row-table.tsx';
import { filterRows } from '../../shared/table/table-model.ts';
import { nodeTable, nodeWords } from '../model/node-table.ts';
import { commonVersion } from '../model/versions.ts';
import { nodeActions } from '../node-actions.ts';
import { stateWords } from '../node-words.ts';
import { selectNothing, showNode, useNodesRoute } from '../nodes-route.ts';
import { useStale } from '../use-known-nodes.ts';
import { NodeRow } from './node-row.tsx';
import { tableId, useTableFilter, useTableOrder } from './table-store.ts';
import { useSortedNodes } from './use-sorted-nodes.ts';

/** The nodes, one a row: sorted by any column, narrowed by the filter, as many columns as there is room for. */
export function NodeTable({ nodes }: { readonly nodes: readonly NodeInfo[] }) {
  const { t } = useTranslation('nodes');
  const filter = useTableFilter(({ text }) => text);
  const order = useTableOrder(({ sort }) => sort);
  const stale = useStale();
  const common = useMemo(() => commonVersion(nodes), [nodes]);
  const found = useMemo(() => filterRows(nodes, filter, (node) => nodeWords(node, stateWords(t, node, stale))), [nodes, filter, t, stale]);
  const rows = useSortedNodes(found, order);
  const { nodeId, show } = useNodesRoute();
  return (
    <RowTable
      id={tableId}
      label={t('title')}
      columns={nodeTable.columns}
      headOf={({ id }) => ({ title: t(`col_${id}`), hint: t(`hint_${id}`) })}
      rows={rows}
      keyOf={nodeTable.keyOf}
      order={order}
      onOrder={(sort) => useTableOrder.setState({ sort })}
      renderRow={(node, columns) => <NodeRow node={node} columns={columns} common={common} stale={stale} />}
      selected={nodeId}
      onOpen={(node) => showNode(node.nodeId, show ?? 'overview')}
      onSelect={(node) => showNode(node.nodeId, show)}
      onDeselect={selectNothing}
      // An open inspector goes with the cursor.
      follows={show !== undefined}
      menuOf={(node) => ({ name: node.name, actions: nodeActions(t, node) })}
      empty={<NothingMatches title={t('noneMatches', { text: filter })} onClear={() => useTableFilter.setState({ text: '' })} />}
      stale={stale}
    />
  );
}
