import { useMemo, useState } from 'react';
import type { LedgerChain, LedgerFork } from '../../../../common/contract/ledger.ts';
import { useTranslation } from '../../../i18n/index.ts';
import { RowTable } from '../../shared/table/row-table.tsx';
import { orderRows } from '../../shared/table/table-model.ts';
import { type ActContext, chainActions } from '../ledger-actions.ts';
import { chainTableId } from '../ledger-store.ts';
import { chainTable, usualChainOrder } from '../model/chain-table.ts';
import { ChainBar } from './chain-bar.tsx';
import { ChainRow } from './chain-row.tsx';
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
  const [order, setOrder] = useState(usualChainOrder);
  const rows = useMemo(() => orderRows(chainTable, chains, order), [chains, order]);
  return (
    <>
      <RowTable
        id={chainTableId}
        label={t('tab_chains')}
        columns={chainTable.columns}
        headOf={({ id }) => ({ title: t(`chain_${id}`), hint: t(`chainHint_${id}`) })}
        rows={rows}
        keyOf={chainTable.keyOf}
        order={order}
        onOrder={setOrder}
        renderRow={(chain, columns) => <ChainRow chain={chain} columns={columns} />}
        selected={chosen?.chainId}
        onOpen={({ chainId }) => onChoose(chainId)}
        menuOf={(chain) => ({ name: chain.name, actions: chainActions(context, chain) })}
      />
      {chosen !== undefined && <ChainBar chain={chosen} context={context} />}
      {forks.length > 0 && <Forks forks={forks} />}
    </>
  );
}
