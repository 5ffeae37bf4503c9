import type { TFunction } from 'i18next';
import type { Action } from '../../app/actions/registry.ts';
import { clearList, closeInspector, exportList, focusFilter, jumpToNewest, togglePause } from './acts.ts';
import { useEvents } from './events-state.ts';

/** The acts of the Events screen for keys and palette. */
export function eventActions(t: TFunction<'events'>, now: { readonly paused: boolean; readonly inspecting: boolean }): readonly Action[] {
  return [
    { id: 'events.pause', group: 'act', title: now.paused ? t('resume') : t('pause'), shortcut: 'space', danger: 0, run: togglePause },
    { id: 'events.filter', group: 'act', title: t('focusFilter'), shortcut: '/', danger: 0, run: focusFilter },
    {
      id: 'events.add',
      group: 'act',
      title: t('addSubscription'),
      shortcut: 'mod+n',
      danger: 0,
      run: () => useEvents.setState({ adding: true }),
    },
    { id: 'events.jumpToNewest', group: 'act', title: t('jumpToNewest'), shortcut: 'end', danger: 0, run: jumpToNewest },
    {
      id: 'events.closeInspector',
      group: 'act',
      title: t('closeInspector'),
      shortcut: 'escape',
      danger: 0,
      enabled: now.inspecting,
      run: closeInspector,
    },
    { id: 'events.clear', group: 'act', title: t('clearList'), danger: 0, run: clearList },
    { id: 'events.export', group: 'act', title: t('export'), keywords: 'ndjson download save', danger: 0, run: () => void exportList() },
  ];
}
