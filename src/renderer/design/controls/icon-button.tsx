import { ActionIcon } from '@mantine/core';
import type { ReactNode } from 'react';
import { Tooltip } from './tooltip.tsx';

/** An icon alone always has a name, said to screen readers and shown as a tooltip (look.md section 10). */
export function IconButton(props: {
  readonly label: string;
  readonly onClick: () => void;
  readonly children: ReactNode;
  readonly disabled?: boolean;
  readonly pressed?: boolean;
  readonly shortcut?: string;
}) {
  const tip = props.shortcut === undefined ? props.label : `${props.label} (${props.shortcut})`;
  return (
    <Tooltip label={tip}>
      <ActionIcon aria-label={props.label} aria-pressed={props.pressed} disabled={props.disabled ?? false} onClick={props.onClick}>
        {props.children}
      </ActionIcon>
    </Tooltip>
  );
}
