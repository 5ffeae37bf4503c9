import { currentActions } from './registry.ts';

const isMac = /mac/i.test(navigator.userAgent);

/** Keys that must not fire while somebody writes. */
function isWriting(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}

/** Also of a menu that the key has just closed: Escape must not close what is behind it too. */
function isInMenu(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('[role="menu"]') !== null;
}

/** The one key listener of the console; returns how to stop. */
export function listenToShortcuts(): () => void {
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.isComposing) return;
    const pressed = keysOf(event);
    const bare = !pressed.includes('mod+') && !/^f\d/.test(pressed);
    // A dialog and a menu have the keys to themselves; bare keys belong to whatever is being written in.
    if (document.querySelector('[role="dialog"]') !== null || isInMenu(event.target) || (bare && isWriting(event.target))) return;
    // `space` and `enter` press the button that has the focus.
    if (
      (pressed === 'space' || pressed === 'enter') &&
      event.target instanceof HTMLElement &&
      event.target.closest('button, a, [role="button"], [role="option"]')
    )
      return;
    const action = currentActions().find((known) => known.shortcut === pressed && known.enabled !== false);
    if (action === undefined) return;
    event.preventDefault();
    action.run();
  };
  window.addEventListener('keydown', onKeyDown);
  return () => window.removeEventListener('keydown', onKeyDown);
}

function keysOf(event: KeyboardEvent): string {
  const key = event.key === ' ' ? 'space' : event.key.toLowerCase();
  const mod = (isMac ? event.metaKey : event.ctrlKey) ? 'mod+' : '';
  const alt = event.altKey ? 'alt+' : '';
  // `?` already needs Shift on most keyboards.
  const shift = event.shiftKey && key.length > 1 ? 'shift+' : '';
  return `${mod}${alt}${shift}${key}`;
}

const modifiers = { mod: 'Ctrl', alt: 'Alt', shift: 'Shift' };
const macModifiers = { mod: '⌘', alt: '⌥', shift: '⇧' };
const keyNames = { enter: '↵', space: 'Space', escape: 'Esc', end: 'End', pagedown: 'Page Down', pageup: 'Page Up' };

/** How a shortcut is written for people: `Ctrl K`, `⌘K`. */
export function shortcutLabel(shortcut: string): string {
  const names: Record<string, string> = { ...keyNames, ...(isMac ? macModifiers : modifiers) };
  const parts = shortcut.split('+').map((part) => names[part] ?? part.toUpperCase());
  return parts.join(isMac ? '' : ' ');
}
