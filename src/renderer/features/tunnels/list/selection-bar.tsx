import type { TunnelInfo } from '../../../../common/contract/tunnels.ts';
import { useTranslation } from '../../../i18n/index.ts';
import { SelectionFoot } from '../../shared/table/selection-foot.tsx';
import { firstAddress, shortAddress } from '../model/tunnel-table.ts';
import { type ActContext, tunnelActions } from '../tunnel-actions.ts';
import { showRequests } from '../tunnels-route.ts';
import { useLive } from '../tunnels-store.ts';

/** Acts that stand in the bar; the others are in the menu at its end. */
const inBar = new Set(['tunnels.test', 'tunnels.toggle', 'tunnels.edit', 'tunnels.copy', 'tunnels.open']);

/** What can be done with the chosen tunnel, at the foot of the table. */
export function SelectionBar({ tunnel, context }: { readonly tunnel: TunnelInfo; readonly context: ActContext }) {
  const { t } = useTranslation('tunnels');
  return (
    <SelectionFoot name={shortAddress(firstAddress(tunnel))} actions={tunnelActions(context, tunnel)} inBar={inBar}>
      <button type="button" className="sb-link tu-about-open" onClick={showAbout}>
        {t('act_about')}
      </button>
    </SelectionFoot>
  );
}

/** In a narrow window the facts lie over the list. */
function showAbout(): void {
  showRequests({ request: undefined });
  useLive.setState({ about: true });
}
