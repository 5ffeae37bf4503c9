import { ViewBar } from '../../design/layout/bars.tsx';
import { useTranslation } from '../../i18n/index.ts';

export function Settings() {
  const { t } = useTranslation('settings');
  return <ViewBar title={t('title')} />;
}
