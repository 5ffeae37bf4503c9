import type { ReactNode } from 'react';
import type { LedgerChain } from '../../../../common/contract/ledger.ts';
import { StateLabel } from '../../../design/icons/index.ts';
import { useTranslation } from '../../../i18n/index.ts';
import { formatBytes, formatCount, formatTime } from '../../../state/format.ts';
import { columnsThatFit, type LeavingColumn } from '../../shared/fitting-columns.ts';
import { type ChainColumn, chainShapes } from '../model/chain-table.ts';
import { shortHash } from '../model/hashes.ts';
import { chainStateWord } from '../words.ts';

interface Column extends LeavingColumn {
  readonly id: ChainColumn;
  readonly width: string;
  readonly right?: boolean;
}

const columns: readonly Column[] = [
  { id: 'name', width: 'minmax(96px, 1.2fr)', minPx: 96, leaves: 0 },
  { id: 'state', width: 'minmax(160px, 1.2fr)', minPx: 160, leaves: 0 },
  { id: 'height', width: '76px', minPx: 76, leaves: 0, right: true },
  { id: 'entries', width: '76px', minPx: 76, leaves: 2, right: true },
  { id: 'verified', width: '92px', minPx: 92, leaves: 1, right: true },
  { id: 'headAt', width: '132px', minPx: 132, leaves: 3 },
  { id: 'headHash', width: '84px', minPx: 84, leaves: 5 },
  { id: 'size', width: '72px', minPx: 72, leaves: 4, right: true },
];

/** The columns that fit into a width, in their order. @param widthPx of the table */
export function fittingChainColumns(widthPx: number): readonly Column[] {
  return columnsThatFit(columns, widthPx);
}

/** The cells of one chain. */
export function ChainRow({ chain, columns: shown }: { readonly chain: LedgerChain; readonly columns: readonly Column[] }) {
  const { t } = useTranslation('ledger');
  const values: Readonly<Record<ChainColumn, ReactNode>> = {
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
  const titles: Partial<Readonly<Record<ChainColumn, string>>> = {
    name: chain.name,
    ...(chain.fault !== null && { state: chain.fault.message }),
    ...(chain.headHash !== null && { headHash: chain.headHash }),
  };
  return shown.map(({ id, right }) => (
    // biome-ignore lint/a11y/useSemanticElements: a row of a grid of plain divs
    // biome-ignore lint/a11y/useFocusableInteractive: the grid has the focus
    <span key={id} role="gridcell" className={right === true ? 'sb-r' : undefined} title={titles[id]}>
      {values[id]}
    </span>
  ));
}
