import type { LedgerChain } from '../../../../common/contract/ledger.ts';
import { MenuEntries } from '../../../design/controls/context-menu.tsx';
import { Tooltip } from '../../../design/controls/index.ts';
import { MenuButton } from '../../../design/controls/menu-button.tsx';
import { IconDots } from '../../../design/icons/index.ts';
import { useTranslation } from '../../../i18n/index.ts';
import { menuEntries } from '../../shared/menu-entries.ts';
import { mayNow } from '../../shared/rights.ts';
import { type ActContext, chainActions } from '../ledger-actions.ts';
import { showLedger } from '../ledger-route.ts';

/** Acts that stand in the bar; the others are in the menu at its end. */
const inBar = new Set(['ledger.verifyAll', 'ledger.verify', 'ledger.compare', 'ledger.export']);

/** What can be done with the chosen chain, at the foot of the table. */
export function ChainBar({ chain, context }: { readonly chain: LedgerChain; readonly context: ActContext }) {
  const { t } = useTranslation('ledger');
  const { t: common } = useTranslation('common');
  const actions = chainActions(context, chain);
  const repair = actions.find(({ id }) => id === 'ledger.repair');
  const why = mayNow(context.rights, 'admin') ? repair?.reason : common('needsRole', { role: common('role_admin') });
  return (
    <section className="le-foot" aria-label={t('selection')}>
      <span className="sb-2 sb-clip">{chain.name}</span>
      <span className="sb-sep" />
      <button type="button" className="sb-link" onClick={() => showLedger({ tab: 'entries', chain: chain.chainId })}>
        {t('showItsEntries')}
      </button>
      {actions
        .filter(({ id }) => inBar.has(id))
        .map((action) => (
          <button key={action.id} type="button" className="sb-link" disabled={action.enabled === false} onClick={action.run}>
            {action.title}
          </button>
        ))}
      <span className="sb-grow" />
      {repair !== undefined && (
        <Tooltip label={why} disabled={repair.enabled !== false || why === undefined}>
          <span>
            <button type="button" className="sb-link le-danger" disabled={repair.enabled === false} onClick={repair.run}>
              {repair.title}
            </button>
          </span>
        </Tooltip>
      )}
      <MenuButton label={common('more')} icon={<IconDots size={16} stroke={1.6} />}>
        <MenuEntries entries={menuEntries(actions.filter(({ id }) => !inBar.has(id) && id !== 'ledger.repair'))} />
      </MenuButton>
    </section>
  );
}
