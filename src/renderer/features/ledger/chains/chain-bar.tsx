import type { LedgerChain } from '../../../../common/contract/ledger.ts';
import { useTranslation } from '../../../i18n/index.ts';
import { SelectionFoot } from '../../shared/table/selection-foot.tsx';
import { type ActContext, chainActions } from '../ledger-actions.ts';
import { showLedger } from '../ledger-route.ts';

/** Acts that stand in the bar; the others are in the menu at its end. */
const inBar = new Set(['ledger.verifyAll', 'ledger.verify', 'ledger.compare', 'ledger.export']);

/** What can be done with the chosen chain, at the foot of the table. */
export function ChainBar({ chain, context }: { readonly chain: LedgerChain; readonly context: ActContext }) {
  const { t } = useTranslation('ledger');
  return (
    <SelectionFoot name={chain.name} actions={chainActions(context, chain)} inBar={inBar}>
      <button type="button" className="sb-link" onClick={() => showLedger({ tab: 'entries', chain: chain.chainId })}>
        {t('showItsEntries')}
      </button>
    </SelectionFoot>
  );
}
