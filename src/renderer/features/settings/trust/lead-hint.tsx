import { StateShape } from '../../../design/icons/index.ts';
import { Strip } from '../../../design/layout/bars.tsx';
import { useTranslation } from '../../../i18n/index.ts';
import { useRights } from './rights.ts';

/** Why nothing can be changed here, where it is not the person's own role: that is said for all of the settings. */
export function LeadHint() {
  const { t } = useTranslation('membership');
  const { why } = useRights();
  if (why !== 'node') return null;
  return (
    <Strip tone="mode" icon={<StateShape kind="paused" />} fact={t('notAdminNode')}>
      {t('notAdminNodeHelp')}
    </Strip>
  );
}
