import type { TFunction } from 'i18next';
import type { Action } from '../../app/actions/registry.ts';
import { goTo } from '../../app/routes.ts';
import { sections } from './model/sections.ts';

export const searchFieldId = 'settings-search';

/** Acts of the Settings screen while it is open; those that a person looks for elsewhere are global. */
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
    ...sections.map(
      (section): Action => ({
        id: `settings.${section}`,
        group: 'go',
        title: t('goToSection', { section: t(`section_${section}`) }),
        danger: 0,
        run: () => goTo('settings', { section }),
      }),
    ),
  ];
}
