import type { Action } from '../../app/actions/registry.ts';
import { useTranslation } from '../../i18n/index.ts';
import { mayNow, usePersonsRights } from './rights.ts';

/** Why an act is not possible now, in words for a tooltip; undefined when it is possible, or when the console has lost its node, which its frame says. */
export function useWhyNot({ enabled, role = 'viewer', reason }: Action): string | undefined {
  const { t } = useTranslation('common');
  const rights = usePersonsRights();
  if (enabled !== false || !rights.connected) return undefined;
  return mayNow(rights, role) ? reason : t('needsRole', { role: t(`role_${role}`) });
}
