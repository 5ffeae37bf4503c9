import { ActionIcon, Menu } from '@mantine/core';
import type { ReactNode } from 'react';
import { Tooltip } from './tooltip.tsx';

/** An icon that opens a menu; `children` are its items. */
export function MenuButton(props: {
  readonly label: string;
  readonly icon: ReactNode;
  readonly children: ReactNode;
  readonly disabled?: boolean;
}) {
  return (
    <Menu position="bottom-end">
      <Tooltip label={props.label}>
        {/* The tooltip and the menu both want the element itself. */}
        <span>
          <Menu.Target>
            <ActionIcon aria-label={props.label} disabled={props.disabled ?? false}>
              {props.icon}
            </ActionIcon>
          </Menu.Target>
        </span>
      </Tooltip>
      <Menu.Dropdown>{props.children}</Menu.Dropdown>
    </Menu>
  );
}
