import { useMemo, useState } from 'react';
import type { LedgerChain, LedgerFork } from '../../../../common/contract/ledger.ts';
import { ContextMenu } from '../../../design/controls/context-menu.tsx';
import { useElementSize } from '../../../design/controls/index.ts';
import { DataGrid } from '../../../design/data/data-grid.tsx';
import { useRowHeight } from '../../../design/data/row-height.ts';
import { useTranslation } from '../../../i18n/index.ts';
import { menuEntries } from '../../shared/menu-entries.ts';
import { useFittingColumns } from '../../shared/use-fitting-columns.ts';
import { type ActContext, chainActions } from '../ledger-actions.ts';
import { chainTableId, focusChains } from '../ledger-store.ts';
import { type ChainSort, sortChains, usualChainSort } from '../model/chain-table.ts';
import { ChainBar } from './chain-bar.tsx';
import { ChainRow, fittingChainColumns } from './chain-row.tsx';
import { Forks } from './forks.tsx';

interface ChainsTabProps {
  readonly chains: readonly LedgerChain[];
  readonly forks: readonly LedgerFork[];
  readonly chosen: LedgerChain | undefined;
  readonly onChoose: (chainId: string) => void;
  readonly context: ActContext;
}

/** The chains of all nodes that are held here: whole, behind, forked or damaged, and the forks that are kept as evidence. */
export function ChainsTab({ chains, forks, chosen, onChoose, context }: ChainsTabProps) {
  const { t } = useTranslation('ledger');
  const { ref, width } = useElementSize<HTMLDivElement>();
  const rowHeight = useRowHeight('--sb-row');
  const [sort, setSort] = useState<ChainSort>(usualChainSort);
  const [cursorId, setCursorId] = useState<string>();
  const [menu, setMenu] = useState<{ readonly chain: LedgerChain; readonly at: { readonly x: number; readonly y: number } }>();
  const rows = useMemo(() => sortChains(chains, sort), [chains, sort]);
  const columns = useFittingColumns(fittingChainColumns, width);
  const heads = useMemo(
    () => columns.map((column) => ({ ...column, title: t(`chain_${column.id}`), hint: t(`chainHint_${column.id}`) })),
    [columns, t],
  );
  const indexOf = (id: string | undefined) => {
    const index = rows.findIndex(({ chainId }) => chainId === id);
    return index === -1 ? undefined : index;
  };
  const choose = (index: number) => {
    const chain = rows[index];
    if (chain === undefined) return;
    setCursorId(chain.chainId);
    onChoose(chain.chainId);
  };
  return (
    <>
      <div ref={ref} id={chainTableId} className="sb-col sb-grow">
        <DataGrid
          label={t('tab_chains')}
          columns={heads}
          sort={sort}
          onSort={(column) => setSort({ column, descending: sort.column === column && !sort.descending })}
          count={rows.length}
          rowHeight={rowHeight}
          keyOf={(index) => rows[index]?.chainId ?? String(index)}
          renderRow={(index) => {
            const chain = rows[index];
            return chain === undefined ? null : <ChainRow chain={chain} columns={columns} />;
          }}
          cursor={indexOf(cursorId)}
          onCursor={(index) => setCursorId(rows[index]?.chainId)}
          selected={indexOf(chosen?.chainId)}
          onToggle={choose}
          onOpen={choose}
          onMenu={(index, at) => {
            choose(index);
            const chain = rows[index];
            if (chain !== undefined) setMenu({ chain, at });
          }}
        />
      </div>
      {chosen !== undefined && <ChainBar chain={chosen} context={context} />}
      {forks.length > 0 && <Forks forks={forks} />}
      {menu !== undefined && (
        <ContextMenu
          at={menu.at}
          label={t('menuOf', { name: menu.chain.name })}
          entries={menuEntries(chainActions(context, menu.chain))}
          onClose={() => {
            setMenu(undefined);
            focusChains();
          }}
        />
      )}
    </>
  );
}
