import { useEffect, useMemo, useState } from 'react';
import type { NodeInfo } from '../../../../common/contract/nodes.ts';
import { ContextMenu } from '../../../design/controls/context-menu.tsx';
import { Button, useElementSize } from '../../../design/controls/index.ts';
import { DataGrid } from '../../../design/data/data-grid.tsx';
import { useRowHeight } from '../../../design/data/row-height.ts';
import { useTranslation } from '../../../i18n/index.ts';
import { menuEntries } from '../../shared/menu-entries.ts';
import { useFittingColumns } from '../../shared/use-fitting-columns.ts';
import { fittingColumns } from '../model/columns.ts';
import { filterNodes } from '../model/filter-nodes.ts';
import { toggledSort } from '../model/sort-nodes.ts';
import { commonVersion } from '../model/versions.ts';
import { nodeActions } from '../node-actions.ts';
import { stateWords } from '../node-words.ts';
import { selectNothing, showNode, useNodesRoute } from '../nodes-route.ts';
import { useStale } from '../use-known-nodes.ts';
import { NodeRow } from './node-row.tsx';
import { focusTable, tableId, useTableFilter, useTableOrder } from './table-store.ts';
import { useSortedNodes } from './use-sorted-nodes.ts';

/** The nodes, one a row: sorted by any column, narrowed by the filter, as many columns as there is room for. */
export function NodeTable({ nodes }: { readonly nodes: readonly NodeInfo[] }) {
  const { t } = useTranslation('nodes');
  const { ref, width } = useElementSize<HTMLDivElement>();
  const filter = useTableFilter(({ text }) => text);
  const sort = useTableOrder((state) => state.sort);
  const stale = useStale();
  const rowHeight = useRowHeight('--sb-row');
  const common = useMemo(() => commonVersion(nodes), [nodes]);
  const found = useMemo(() => filterNodes(nodes, filter, (node) => stateWords(t, node, stale)), [nodes, filter, t, stale]);
  const rows = useSortedNodes(found, sort);
  const shown = useFittingColumns(fittingColumns, width);
  const heads = useMemo(
    () => shown.map((column) => ({ ...column, title: t(`col_${column.id}`), hint: t(`hint_${column.id}`) })),
    [shown, t],
  );
  const { nodeId: selectedId, show } = useNodesRoute();
  const [cursorId, setCursorId] = useState(selectedId);
  const [menu, setMenu] = useState<{ readonly node: NodeInfo; readonly at: { readonly x: number; readonly y: number } }>();
  useEffect(() => setCursorId(selectedId), [selectedId]);
  const indexOf = (id: string | undefined) => {
    const index = rows.findIndex((node) => node.nodeId === id);
    return index === -1 ? undefined : index;
  };
  const moveCursor = (index: number) => {
    const id = rows[index]?.nodeId;
    setCursorId(id);
    // An open inspector follows.
    if (id !== undefined && show !== undefined) showNode(id, show);
  };
  const open = (index: number) => {
    const id = rows[index]?.nodeId;
    if (id !== undefined) showNode(id, show ?? 'overview');
  };
  const toggle = (index: number) => {
    const id = rows[index]?.nodeId;
    if (id === undefined) return;
    if (id === selectedId) selectNothing();
    else showNode(id, show);
  };
  return (
    <div ref={ref} id={tableId} className="nd-table sb-col sb-grow" {...(stale && { 'data-stale': true })}>
      {rows.length === 0 ? (
        <NothingFound text={filter} />
      ) : (
        <DataGrid
          label={t('title')}
          columns={heads}
          sort={sort}
          onSort={(column) => useTableOrder.setState({ sort: toggledSort(sort, column) })}
          count={rows.length}
          rowHeight={rowHeight}
          keyOf={(index) => rows[index]?.nodeId ?? String(index)}
          renderRow={(index) => {
            const node = rows[index];
            return node === undefined ? null : <NodeRow node={node} columns={shown} common={common} stale={stale} />;
          }}
          cursor={indexOf(cursorId)}
          onCursor={moveCursor}
          selected={indexOf(selectedId)}
          onToggle={toggle}
          onOpen={open}
          onMenu={(index, at) => {
            const node = rows[index];
            if (node === undefined) return;
            showNode(node.nodeId, show);
            setMenu({ node, at });
          }}
        />
      )}
      {menu !== undefined && (
        <ContextMenu
          at={menu.at}
          label={t('menu', { name: menu.node.name })}
          entries={menuEntries(nodeActions(t, menu.node))}
          onClose={() => {
            setMenu(undefined);
            focusTable();
          }}
        />
      )}
    </div>
  );
}

function NothingFound({ text }: { readonly text: string }) {
  const { t } = useTranslation('nodes');
  const { t: common } = useTranslation('common');
  return (
    <div className="sb-empty" role="status">
      <h2>{t('noneMatches', { text })}</h2>
      <Button variant="default" onClick={() => useTableFilter.setState({ text: '' })}>
        {common('clearFilter')}
      </Button>
    </div>
  );
}
