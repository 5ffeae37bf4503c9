import type { TunnelInfo } from '../../../../common/contract/tunnels.ts';
import { MenuEntries } from '../../../design/controls/context-menu.tsx';
import { MenuButton } from '../../../design/controls/menu-button.tsx';
import { IconDots } from '../../../design/icons/index.ts';
import { useTranslation } from '../../../i18n/index.ts';
import { menuEntries } from '../../shared/menu-entries.ts';
import { firstAddress, shortAddress } from '../model/tunnel-table.ts';
import { type ActContext, tunnelActions } from '../tunnel-actions.ts';
import { showRequests } from '../tunnels-route.ts';
import { useLive } from '../tunnels-store.ts';

/** Acts that stand in the bar; the others are in the menu at its end. */
const inBar = new Set(['tunnels.test', 'tunnels.toggle', 'tunnels.edit', 'tunnels.copy', 'tunnels.open']);

/** What can be done with the chosen tunnel, at the foot of the table. */
export function SelectionBar({ tunnel, context }: { readonly tunnel: TunnelInfo; readonly context: ActContext }) {
  const { t } = useTranslation('tunnels');
  const { t: common } = useTranslation('common');
  const actions = tunnelActions(context, tunnel);
  const remove = actions.find(({ id }) => id === 'tunnels.delete');
  return (
    <section className="tu-foot" aria-label={t('selection')}>
      <span className="sb-2 sb-clip">{shortAddress(firstAddress(tunnel))}</span>
      <span className="sb-sep" />
      {actions
        .filter(({ id }) => inBar.has(id))
        .map((action) => (
          <button key={action.id} type="button" className="sb-link" disabled={action.enabled === false} onClick={action.run}>
            {action.title}
          </button>
        ))}
      <button type="button" className="sb-link tu-about-open" onClick={showAbout}>
        {t('act_about')}
      </button>
      <span className="sb-grow" />
      {remove !== undefined && (
        <button type="button" className="sb-link tu-danger" disabled={remove.enabled === false} onClick={remove.run}>
          {remove.title}
        </button>
      )}
      <MenuButton label={common('more')} icon={<IconDots size={16} stroke={1.6} />}>
        <MenuEntries entries={menuEntries(actions.filter(({ id }) => !inBar.has(id) && id !== 'tunnels.delete'))} />
      </MenuButton>
    </section>
  );
}

/** In a narrow window the facts lie over the list. */
function showAbout(): void {
  showRequests({ request: undefined });
  useLive.setState({ about: true });
}
