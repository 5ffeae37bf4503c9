import { Tooltip as MantineTooltip, type TooltipProps, useDelayedHover } from '@mantine/core';
import { cloneElement, type DOMAttributes, type PointerEvent, type ReactElement, type ReactNode, useEffect, useState } from 'react';

/** A pointer that only passes over an element shows nothing. */
const openDelayMs = 400;

interface Props extends Pick<TooltipProps, 'disabled' | 'position' | 'multiline' | 'maw'> {
  readonly label: ReactNode;
  /** One element; where it can be disabled and says why, a `span` around it. */
  readonly children: ReactElement<DOMAttributes<HTMLElement>>;
}

/**
 * What an element is called, or why it does nothing: shown while the pointer rests on it, until that leaves or something is
 * pressed. Escape closes it too, and does what it does all the same: Mantine's own keeps the key for itself, so that after a
 * click the first Escape would close the tooltip and nothing else.
 */
export function Tooltip({ children, ...shown }: Props) {
  const [opened, setOpened] = useState(false);
  const { openDropdown: openSoon, closeDropdown: close } = useDelayedHover({
    open: () => setOpened(true),
    close: () => setOpened(false),
    openDelay: openDelayMs,
    closeDelay: 0,
  });
  useEffect(() => {
    if (!opened) return;
    const onKeyDown = ({ key }: KeyboardEvent) => key === 'Escape' && setOpened(false);
    window.addEventListener('keydown', onKeyDown, { capture: true });
    return () => window.removeEventListener('keydown', onKeyDown, { capture: true });
  }, [opened]);
  return (
    <MantineTooltip {...shown} opened={opened} events={{ hover: false, focus: false, touch: false }}>
      {cloneElement(children, {
        onPointerEnter: ({ pointerType }: PointerEvent) => pointerType !== 'touch' && openSoon(),
        onPointerLeave: close,
        onPointerDown: close,
      })}
    </MantineTooltip>
  );
}
