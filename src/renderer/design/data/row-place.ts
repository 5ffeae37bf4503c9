/** Where the menu of a row belongs, for the pointer and for the keys. */
import type { KeyboardEvent, MouseEvent } from 'react';

/** A place in the window, px. */
export interface Place {
  readonly x: number;
  readonly y: number;
}

/** The menu key, or what stands for it where there is none. */
export function isMenuKey({ key, shiftKey }: KeyboardEvent): boolean {
  return key === 'ContextMenu' || (key === 'F10' && shiftKey);
}

/** Below a row that the keys have reached. @param rowId of its element, which is drawn */
export function belowRow(rowId: string): Place {
  const box = document.getElementById(rowId)?.getBoundingClientRect();
  return { x: (box?.left ?? 0) + 24, y: box?.bottom ?? 0 };
}

/** Where the right button was pressed, when that was on a row: its element says by `data-index` which one. */
export function atPointer(event: MouseEvent<HTMLElement>, onMenu: (index: number, at: Place) => void): void {
  const row = event.target instanceof Element ? event.target.closest('[data-index]') : null;
  if (row === null) return;
  event.preventDefault();
  onMenu(Number(row.getAttribute('data-index')), { x: event.clientX, y: event.clientY });
}
