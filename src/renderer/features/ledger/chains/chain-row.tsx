import type { ReactNode } from 'react';
import type { LedgerChain } from '../../../../common/contract/ledger.ts';
import { GridCells } from '../../../design/data/grid-cells.tsx';
import { StateLabel } from '../../../design/icons/index.ts';
import { useTranslation } from '../../../i18n/index.ts';
import { formatBytes, formatCount, formatTime } from '../../../state/format.ts';
import { useNodeNames } from '../../../state/node-names.ts';
import { type ChainColumn, type ChainColumnId, chainShapes } from '../model/chain-table.ts';
import { shortHash } from '../model/hashes.ts';
import { chainStateHint, chainStateWord } from '../words.ts';

/** The cells of one chain. */
export function ChainRow({ chain, columns }: { readonly chain: LedgerChain; readonly columns: readonly ChainColumn[] }) {
  const { t } = useTranslation('ledger');
  const nameOf = useNodeNames();
  const hint = chainStateHint(t, chain, nameOf);
  const values: Readonly<Record<ChainColumnId, ReactNode>> = {
    name: (
      <>
        {chain.name}
        {chain.self && <span className="sb-tag le-tag-after">{t('thisNode')}</span>}
      </>
    ),
    state: <StateLabel kind={chainShapes[chain.state]}>{chainStateWord(t, chain)}</StateLabel>,
    height: chain.height < 0 ? '–' : formatCount(chain.height),
    entries: formatCount(chain.entries),
    verified: chain.verifiedHeight < 0 ? '–' : formatCount(chain.verifiedHeight),
    headAt: chain.headAt === null ? '–' : formatTime(chain.headAt),
    headHash: <span className="sb-mono sb-3">{shortHash(chain.headHash)}</span>,
    size: formatBytes(chain.sizeBytes),
  };
  const titles: Partial<Readonly<Record<ChainColumnId, string>>> = {
    name: chain.name,
    ...(hint !== undefined && { state: hint }),
    ...(chain.headHash !== null && { headHash: chain.headHash }),
  };
  return <GridCells columns={columns} cell={({ id }) => values[id]} titleOf={({ id }) => titles[id]} />;
}
