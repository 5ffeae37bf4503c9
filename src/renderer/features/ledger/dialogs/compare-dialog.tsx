import { useState } from 'react';
import type { LedgerChain } from '../../../../common/contract/ledger.ts';
import { Button } from '../../../design/controls/index.ts';
import { type GridRow, GridTable } from '../../../design/data/grid-table.tsx';
import { Dialog } from '../../../design/feedback/dialog.tsx';
import { StateLabel, StateShape } from '../../../design/icons/index.ts';
import { useTranslation } from '../../../i18n/index.ts';
import { formatCount } from '../../../state/format.ts';
import { dataOf, useCall } from '../../../state/use-call.ts';
import { openLedgerDialog } from '../ledger-dialogs.ts';
import { verdictShapes } from '../words.ts';

/** Nodes that do not answer are waited for. */
const timeoutMs = 60_000;

/** Compares a chain with the copies of the other nodes, one a row; where one differs, the difference can be opened. */
export function CompareDialog(props: { readonly chain: LedgerChain; readonly onClose: () => void }) {
  const [attempt, setAttempt] = useState(0);
  return <Compared key={attempt} {...props} onAgain={() => setAttempt(attempt + 1)} />;
}

interface ComparedProps {
  readonly chain: LedgerChain;
  readonly onClose: () => void;
  readonly onAgain: () => void;
}

function Compared({ chain, onClose, onAgain }: ComparedProps) {
  const { t } = useTranslation('ledger');
  const { t: common } = useTranslation('common');
  const { state } = useCall('ledger.compare', { chain: chain.chainId }, { timeoutMs });
  const result = dataOf(state);
  const columns = [
    { id: 'node', title: t('compare_node'), width: 'minmax(96px, 1fr)' },
    { id: 'verdict', title: t('compare_verdict'), width: 'minmax(150px, 1.2fr)' },
    { id: 'height', title: t('compare_height'), width: '72px', right: true },
    { id: 'differsAt', title: t('compare_differsAt'), width: '88px', right: true },
    { id: 'signed', title: t('compare_signed'), width: '72px' },
    { id: 'act', title: '', width: '112px' },
  ];
  const rows = result?.nodes.map(
    ({ nodeId, name, verdict, height, differsAt, signature, message }): GridRow => ({
      id: nodeId,
      cells: [
        <b key="name" className="le-strong" title={name}>
          {name}
        </b>,
        <span key="verdict" title={message ?? undefined}>
          <StateLabel kind={verdictShapes[verdict]}>{t(`verdict_${verdict}`)}</StateLabel>
        </span>,
        height === null ? '–' : formatCount(height),
        differsAt === null ? '–' : formatCount(differsAt),
        signature === null ? (
          '–'
        ) : (
          <span key="signed" className="sb-state" title={signature}>
            <StateShape kind="valid" />
            {t('signed')}
          </span>
        ),
        differsAt === null ? (
          ''
        ) : (
          <button
            key="act"
            type="button"
            className="sb-link"
            onClick={() => openLedgerDialog({ kind: 'difference', chainId: chain.chainId, nodeId, height: differsAt })}
          >
            {t('showDifference')}
          </button>
        ),
      ],
    }),
  );
  return (
    <Dialog title={t('compareTitle', { name: chain.name })} opened onClose={onClose} closeLabel={common('close')} widthPx={720}>
      <div className="sb-form">
        <p className="sb-2 le-text">{t('compareMessage', { height: formatCount(Math.max(0, chain.height)) })}</p>
        <div role="status" className="le-status">
          {state.kind === 'loading' && <StateLabel kind="running">{t('askingPeers')}</StateLabel>}
          {state.kind === 'error' && <StateLabel kind="failed">{state.error.message}</StateLabel>}
          {rows?.length === 0 && t('noPeers')}
        </div>
        {rows !== undefined && rows.length > 0 && (
          <div className="le-table">
            <GridTable label={t('compareTitle', { name: chain.name })} columns={columns} rows={rows} />
          </div>
        )}
        <div className="sb-flex">
          <span className="sb-grow" />
          <Button variant="default" onClick={onAgain} disabled={state.kind === 'loading'}>
            {t('askAgain')}
          </Button>
          <Button onClick={onClose} data-autofocus>
            {common('close')}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
