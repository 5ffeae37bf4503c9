import { useLayoutEffect } from 'react';

/** Widths in px of the dialogs that are open, the one in front last. */
const open: number[] = [];

function mark(): void {
  const { dataset, style } = document.documentElement;
  const front = open.at(-1);
  if (front === undefined) {
    delete dataset.dialog;
    style.removeProperty('--sb-dialog');
  } else {
    dataset.dialog = '';
    style.setProperty('--sb-dialog', `${front}px`);
  }
}

/**
 * While a dialog is open toasts stand at its left, where it has no buttons: at the lower right they would cover the foot of one
 * that is tall. It ends when the dialog closes and not when that has faded: the toast of its act comes at its usual place.
 */
export function useToastRoom(opened: boolean, dialogWidthPx: number): void {
  useLayoutEffect(() => {
    if (!opened) return;
    open.push(dialogWidthPx);
    mark();
    return () => {
      open.splice(open.indexOf(dialogWidthPx), 1);
      mark();
    };
  }, [opened, dialogWidthPx]);
}
