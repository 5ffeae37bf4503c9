import type { TFunction } from 'i18next';
import { allows, type Role } from '../../../common/roles.ts';
import { sections } from '../../features/settings/model/sections.ts';
import { goTo } from '../routes.ts';
import type { Action } from './registry.ts';

/**
 * What a person looks for in the settings from anywhere: each section, and acts whose dialogs are there. An act only opens
 * its dialog: what it does is confirmed in it.
 */
export function settingsActions(
  t: TFunction<'frame'>,
  now: { readonly connected: boolean; readonly roles: readonly Role[] },
): readonly Action[] {
  const open = (id: string, title: string, danger: Action['danger'], role: Role, query: Readonly<Record<string, string>>): Action => ({
    id: `settings.${id}`,
    group: 'act',
    title,
    danger,
    role,
    enabled: now.connected && allows(now.roles, role),
    run: () => goTo('settings', query),
  });
  return [
    ...sections.map(
      (section): Action => ({
        id: `settings.${section}`,
        group: 'go',
        title: t('goToSection', { section: t(`section_${section}`) }),
        danger: 0,
        run: () => goTo('settings', { section }),
      }),
    ),
    open('restart', t('restartNode'), 2, 'admin', { section: 'general', open: 'restart' }),
    open('addUser', t('addUser'), 2, 'admin', { section: 'users', open: 'addUser' }),
    open('setupLink', t('makeSetupLink'), 2, 'admin', { section: 'users', open: 'setupLink' }),
    open('invite', t('inviteNode'), 1, 'admin', { section: 'trust', ask: 'invite' }),
    open('createCluster', t('createCluster'), 1, 'admin', { section: 'trust', ask: 'create' }),
    open('joinCluster', t('joinCluster'), 1, 'admin', { section: 'trust', ask: 'join' }),
    open('logLevel', t('setLogLevel'), 1, 'operator', { section: 'logs' }),
    open('openLogs', t('openLogs'), 0, 'viewer', { section: 'logs' }),
    open('supportBundle', t('supportBundle'), 0, 'viewer', { section: 'diagnostics', open: 'supportBundle' }),
  ];
}
