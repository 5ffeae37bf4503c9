import { useEffect, useRef } from 'react';

/**
 * Gives the focus back to where it was when an overlay opened. The component library does so only for an overlay that stays
 * in the document while it is closed; ours leave it.
 *
 * @param opened true while the overlay is shown
 */
export function useReturnFocus(opened: boolean): void {
  const before = useRef<Element | null>(null);
  // Read while rendering: by the time of an effect the overlay has taken the focus.
  if (opened && before.current === null) before.current = document.activeElement;
  useEffect(() => {
    if (!opened) return;
    return () => {
      const element = before.current;
      before.current = null;
      requestAnimationFrame(() => {
        // What the act of the overlay has focused keeps the focus.
        const isFree = document.activeElement === null || document.activeElement === document.body;
        if (isFree && element instanceof HTMLElement && element.isConnected) element.focus();
      });
    };
  }, [opened]);
}
