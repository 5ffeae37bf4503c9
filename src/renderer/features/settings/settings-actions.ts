import type { TFunction } from 'i18next';
import type { Action } from '../../app/actions/registry.ts';

export const searchFieldId = 'settings-search';

/** Acts of the Settings screen while it is open; what a person looks for from elsewhere is global. */
export function settingsActions(t: TFunction<'settings'>): readonly Action[] {
  return [
    {
      id: 'settings.search',
      group: 'act',
      title: t('search'),
      shortcut: '/',
      danger: 0,
      run: () => {
        const field = document.getElementById(searchFieldId);
        if (field instanceof HTMLInputElement) field.select();
        field?.focus();
      },
    },
  ];
}
