import { Menu } from '@mantine/core';
import { type ReactNode, useLayoutEffect, useRef } from 'react';

export interface MenuEntry {
  readonly id: string;
  readonly label: string;
  readonly icon?: ReactNode;
  /** Red text, below a line. */
  readonly dangerous?: boolean;
  readonly disabled?: boolean;
  /** Why it is disabled. */
  readonly reason?: string;
  readonly run: () => void;
}

/** The entries of a menu; those that destroy something come last, apart. */
export function MenuEntries({ entries }: { readonly entries: readonly MenuEntry[] }) {
  const safe = entries.filter((entry) => entry.dangerous !== true);
  const dangerous = entries.filter((entry) => entry.dangerous === true);
  return (
    <>
      {safe.map((entry) => (
        <Menu.Item key={entry.id} leftSection={entry.icon} disabled={entry.disabled ?? false} title={entry.reason} onClick={entry.run}>
          {entry.label}
        </Menu.Item>
      ))}
      {safe.length > 0 && dangerous.length > 0 && <Menu.Divider />}
      {dangerous.map((entry) => (
        <Menu.Item
          key={entry.id}
          leftSection={entry.icon}
          // The shade of the ramp that Mantine takes is for fills: on the dark ground it can hardly be read.
          color="var(--sb-crit)"
          disabled={entry.disabled ?? false}
          title={entry.reason}
          onClick={entry.run}
        >
          {entry.label}
        </Menu.Item>
      ))}
    </>
  );
}

/**
 * A menu at a place of the window: where the pointer was, or beside the row that has the focus. Who opened it takes the
 * focus back in `onClose`.
 */
export function ContextMenu(props: {
  readonly at: { readonly x: number; readonly y: number };
  readonly label: string;
  readonly entries: readonly MenuEntry[];
  readonly onClose: () => void;
}) {
  useEscape(props.onClose);
  return (
    <Menu
      opened
      onClose={props.onClose}
      position="bottom-start"
      offset={0}
      returnFocus={false}
      closeOnEscape={false}
      // Not keydown: the key that opens the menu would close it again.
      clickOutsideEvents={['mousedown', 'touchstart']}
    >
      <Menu.Target>
        <span style={{ position: 'fixed', left: props.at.x, top: props.at.y, width: 0, height: 0 }} />
      </Menu.Target>
      <Menu.Dropdown aria-label={props.label}>
        <MenuEntries entries={props.entries} />
      </Menu.Dropdown>
    </Menu>
  );
}

/**
 * Escape closes the menu wherever the focus is: it moves into the menu a moment after that is shown, and a key pressed before
 * would go to what lies below and leave the menu open.
 */
function useEscape(close: () => void): void {
  const latest = useRef(close);
  latest.current = close;
  useLayoutEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key !== 'Escape') return;
      event.preventDefault();
      event.stopPropagation();
      latest.current();
    };
    window.addEventListener('keydown', onKeyDown, { capture: true });
    return () => window.removeEventListener('keydown', onKeyDown, { capture: true });
  }, []);
}
