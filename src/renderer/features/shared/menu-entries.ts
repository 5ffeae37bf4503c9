import type { Action } from '../../app/actions/registry.ts';
import type { MenuEntry } from '../../design/controls/context-menu.tsx';

/** Acts of the registry as a menu shows them; what destroys data stands apart. */
export function menuEntries(actions: readonly Action[]): readonly MenuEntry[] {
  return actions.map(({ id, title, enabled, reason, danger, run }) => ({
    id,
    label: title,
    disabled: enabled === false,
    ...(reason !== undefined && { reason }),
    dangerous: danger === 3,
    run,
  }));
}
