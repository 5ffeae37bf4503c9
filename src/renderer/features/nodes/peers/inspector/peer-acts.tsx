import type { PeerInfo } from '../../../../../common/contract/peers.ts';
import { MenuEntries } from '../../../../design/controls/context-menu.tsx';
import { Button, Tooltip } from '../../../../design/controls/index.ts';
import { MenuButton } from '../../../../design/controls/menu-button.tsx';
import { IconDots } from '../../../../design/icons/index.ts';
import { useTranslation } from '../../../../i18n/index.ts';
import { menuEntries } from '../../../shared/menu-entries.ts';
import { type PeerActContext, peerActions } from '../peer-actions.ts';

/** Acts that have a button of their own; the others are in the menu beside them. */
const asButtons = new Set(['peers.probe', 'peers.keep']);

/** What can be done with the peer. */
export function PeerActs({ peer, context }: { readonly peer: PeerInfo; readonly context: PeerActContext }) {
  const { t: common } = useTranslation('common');
  const actions = peerActions(context, peer);
  return (
    <>
      {actions
        .filter(({ id }) => asButtons.has(id))
        .map((action) => (
          <Tooltip
            key={action.id}
            label={action.reason ?? common('needsRole', { role: common(`role_${action.role ?? 'viewer'}`) })}
            disabled={action.enabled !== false}
          >
            <Button variant="default" disabled={action.enabled === false} onClick={action.run}>
              {action.title}
            </Button>
          </Tooltip>
        ))}
      <span className="sb-grow" />
      <MenuButton label={common('more')} icon={<IconDots size={16} stroke={1.6} />}>
        <MenuEntries entries={menuEntries(actions.filter(({ id }) => !asButtons.has(id)))} />
      </MenuButton>
    </>
  );
}
