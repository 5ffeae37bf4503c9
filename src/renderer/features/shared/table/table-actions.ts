import type { Action } from '../../../app/actions/registry.ts';

interface TableActionsOptions {
  /** Begins the ids of the acts: `nodes`. */
  readonly source: string;
  readonly filterTitle: string;
  readonly focusFilter: () => void;
  readonly closeTitle: string;
  /** Leaves what is selected or looked at; undefined while that is nothing. */
  readonly close: (() => void) | undefined;
}

/** The acts of a table itself, for keys and palette: `/` to its filter, `Esc` from what is selected. */
export function tableActions({ source, filterTitle, focusFilter, closeTitle, close }: TableActionsOptions): readonly Action[] {
  return [
    { id: `${source}.filter`, group: 'act', title: filterTitle, shortcut: '/', danger: 0, run: focusFilter },
    {
      id: `${source}.close`,
      group: 'act',
      title: closeTitle,
      shortcut: 'escape',
      danger: 0,
      enabled: close !== undefined,
      run: () => close?.(),
    },
  ];
}
