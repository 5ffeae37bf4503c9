import type { Action } from '../../app/actions/registry.ts';
import type { MenuEntry } from '../../design/controls/context-menu.tsx';

/** Acts of the registry as a menu shows them; what destroys data stands apart. */
export function menuEntries(actions: readonly Action[]): readonly MenuEntry[] {
  return actions.map(({ id, title, enabled, danger, run }) => ({
    id,
    label: title,
    disabled: enabled === false,
    dangerous: danger === 3,
    run,
  }));
}
