import type { ReactNode } from 'react';
import type { Action } from '../../../app/actions/registry.ts';
import { MenuEntries } from '../../../design/controls/context-menu.tsx';
import { Tooltip } from '../../../design/controls/index.ts';
import { MenuButton } from '../../../design/controls/menu-button.tsx';
import { IconDots } from '../../../design/icons/index.ts';
import { useTranslation } from '../../../i18n/index.ts';
import { menuEntries } from '../menu-entries.ts';
import { useWhyNot } from '../use-why-not.ts';

interface SelectionFootProps {
  /** What is selected. */
  readonly name: ReactNode;
  readonly actions: readonly Action[];
  /** Ids of the acts that stand in the bar; the others are in the menu at its end. Absent: all of them stand in the bar. */
  readonly inBar?: ReadonlySet<string>;
  /** After the acts that destroy nothing. */
  readonly children?: ReactNode;
  /** At the end, of the table and not of the selection. */
  readonly note?: ReactNode;
}

/** What can be done with the selected row, at the foot of its table: safe acts at the left, what destroys data at the right (look.md section 7). */
export function SelectionFoot({ name, actions, inBar, children, note }: SelectionFootProps) {
  const { t: common } = useTranslation('common');
  const destructive = actions.filter(({ danger }) => danger === 3);
  const safe = actions.filter(({ danger }) => danger !== 3);
  const isInBar = ({ id }: Action) => inBar === undefined || inBar.has(id);
  const shown = safe.filter(isInBar);
  const rest = safe.filter((action) => !isInBar(action));
  return (
    <section className="sb-foot" aria-label={common('selection')}>
      <span className="sb-2 sb-clip">{name}</span>
      {(shown.length > 0 || children !== undefined) && <span className="sb-sep" />}
      {shown.map((action) => (
        <ActLink key={action.id} action={action} />
      ))}
      {children}
      <span className="sb-grow" />
      {destructive.map((action) => (
        <ActLink key={action.id} action={action} />
      ))}
      {rest.length > 0 && (
        <MenuButton label={common('more')} icon={<IconDots size={16} stroke={1.6} />}>
          <MenuEntries entries={menuEntries(rest)} />
        </MenuButton>
      )}
      {note}
    </section>
  );
}

/** An act as a link; one that is not possible now says why when it is pointed at. */
function ActLink({ action }: { readonly action: Action }) {
  const why = useWhyNot(action);
  return (
    <Tooltip label={why} disabled={why === undefined}>
      <span>
        <button
          type="button"
          className={action.danger === 3 ? 'sb-link sb-danger' : 'sb-link'}
          disabled={action.enabled === false}
          onClick={action.run}
        >
          {action.title}
        </button>
      </span>
    </Tooltip>
  );
}
