import type { TFunction } from 'i18next';
import { type StateKind, StateShape } from '../../design/icons/index.ts';
import { useTranslation } from '../../i18n/index.ts';
import { formatCount } from '../../state/format.ts';
import { type LedgerStatus, useLedger } from '../../state/ledger.ts';
import { goTo } from '../routes.ts';

/** The head of the ledger in the activity bar: how far it is verified, or where it breaks. Opens the screen. */
export function LedgerHead() {
  const { t } = useTranslation('frame');
  const status = useLedger((state) => state.status);
  if (status === undefined) return null;
  const { kind, words } = headOf(t, status);
  const toChains = status.damaged > 0 || status.forks > 0;
  const tone = kind === 'invalid' ? 'sb-crit' : kind === 'warn' ? 'sb-warn' : '';
  return (
    <button type="button" className={`sb-status-link ${tone}`} onClick={() => goTo('ledger', toChains ? { tab: 'chains' } : {})}>
      <StateShape kind={kind} />
      {words}
    </button>
  );
}

/** What is worst is said; a check that goes on is said before what an earlier one found. */
function headOf(t: TFunction<'frame'>, status: LedgerStatus): { readonly kind: StateKind; readonly words: string } {
  const { chain, damaged, forks, verifying } = status;
  const number = formatCount(chain.entries);
  if (chain.state === 'damaged' && chain.fault !== null)
    return { kind: 'invalid', words: t('ledgerBreaks', { height: formatCount(chain.fault.height) }) };
  if (damaged > 0) return { kind: 'invalid', words: t('ledgerDamaged', { count: damaged }) };
  if (forks > 0) return { kind: 'warn', words: t('ledgerForked', { count: forks }) };
  if (verifying !== null && verifying.total > 0)
    return { kind: 'running', words: t('ledgerVerifying', { percent: Math.floor((100 * verifying.checked) / verifying.total) }) };
  if (chain.verifiedHeight < 0) return { kind: 'unknown', words: t('ledgerUnverified', { number }) };
  if (chain.verifiedHeight < chain.height)
    return { kind: 'valid', words: t('ledgerPartly', { number, height: formatCount(chain.verifiedHeight) }) };
  return { kind: 'valid', words: t('ledgerVerified', { number }) };
}
