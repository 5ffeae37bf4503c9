import type { ResultOf } from '../../../../common/contract/index.ts';
import type { LedgerChain } from '../../../../common/contract/ledger.ts';
import { Button } from '../../../design/controls/index.ts';
import { Dialog } from '../../../design/feedback/dialog.tsx';
import { StateLabel } from '../../../design/icons/index.ts';
import { useTranslation } from '../../../i18n/index.ts';
import { formatCount } from '../../../state/format.ts';
import { useNode } from '../../../state/node.ts';
import { useNodeNames } from '../../../state/node-names.ts';
import { dataOf, useCall } from '../../../state/use-call.ts';
import { openLedgerDialog } from '../ledger-dialogs.ts';

/** The other node is asked for its block. */
const timeoutMs = 30_000;

interface DifferenceDialogProps {
  readonly chain: LedgerChain;
  readonly nodeId: string;
  readonly height: number;
  readonly onClose: () => void;
}

/** One block here and at another node, side by side: each field that differs, and which side bears the author's signature. */
export function DifferenceDialog({ chain, nodeId, height, onClose }: DifferenceDialogProps) {
  const { t } = useTranslation('ledger');
  const { t: common } = useTranslation('common');
  const { state } = useCall('ledger.difference', { chain: chain.chainId, height, node: nodeId }, { timeoutMs });
  const difference = dataOf(state);
  const their = useNodeNames()(nodeId);
  const words = { name: chain.name, height: formatCount(height), node: their };
  return (
    <Dialog title={t('differenceTitle', words)} opened onClose={onClose} closeLabel={common('close')} widthPx={880}>
      <div className="sb-form">
        <div role="status" className="le-status">
          {state.kind === 'loading' && <StateLabel kind="running">{t('askingNode', words)}</StateLabel>}
          {state.kind === 'error' && <StateLabel kind="failed">{state.error.message}</StateLabel>}
        </div>
        {difference !== undefined && <Sides difference={difference} author={chain.name} their={their} />}
        <div className="sb-flex">
          <Button variant="default" onClick={() => openLedgerDialog({ kind: 'compare', chainId: chain.chainId })}>
            {t('backToCompare')}
          </Button>
          <span className="sb-grow" />
          <Button onClick={onClose} data-autofocus>
            {common('close')}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}

interface SidesProps {
  readonly difference: ResultOf<'ledger.difference'>;
  readonly author: string;
  readonly their: string;
}

function Sides({ difference, author, their }: SidesProps) {
  const { t } = useTranslation('ledger');
  const { t: common } = useTranslation('common');
  const our = useNode(({ status }) => status?.name) ?? common('thisNode');
  const { ours, theirs, fields, valid } = difference;
  const side = (there: boolean, isValid: boolean) => (
    <StateLabel kind={!there ? 'unknown' : isValid ? 'valid' : 'invalid'}>
      {!there ? t('side_missing') : isValid ? t('side_valid', { name: author }) : t('side_invalid', { name: author })}
    </StateLabel>
  );
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section className="le-difference" tabIndex={0} aria-label={t('differenceLabel')}>
      <table>
        <thead>
          <tr>
            <th scope="col">{t('difference_field')}</th>
            <th scope="col">
              {our}
              {side(ours !== null, valid.ours)}
            </th>
            <th scope="col">
              {their}
              {side(theirs !== null, valid.theirs)}
            </th>
          </tr>
        </thead>
        <tbody>
          {fields.length === 0 && (
            <tr>
              <td colSpan={3}>{t('noDifference')}</td>
            </tr>
          )}
          {fields.map(({ path, ours: here, theirs: there }) => (
            <tr key={path} data-changed={here !== there ? true : undefined}>
              <th scope="row" className="sb-mono">
                {here !== there && <span aria-hidden="true">≠ </span>}
                {path}
              </th>
              <td className="sb-mono sb-select">{here ?? t('side_absent')}</td>
              <td className="sb-mono sb-select">{there ?? t('side_absent')}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
