/** What the strips above entries and chains are made of. */
import type { ReactNode } from 'react';
import { Meter } from '../../design/data/small.tsx';
import { StateShape } from '../../design/icons/index.ts';
import { Strip } from '../../design/layout/bars.tsx';
import { useTranslation } from '../../i18n/index.ts';
import { formatCount } from '../../state/format.ts';
import { showLedger } from './ledger-route.ts';
import { cancelVerification, endVerification } from './verification.ts';

interface ProgressStripProps {
  readonly fact: ReactNode;
  readonly checked: number;
  readonly total: number;
  /** A person of this console asked for it and may end it. */
  readonly canCancel?: boolean;
}

/** A check that goes on, and how far it is. */
export function ProgressStrip({ fact, checked, total, canCancel = false }: ProgressStripProps) {
  const { t } = useTranslation('ledger');
  const percent = total === 0 ? null : (100 * checked) / total;
  const cancel = (
    <button type="button" className="sb-link" onClick={cancelVerification}>
      {t('cancelVerify')}
    </button>
  );
  return (
    <Strip tone="mode" icon={<StateShape kind="running" />} fact={fact} act={canCancel && cancel}>
      {percent !== null && (
        <span className="le-progress sb-num">
          <Meter percent={percent} tone="accent" />
          {t('verifyingDetail', { checked: formatCount(checked), total: formatCount(total), percent: Math.floor(percent) })}
        </span>
      )}
    </Strip>
  );
}

/** Puts away what a check has found. */
export function CloseResult() {
  const { t: common } = useTranslation('common');
  return (
    <button type="button" className="sb-link" onClick={endVerification}>
      {common('close')}
    </button>
  );
}

/** Opens the entry that is not right; where a whole block is not, its chain. */
export function ShowFault({ chainId, number }: { readonly chainId: string; readonly number: number | null }) {
  const { t } = useTranslation('ledger');
  const open = () =>
    number === null
      ? showLedger({ tab: 'chains', chosen: chainId })
      : showLedger({ tab: 'entries', entry: { chain: chainId, number }, entryTab: 'proof' });
  return (
    <button type="button" className="sb-link" onClick={open}>
      {t('show')}
    </button>
  );
}
