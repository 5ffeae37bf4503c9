import type { ReactNode } from 'react';
import type { Action } from '../../app/actions/registry.ts';
import { MenuEntries } from '../../design/controls/context-menu.tsx';
import { Button, Tooltip } from '../../design/controls/index.ts';
import { MenuButton } from '../../design/controls/menu-button.tsx';
import { IconDots } from '../../design/icons/index.ts';
import { useTranslation } from '../../i18n/index.ts';
import { menuEntries } from './menu-entries.ts';

export interface HeadActsProps {
  readonly actions: readonly Action[];
  /** Icons, by id, of the acts that have a button of their own; the others are in the menu beside them. */
  readonly asButtons: ReadonlyMap<string, ReactNode>;
}

/** What can be done with what a head names. */
export function HeadActs({ actions, asButtons }: HeadActsProps) {
  const { t: common } = useTranslation('common');
  return (
    <>
      {actions
        .filter(({ id }) => asButtons.has(id))
        .map((action) => (
          <Tooltip
            key={action.id}
            label={common('needsRole', { role: common(`role_${action.role ?? 'viewer'}`) })}
            disabled={action.enabled !== false}
          >
            <Button variant="default" leftSection={asButtons.get(action.id)} disabled={action.enabled === false} onClick={action.run}>
              {action.title}
            </Button>
          </Tooltip>
        ))}
      <MenuButton label={common('more')} icon={<IconDots size={16} stroke={1.6} />}>
        <MenuEntries entries={menuEntries(actions.filter(({ id }) => !asButtons.has(id)))} />
      </MenuButton>
    </>
  );
}
